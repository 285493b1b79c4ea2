"""From the stream's batch to the bus, in order, and past a row of which nothing can be told."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from functions.core.adapters.state.stream import UnreadableRowError, event_of
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.errors import QueueUnavailableError
from functions.core.domain.ports.delivering import Quarantine
from statline.contract.events import Event

BatchAnswer = dict[str, list[dict[str, str]]]
Row = Mapping[str, Any]
UNREADABLE = "unreadable_row"


class Bus(Protocol):
    """Where events go."""

    def put(self, events: Sequence[Event]) -> int:
        """Put the events in order and answer how many were taken before one was not."""
        ...


@dataclass(frozen=True, slots=True)
class StreamEntrance:
    """Where the function's batches come in. lost: keeps the names of rows that could not be told, for people."""

    bus: Bus
    lost: Quarantine
    log: Log

    def __call__(self, rows: Sequence[Row]) -> BatchAnswer:
        """Tell of a batch; answer the first row that is to come again, from which Lambda resumes.

        A row that makes no event whatever is tried is put aside: left in the stream, it would keep everything behind it
        from being told, for an hour.
        """
        told: list[tuple[Row, Event]] = []
        held_up: Row | None = None
        for row in rows:
            try:
                news = event_of(row["dynamodb"])
            except UnreadableRowError as trouble:
                if not self._put_aside(row, trouble):
                    held_up = row
                    break
                continue
            if news is not None:
                told.append((row, news))
        taken = self.bus.put([news for _, news in told])
        resume = told[taken][0] if taken < len(told) else held_up
        return {"batchItemFailures": [] if resume is None else [{"itemIdentifier": _place(resume)}]}

    def _put_aside(self, row: Row, trouble: UnreadableRowError) -> bool:
        """Keep the row's names, and nothing that it says; False where that is to be tried again."""
        names = {"stream": row.get("eventSourceARN"), "sequence": _place(row), "keys": row["dynamodb"].get("Keys")}
        try:
            self.lost.keep(json.dumps(names), UNREADABLE)
        except QueueUnavailableError:
            return False
        self.log.warn("unreadable row", error=type(trouble.__cause__).__name__)
        return True


def _place(row: Row) -> str:
    return str(row["dynamodb"]["SequenceNumber"])
