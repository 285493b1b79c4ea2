"""Make one part of a dump: pg_dump writes it, S3 takes it as it comes, and nothing of it lies on a disk."""

import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from threading import Event, Timer
from typing import IO, Protocol

from functions.backup_dump.plan import Content, Part, Table
from functions.backup_dump.program import command, environment
from functions.backup_dump.tunnel import Tunnel
from functions.backup_dump.upload import Bucket, Stored
from functions.core.domain.backup.record import BackupRecord
from functions.core.domain.errors import PermanentError
from functions.database.access import DatabaseAccess
from functions.database.sign_in import Password

_SAID = 300
"""Characters of pg_dump's last error that are passed on."""


class CancelAskedError(PermanentError):
    """Somebody has asked to cancel the backup: no further part is made."""


class DumpFailedError(PermanentError):
    """pg_dump did not make a part. The message has its own words."""


class DumpTookTooLongError(PermanentError):
    """A part did not come to its end within the time that a function has."""


class Records(Protocol):
    """The records that a dump belongs to."""

    def get(self, backup: str) -> BackupRecord:
        """One record. Raises `NoSuchBackupError`."""
        ...


class Tables(Protocol):
    """The restored copy's tables."""

    def list(self) -> Sequence[Table]:
        """Every table with rows, after a look that it is a restored copy. Raises `NotARestoredCopyError`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpPart:
    """The use case, with its ports. access: the restored copy. left: how many seconds there are."""

    records: Records
    tables: Tables
    bucket: Bucket
    access: DatabaseAccess
    password: Password
    left: Callable[[], float]

    def __call__(self, backup: str, part: Part) -> Stored:
        """Make the part and answer where it lies.

        Raises `CancelAskedError`, `NotARestoredCopyError`, `DumpFailedError`, `DumpTookTooLongError`, and what the
        database, the bucket and the table of backups raise.
        """
        record = self.records.get(backup)
        if record.cancel_asked_by is not None:
            raise CancelAskedError(f"{record.cancel_asked_by} has asked to cancel backup {backup}")
        found = self.tables.list()
        taken = [(table.schema, table.relation) for table in found] if part.content is Content.REST else []
        upload = self.bucket.begin(key_of(backup, part))
        try:
            self._dump(part, taken, upload.send)
            return upload.complete()
        except BaseException:
            upload.abort()
            raise

    def _dump(self, part: Part, taken: Sequence[tuple[str, str]], send: Callable[[IO[bytes]], None]) -> None:
        tunnel = Tunnel(self.access) if self.access.trust else None
        with tunnel or nullcontext(), tempfile.TemporaryFile() as errors:
            # The password is made for the host that the server knows itself by, and taken through the tunnel.
            inside = tunnel.access if tunnel else self.access
            process = subprocess.Popen(  # noqa: S603 - our own program, and names that the database has given
                command(part, inside, taken=taken),
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment(self.password(self.access)),
            )
            with _ended_in_time(process, self.left()) as too_late:
                send(process.stdout)  # type: ignore[arg-type]  # it is a pipe
                code = process.wait()
            if too_late.is_set():
                raise DumpTookTooLongError(f"{part.name} was not dumped within the time that a function has")
            if code:
                # Behind a broken tunnel pg_dump knows only that its connection is gone.
                raise (tunnel.failure if tunnel else None) or DumpFailedError(
                    f"pg_dump did not dump {part.name}: {_last_words(errors)}"
                )


def key_of(backup: str, part: Part) -> str:
    """Where a part lies in the bucket; the names sort as the parts are restored."""
    plain = "".join(letter if letter.isalnum() or letter in "._-" else "_" for letter in part.name if letter.isascii())
    return f"{folder_of(backup)}{part.number:04}-{plain}.dump"


def folder_of(backup: str) -> str:
    """Where a backup's dump lies in the bucket."""
    return f"dumps/{backup}/"


@contextmanager
def _ended_in_time(process: "subprocess.Popen[bytes]", seconds: float) -> Iterator[Event]:
    """Kill the process when its time is over, and in any case when nobody waits for it any more."""
    too_late = Event()

    def end() -> None:
        too_late.set()
        process.kill()

    timer = Timer(max(seconds, 0), end)
    timer.start()
    try:
        yield too_late
    finally:
        timer.cancel()
        process.kill()
        process.communicate()


def _last_words(errors: IO[bytes]) -> str:
    """pg_dump's first error. What follows it (hints, the command) is left out; rows are in none of it."""
    errors.seek(0)
    lines = errors.read().decode(errors="replace").splitlines()
    said = next((line for line in lines if "error:" in line), "no word")
    return said[:_SAID]
