"""What a database holds, in few figures: taken of the replica before and after its snapshot, and of the restored copy.

A fact is a name and a number or a digest. No row's content is in it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from functions.core.domain.backup.record import UnreadableRecordError

Answer = Mapping[str, str | float]
"""What a question found: names of objects, and of each a number or a digest of how it is defined."""
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class TableFacts:
    """One table. Where it was too large to be read in time, rows and fingerprint are None.

    size: of its rows, in bytes. fingerprint: the sum of a hash of every row, in no order. newest: by column that says
    when a row was made, the newest one in seconds since 1970. keys: like the fingerprint, of every row's primary key,
    where the table has one.
    """

    size: int
    rows: int | None = None
    fingerprint: str | None = None
    newest: Mapping[str, float] = field(default_factory=dict)
    keys: str | None = None

    @property
    def was_read(self) -> bool:
        """Whether every row of it was read."""
        return self.rows is not None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was asked at one moment.

    data_at: the last transaction in it, by the primary's clock; None where the server does not know.
    version: the server's, as PostgreSQL numbers it (180000). tables: by ``schema.table``, quoted where SQL must be.
    answers: by the question's name.
    """

    taken_at: datetime
    data_at: datetime | None
    version: int
    tables: Mapping[str, TableFacts]
    answers: Mapping[str, Answer]

    def to_json(self) -> str:
        """The facts as one text."""
        return json.dumps(
            {
                "format": _FORMAT,
                "taken_at": self.taken_at.isoformat(),
                "data_at": None if self.data_at is None else self.data_at.isoformat(),
                "version": self.version,
                "tables": {name: asdict(table) for name, table in self.tables.items()},
                "answers": {name: dict(answer) for name, answer in self.answers.items()},
            },
            separators=(",", ":"),
            ensure_ascii=False,
        )


def facts_in(text: str) -> Facts:
    """The facts in a text. Raises `UnreadableRecordError`."""
    try:
        content = json.loads(text)
        data_at = content["data_at"]
        return Facts(
            taken_at=datetime.fromisoformat(content["taken_at"]),
            data_at=None if data_at is None else datetime.fromisoformat(data_at),
            version=content["version"],
            tables={name: TableFacts(**table) for name, table in content["tables"].items()},
            answers=content["answers"],
        )
    except (KeyError, TypeError, ValueError) as cause:
        raise UnreadableRecordError("the facts of a backup cannot be read; other code has written them") from cause
