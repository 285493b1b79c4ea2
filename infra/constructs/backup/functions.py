"""The functions that the backup workflow calls: what checks, what dumps, and what cleans up."""

from dataclasses import dataclass

from aws_cdk import Duration, Stack
from constructs import Construct

from functions.backup_checks.settings import BackupChecksSettings
from functions.backup_dump.settings import BackupDumpSettings
from functions.backup_upkeep.settings import BackupUpkeepSettings, FarCopies
from infra.config.database import DatabaseConfig
from infra.constructs.backup.arns import machine_arn
from infra.constructs.backup.bucket import BackupBucket
from infra.constructs.backup.far_copies import copies_alias
from infra.constructs.backup.upkeep_rights import upkeep_rights
from infra.constructs.database.surroundings import DatabaseSurroundings, Reach
from infra.constructs.functions.layers import Layers
from infra.constructs.functions.live_function import Workbench
from infra.constructs.functions.side_function import AtDatabase, SideFunction
from infra.constructs.tables import BackupsTable

_LONGEST = Duration.minutes(15)
_CHECKS_MEMORY_MB = 512
_DUMP_MEMORY_MB = 1769
"""One whole processor: pg_dump compresses."""
_UPKEEP_MEMORY_MB = 512
_RESERVE = 3
"""One backup runs at a time, and dumps two parts at once; upkeep is called by a run, by its end and by the clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the functions read and write. key: the ARN of the key that encrypts copies."""

    table: BackupsTable
    bucket: BackupBucket
    key: str


class BackupFunctions(Construct):
    """``backup_checks`` and ``backup_dump`` among the database's readers, and ``backup_upkeep`` in no network.

    The readers sign in to the replica and to restored copies, and to the primary they are denied it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        database: DatabaseConfig,
        surroundings: DatabaseSurroundings,
        places: Places,
        layers: Layers,
        workbench: Workbench,
    ) -> None:
        super().__init__(scope, construct_id)
        self._database, self._surroundings, self._places = database, surroundings, places
        self._layers, self._workbench = layers, workbench
        trust = [layers.trust(database.trust)] if database.trust else []
        self._reading = [layers.base, layers.postgres, *trust]
        self.checks = self._checks()
        self.dump = self._dump()
        self.upkeep = self._upkeep()

    @property
    def all(self) -> tuple[SideFunction, ...]:
        """Every function."""
        return (self.checks, self.dump, self.upkeep)

    def _checks(self) -> SideFunction:
        backup = self._database.backup
        checks = SideFunction(
            self,
            "Checks",
            name="backup_checks",
            description="Counts what the replica holds, and checks a restored backup against it",
            settings=BackupChecksSettings(
                backups_table=self._places.table.table.table_name,
                replica=self._surroundings.access_as(backup.user),
                checks=backup.checks,
            ),
            layers=self._reading,
            timeout=_LONGEST,
            memory_mb=_CHECKS_MEMORY_MB,
            workbench=self._workbench,
            reserve=_RESERVE,
            at_database=self._at_database(),
        )
        self._places.table.grant_keep_facts(checks.role)
        return checks

    def _dump(self) -> SideFunction:
        dump = SideFunction(
            self,
            "Dump",
            name="backup_dump",
            description="Dumps a restored backup into the backups' bucket",
            settings=BackupDumpSettings(
                backups_table=self._places.table.table.table_name,
                bucket=self._places.bucket.bucket.bucket_name,
                replica=self._surroundings.access_as(self._database.backup.user),
            ),
            layers=[*self._reading, self._layers.dump],
            timeout=_LONGEST,
            memory_mb=_DUMP_MEMORY_MB,
            workbench=self._workbench,
            reserve=_RESERVE,
            at_database=self._at_database(),
        )
        self._places.table.grant_look(dump.role)
        self._places.bucket.grant_dump(dump.role)
        return dump

    def _upkeep(self) -> SideFunction:
        backup = self._database.backup
        far = backup.copy_to.region if backup.copy_to else None
        upkeep = SideFunction(
            self,
            "Upkeep",
            name="backup_upkeep",
            description="Removes what killed and old backups have left, and copies backups to the second region",
            settings=BackupUpkeepSettings(
                backups_table=self._places.table.table.table_name,
                state_machine=machine_arn(self),
                keep_days=backup.keep.days,
                keep_verified=backup.keep.verified,
                far_copies=FarCopies(region=far, key=copies_alias(Stack.of(self).region)) if far else None,
            ),
            layers=[self._layers.base],
            timeout=_LONGEST,
            memory_mb=_UPKEEP_MEMORY_MB,
            workbench=self._workbench,
            reserve=_RESERVE,
        )
        self._places.table.grant_keep_up(upkeep.role)
        for statement in upkeep_rights(self, primary=self._surroundings.primary, key=self._places.key, far_region=far):
            upkeep.role.add_to_policy(statement)
        return upkeep

    def _at_database(self) -> AtDatabase:
        return AtDatabase(surroundings=self._surroundings, user=self._database.backup.user, reach=Reach.RESTORED)
