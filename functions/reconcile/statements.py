"""The statements that the reconcile asks the replica, one for each view, and how their rows become changes.

A row comes as JSON, which the server makes: whatever types the owner's columns have, no row can keep the driver from
reading the page that it is in. The key is compared as a whole, so that one index serves every page.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from functions.core.domain.directory.source_kind import SourceKind

PAGE = 1000
"""Rows of one statement: some ten milliseconds of the replica."""

Fields = dict[str, Any]

DATA_AT: LiteralString = "SELECT pg_is_in_recovery(), statline_replica_data_at()"


_NAMES = {"user_id": "user", "team_id": "team"}
_QUIET = {"quiet_starts": "starts", "quiet_ends": "ends", "quiet_zone": "zone"}


@dataclass(frozen=True, slots=True)
class View:
    """A view. key: its columns after the tenant, from the owner (where there is one) to the id. rest: the others.

    fields: makes of a row's columns what the contract calls them.
    """

    name: LiteralString
    key: tuple[LiteralString, ...]
    rest: tuple[LiteralString, ...]
    fields: Callable[[Fields], Fields]

    @property
    def statement(self) -> LiteralString:
        """Takes the tenant, the key of the last row that was read (empty texts at first), and how many rows."""
        columns = ", ".join(f"'{column}', {column}" for column in (*self.key, *self.rest))
        key, marks = ", ".join(self.key), ", ".join("%s" for _ in self.key)
        return (
            f"SELECT json_build_object({columns}) FROM {self.name}"  # noqa: S608 - constants of this file
            f" WHERE tenant = %s AND ({key}) > ({marks}) ORDER BY {key} LIMIT %s"
        )

    @property
    def start(self) -> Sequence[str]:
        """Before every key."""
        return [""] * len(self.key)


def _renamed(row: Fields) -> Fields:
    return {_NAMES.get(column, column): value for column, value in row.items()}


def _user(row: Fields) -> Fields:
    quiet = {name: row[column] for column, name in _QUIET.items() if row[column] is not None}
    plain = {column: value for column, value in row.items() if column not in _QUIET}
    return plain | ({"quiet_hours": quiet} if quiet else {})


VIEWS: Mapping[SourceKind, View] = {
    SourceKind.USER: View(
        "statline_users", ("id",), ("name", "quiet_starts", "quiet_ends", "quiet_zone", "revision"), _user
    ),
    SourceKind.CONTACT_POINT: View(
        "statline_contact_points", ("user_id", "id"), ("number", "uses", "rank", "revision"), _renamed
    ),
    SourceKind.TEAM: View("statline_teams", ("id",), ("name", "roles", "policy", "revision"), _renamed),
    SourceKind.SHIFT: View(
        "statline_shifts", ("team_id", "id"), ("user_id", "role", "starts_at", "ends_at", "duty", "revision"), _renamed
    ),
}
