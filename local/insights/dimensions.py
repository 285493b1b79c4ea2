"""The dimensions of database load: by what sessions can be told apart, group by group."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from local.insights.sessions import Session
from local.insights.statements import database_id, statement_id, tokenized

LONGEST_VALUE = 500
"""Performance Insights cuts every value off after so many bytes."""

_Reading = Callable[[Session], str]

GROUPS: Mapping[str, Mapping[str, _Reading]] = {
    "db": {"db.name": lambda session: session.database},
    "db.application": {"db.application.name": lambda session: session.application},
    "db.host": {"db.host.id": lambda session: session.host, "db.host.name": lambda session: session.host},
    "db.session_type": {"db.session_type.name": lambda session: session.kind},
    "db.sql": {
        "db.sql.id": lambda session: statement_id(session.statement),
        "db.sql.db_id": lambda session: database_id(session.statement),
        "db.sql.statement": lambda session: session.statement,
        "db.sql.tokenized_id": lambda session: statement_id(tokenized(session.statement)),
    },
    "db.sql_tokenized": {
        "db.sql_tokenized.id": lambda session: statement_id(tokenized(session.statement)),
        "db.sql_tokenized.db_id": lambda session: database_id(tokenized(session.statement)),
        "db.sql_tokenized.statement": lambda session: tokenized(session.statement),
    },
    "db.user": {"db.user.id": lambda session: session.user_id, "db.user.name": lambda session: session.user},
    "db.wait_event": {
        "db.wait_event.name": lambda session: session.wait,
        "db.wait_event.type": lambda session: session.wait_type,
    },
    "db.wait_event_type": {"db.wait_event_type.name": lambda session: session.wait_type},
}
DIMENSIONS: Mapping[str, _Reading] = {name: read for group in GROUPS.values() for name, read in group.items()}

Key = tuple[tuple[str, str], ...]
"""The values of dimensions, by their names."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """By which dimensions to group, and how many groups to answer, the busiest first."""

    dimensions: tuple[str, ...]
    limit: int

    def key_of(self, session: Session) -> Key:
        """The group that a session is in."""
        return tuple((name, value_of(name, session)) for name in self.dimensions)


def value_of(dimension: str, session: Session) -> str:
    """What a dimension says of a session, cut off where it is long."""
    return DIMENSIONS[dimension](session).encode()[:LONGEST_VALUE].decode(errors="ignore")


def fits(wanted: Mapping[str, str], session: Session) -> bool:
    """Whether a session has the wanted values."""
    return all(value_of(name, session) == value for name, value in wanted.items())


def unknown_dimensions(names: Sequence[str]) -> list[str]:
    """Which of the names are no dimensions."""
    return [name for name in names if name not in DIMENSIONS]
