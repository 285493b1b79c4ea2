"""In which parts a database is dumped: the definitions, the tables' rows, everything else that is data, the rest.

A part has to be made within one call of the function. Small tables share one; a table is never split, because pg_dump
cannot. No part needs the others' snapshot of the database (``pg_dump --snapshot``): nobody writes to a restored copy,
so every part sees the same rows.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from functions.core.domain.errors import PermanentError

LARGEST_TABLE = 8 * 1024**3
"""Bytes in the database, long values included. See docs/backups.md for what a part takes per gigabyte."""
_TOGETHER = 1024**3
_MOST_TABLES_IN_A_PART = 200
_MOST_PLAN = 150_000
"""Bytes of a plan: the workflow keeps it, with the answers, in a state of 256 KB."""

_WAYS_OUT = (
    "Take `--kind export` (Parquet, made by RDS), or restore the verified backup to an instance of your own and run"
    " pg_dump on a machine beside it"
)


class TooLargeToDumpError(PermanentError):
    """A table or the list of tables does not fit. The message names the limit and the ways out."""


class Content(StrEnum):
    """What a part holds."""

    DEFINITIONS = "pre-data"
    TABLES = "tables"
    REST = "rest"
    """Data that belongs to no table of the others: sequences, large objects, what an extension keeps."""
    CONSTRAINTS = "post-data"
    """Indexes, constraints, triggers: made when the rows are in."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table. size: of its rows, in bytes."""

    schema: str
    relation: str
    size: int

    def __str__(self) -> str:
        return f"{self.schema}.{self.relation}"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a dump. tables: schema and name of each."""

    number: int
    content: Content
    name: str
    tables: tuple[tuple[str, str], ...] = ()


def plan(tables: Sequence[Table]) -> tuple[Part, ...]:
    """The parts, in the order in which they are restored. Raises `TooLargeToDumpError`."""
    for table in tables:
        if table.size > LARGEST_TABLE:
            raise TooLargeToDumpError(
                f"{table} has {table.size / 1024**3:,.1f} GiB; within a function's 15 minutes a table of up to"
                f" {LARGEST_TABLE / 1024**3:,.0f} GiB can be dumped. {_WAYS_OUT}"
            )
    contents = [
        (Content.DEFINITIONS, "definitions", ()),
        *((Content.TABLES, _name(group), tuple((t.schema, t.relation) for t in group)) for group in _groups(tables)),
        (Content.REST, "other-data", ()),
        (Content.CONSTRAINTS, "constraints", ()),
    ]
    parts = tuple(Part(number, *content) for number, content in enumerate(contents))
    if len(json.dumps([asdict(part) for part in parts])) > _MOST_PLAN:
        raise TooLargeToDumpError(
            f"the names of {len(tables):,} tables do not fit into the workflow's state. {_WAYS_OUT}"
        )
    return parts


def _groups(tables: Sequence[Table]) -> Iterator[Sequence[Table]]:
    """Tables that are dumped together: neighbours by size, so that a large one is alone."""
    group: list[Table] = []
    for table in sorted(tables, key=lambda table: (-table.size, str(table))):
        full = len(group) == _MOST_TABLES_IN_A_PART or sum(each.size for each in group) + table.size > _TOGETHER
        if group and full:
            yield group
            group = []
        group.append(table)
    if group:
        yield group


def _name(group: Sequence[Table]) -> str:
    return str(group[0]) if len(group) == 1 else f"{len(group)}-tables"
