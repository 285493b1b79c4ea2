"""The seed's people, phones, teams and shifts as rows of the primary's tables, as the directory gets them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from statline.contract.directory import ContactPointChange, DirectoryChange, ShiftChange, TeamChange, UserChange

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of statline/sql/example_base.sql, its columns, and what a change is in them."""

    name: str
    columns: tuple[str, ...]
    row: Callable[[Any], Row]


def _staff(change: UserChange) -> Row:
    quiet = change.quiet_hours
    hours = (quiet.starts, quiet.ends, quiet.zone) if quiet else (None, None, None)
    return (change.tenant, change.id, change.name, *hours, not change.deleted, change.revision)


def _phone(change: ContactPointChange) -> Row:
    uses = [use.value for use in change.uses]
    return (change.tenant, change.user, change.id, change.number, uses, change.rank, change.revision)


def _team(change: TeamChange) -> Row:
    return (change.tenant, change.id, change.name, list(change.roles), change.policy, change.revision)


def _shift(change: ShiftChange) -> Row:
    times = (change.starts_at, change.ends_at)
    return (change.tenant, change.team, change.id, change.user, change.role, *times, change.duty, change.revision)


TABLES: Mapping[type, Table] = {
    UserChange: Table(
        "staff",
        ("tenant", "id", "full_name", "quiet_starts", "quiet_ends", "quiet_zone", "employed", "version"),
        _staff,
    ),
    ContactPointChange: Table("staff_phone", ("tenant", "staff_id", "id", "number", "uses", "rank", "version"), _phone),
    TeamChange: Table("care_team", ("tenant", "id", "title", "roles", "policy", "version"), _team),
    ShiftChange: Table(
        "rota", ("tenant", "team_id", "id", "staff_id", "role", "starts_at", "ends_at", "duty", "version"), _shift
    ),
}
"""In the order in which rows refer to each other. What else there is comes to the directory in other ways."""


def rows_of(changes: Iterable[DirectoryChange]) -> list[tuple[Table, list[Row]]]:
    """Every table's rows, what others refer to first."""
    found: dict[type, list[Row]] = {kind: [] for kind in TABLES}
    for change in changes:
        if type(change) in TABLES:
            found[type(change)].append(TABLES[type(change)].row(change))
    return [(TABLES[kind], rows) for kind, rows in found.items()]
