"""Write what a dump consists of and how it is restored: ``manifest.json``, the last file of a dump."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from functions.backup_dump.part import folder_of
from functions.backup_dump.upload import Bucket
from functions.core.domain.errors import PermanentError
from functions.core.domain.ports.clock import Clock

MANIFEST = "manifest.json"
_FORMAT = 1
_FIRST_AND_LAST = 2


class DumpIncompleteError(PermanentError):
    """A part of a dump is missing: it would restore to less than there was."""


@dataclass(frozen=True, slots=True)
class MadePart:
    """A part that lies in the bucket. of: how many there must be. size: in bytes. sha256: of the file, hexadecimal."""

    number: int
    of: int
    key: str
    version: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class FinishDump:
    """The use case, with its ports. database: its name, for the commands."""

    bucket: Bucket
    database: str
    clock: Clock

    def __call__(self, backup: str, parts: Sequence[MadePart]) -> str:
        """Write the manifest; answer where the dump lies. Raises `DumpIncompleteError`, `BucketUnavailableError`."""
        ordered = sorted(parts, key=lambda part: part.number)
        wanted = max((part.of for part in parts), default=_FIRST_AND_LAST)
        missing = sorted(set(range(wanted)) - {part.number for part in ordered})
        if missing:
            raise DumpIncompleteError(f"of {wanted} parts these were not made: {', '.join(map(str, missing))}")
        folder = folder_of(backup)
        manifest = json.dumps(self._manifest(backup, folder, ordered), indent=2)
        self.bucket.put(f"{folder}{MANIFEST}", manifest.encode())
        return f"s3://{self.bucket.name}/{folder}"

    def _manifest(self, backup: str, folder: str, parts: Sequence[MadePart]) -> dict[str, Any]:
        files = [part.key.removeprefix(folder) for part in parts]
        return {
            "format": _FORMAT,
            "backup": backup,
            "database": self.database,
            "written_at": self.clock().isoformat(),
            "made_by": "pg_dump 18, one file after the other, of a restored copy that nobody writes to",
            "parts": [
                {
                    "file": file,
                    "key": part.key,
                    "version": part.version,
                    "bytes": part.size,
                    "sha256": part.sha256,
                }
                for file, part in zip(files, parts, strict=True)
            ],
            "restore": [
                f"aws s3 cp --recursive s3://{self.bucket.name}/{folder} .",
                f"createdb {self.database}",
                # The order is the point: rows before the indexes and constraints that would judge each of them.
                *(f"pg_restore --exit-on-error --dbname={self.database} {file}" for file in files),
            ],
            "restore_notes": [
                "pg_restore of PostgreSQL 18 or newer, into the source's version or a newer one.",
                "Roles are not in a dump: create the owners first, or add --no-owner --no-privileges.",
            ],
        }
