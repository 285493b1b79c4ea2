"""Where the function's parts are put together. The sessions with the copy are made for one call and end with it."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from functions.backup_dump.copy_tables import CopyTables
from functions.backup_dump.finish import FinishDump
from functions.backup_dump.part import DumpPart
from functions.backup_dump.settings import BackupDumpSettings
from functions.backup_dump.upload import CALLS, Bucket
from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.backup.records import BackupRecords
from functions.core.adapters.clock import utc_now
from functions.core.adapters.environment import read_settings
from functions.database.access import DatabaseAccess
from functions.database.sessions import Limits, Sessions
from functions.database.sign_in import password_for

_LIMITS = Limits(statement=60.0, lock=10.0)


@dataclass(frozen=True)
class Parts:
    """What lives as long as the function's environment."""

    settings: BackupDumpSettings
    records: BackupRecords
    bucket: Bucket

    @property
    def finish(self) -> FinishDump:
        """The use case that writes the manifest."""
        return FinishDump(self.bucket, self.settings.replica.name, utc_now)

    @contextmanager
    def tables(self, host: str, port: int) -> Iterator[CopyTables]:
        """The tables of the copy."""
        with Sessions(self._access(host, port), application="backup-dump", replica_only=False, limits=_LIMITS) as copy:
            yield CopyTables(copy)

    @contextmanager
    def part(self, host: str, port: int, left: Callable[[], float]) -> Iterator[DumpPart]:
        """The use case that makes a part."""
        with self.tables(host, port) as tables:
            yield DumpPart(
                records=self.records,
                tables=tables,
                bucket=self.bucket,
                access=self._access(host, port),
                password=password_for,
                left=left,
            )

    def _access(self, host: str, port: int) -> DatabaseAccess:
        return self.settings.replica.model_copy(update={"host": host, "port": port})


@cache
def wire() -> Parts:
    """The parts. Raises `MisconfiguredError`."""
    settings = read_settings(BackupDumpSettings, os.environ)
    return Parts(
        settings,
        BackupRecords(create_client("dynamodb"), settings.backups_table),
        Bucket(create_client("s3", CALLS), settings.bucket),
    )
