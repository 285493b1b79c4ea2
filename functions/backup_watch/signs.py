"""By what a dump is known in the database's load: the names that programs give themselves, and their statements.

Performance Insights cuts a statement off after 500 bytes and replaces its values. No text of a statement leaves this
module: a sign has words of its own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sign:
    """A pattern, and what it means in words."""

    pattern: re.Pattern[str]
    what: str


def _sign(pattern: str, what: str) -> Sign:
    return Sign(re.compile(pattern, re.IGNORECASE | re.DOTALL), what)


_NAME = r'(?:"(?:[^"]|"")+"|[\w$]+)'
_TABLE = rf"(?:only\s+)?{_NAME}(?:\s*\.\s*{_NAME})*"

APPLICATIONS: tuple[Sign, ...] = (
    _sign(r"pg_dump(all)?\b", "a dump (pg_dump)"),
    _sign(r"pg_basebackup\b", "a base backup (pg_basebackup)"),
    _sign(r"pgbackrest\b", "a base backup (pgBackRest)"),
    _sign(r"barman", "a base backup (Barman)"),
    _sign(r"wal-?[ge]\b", "a base backup (WAL-G)"),
    _sign(r"pg_probackup\b", "a base backup (pg_probackup)"),
    _sign(r"pgcopydb", "a copy of the database (pgcopydb)"),
    _sign(r"mydumper|pg_?dumpbinary\b", "a dump"),
)
"""Each from the beginning of a session's application_name."""

STATEMENTS: tuple[Sign, ...] = (
    # A COPY of a query goes out, never in; of a table it goes where it says.
    _sign(r"copy\s*\(", "a query is copied out (COPY ... TO)"),
    _sign(rf"copy\s+{_TABLE}\s*(?:\([^)]*\)\s*)?to\b", "a table is copied out (COPY ... TO)"),
    # Cut off within the names of many columns, it may go either way. Better a load of data that is looked at once too
    # often than a dump that nobody sees.
    _sign(rf"copy\s+{_TABLE}\s*\([^)]*\Z", "a table with many columns is copied, out or in (COPY, cut off)"),
    _sign(r"(?:declare|fetch\b.*\bfrom)\s+_pg_dump_cursor\b", "pg_dump under another name (its cursor)"),
    _sign(r"lock\s+table\b.*\bin\s+access\s+share\s+mode\b", "a dump that locks its tables first"),
    _sign(r".*\bpg_export_snapshot\s*\(", "a dump in several sessions (an exported snapshot)"),
    _sign(r".*\baws_s3\s*\.\s*query_export_to_s3\b", "an export to S3 by SQL (aws_s3)"),
    _sign(r".*\blo_export\s*\(", "large objects are written out"),
    _sign(r".*\bpg_(?:start_backup|backup_start)\s*\(", "a base backup"),
    _sign(r"base_backup\b", "a base backup (the command BASE_BACKUP of a replication session)"),
)
"""Each from the beginning of a statement, after its comments."""

_COMMENTS = re.compile(r"\A(?:\s+|--[^\n]*\n|/\*.*?\*/)+", re.DOTALL)


def of_application(name: str) -> str:
    """What a session of this name does to the database, in words; empty for an ordinary one."""
    return _first(APPLICATIONS, name)


def of_statement(text: str) -> str:
    """What a statement does to the database, in words; empty for an ordinary one."""
    # Several may have been sent in one. A semicolon in quotes or in a comment separates nothing: all is looked at, too.
    parts = (text, *text.split(";")[1:])
    return next((what for part in parts if (what := _first(STATEMENTS, _COMMENTS.sub("", part)))), "")


def _first(signs: Sequence[Sign], text: str) -> str:
    return next((sign.what for sign in signs if sign.pattern.match(text)), "")
