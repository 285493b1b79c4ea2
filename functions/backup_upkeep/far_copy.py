"""Copy a backup's copy to the second region of the same country, under a key of that region."""

from dataclasses import dataclass
from typing import Protocol

from functions.backup_upkeep.ports import Region
from functions.core.domain.backup.record import BACKUP_TAG, EXECUTION_TAG, BackupRecord, copy_name
from functions.core.domain.backup.retention import AVAILABLE
from functions.core.domain.errors import PermanentError

GONE = "missing"


class NoFarRegionError(PermanentError):
    """This deployment copies to no other region: config has no `database.backup.copy_to`."""


class NotThisBackupsCopyError(PermanentError):
    """What is to be copied is not the encrypted copy of the backup that is named."""


class Records(Protocol):
    """The records that far copies are noted in."""

    def get(self, backup: str) -> BackupRecord:
        """One record. Raises `NoSuchBackupError`."""
        ...

    def mark_far_copy(self, backup: str, *, name: str, region: str) -> bool:
        """Write where the far copy will be."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FarCopy:
    """The use cases, with their ports.

    region, far_region: where the backup is, and where it goes. key: the KMS key there.
    """

    records: Records
    far: Region
    region: str
    far_region: str
    key: str

    def start(self, backup: str, snapshot_arn: str) -> str:
        """Start the copy and answer its name. A second start changes nothing.

        Raises `NoSuchBackupError`, `NotThisBackupsCopyError`, and what RDS and the table raise.
        """
        name = copy_name(backup)
        if not snapshot_arn.endswith(f":snapshot:{name}") or f":{self.region}:" not in snapshot_arn:
            raise NotThisBackupsCopyError(f"{snapshot_arn} is not {name} in {self.region}; nothing else is copied")
        record = self.records.get(backup)
        self.records.mark_far_copy(backup, name=name, region=self.far_region)
        tags = {BACKUP_TAG: backup, EXECUTION_TAG: record.execution}
        self.far.copy_from(self.region, snapshot_arn, name=name, key=self.key, tags=tags)
        return name

    def look_at(self, backup: str) -> tuple[str, int]:
        """The status of the far copy in RDS's words, and its progress in per cent. Raises what RDS raises."""
        found = self.far.find_snapshot(copy_name(backup))
        if found is None:
            return GONE, 0
        status = str(found["Status"])
        return status, 100 if status == AVAILABLE else int(found.get("PercentProgress", 0))
