"""Follows a backup's record until it has an end."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from functions.core.domain.backup.record import BackupRecord
from statline.cli.backup.workflow import Execution, Started

PAUSE: Callable[[float], None] = time.sleep
LOOK_EVERY_SECONDS = 3.0
_NEWEST = 5


class Finds(Protocol):
    """The records, as far as following needs them."""

    def find(self, backup: str) -> BackupRecord | None:
        """One record, as it is now."""
        ...

    def newest_first(self) -> Iterator[BackupRecord]:
        """Every record, the newest first."""
        ...


class LooksAt(Protocol):
    """The workflow, as far as following needs it."""

    def look_at(self, execution: str) -> Execution | None:
        """How an execution stands."""
        ...


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen at one look. record: None before the workflow has opened it.

    stranded: why no end will come by itself; empty while one will.
    """

    record: BackupRecord | None
    stranded: str = ""

    @property
    def over(self) -> bool:
        """Whether looking again will show nothing new."""
        return bool(self.stranded) or (self.record is not None and not self.record.running)


def follow(started: Started, records: Finds, workflow: LooksAt) -> Iterator[Sight]:
    """Look until the backup has ended. The last sight is over; the ones before it may be all alike."""
    while True:
        sight = look(started, records, workflow)
        yield sight
        if sight.over:
            return
        PAUSE(LOOK_EVERY_SECONDS)


def look(started: Started, records: Finds, workflow: LooksAt) -> Sight:
    """Look once. The execution is asked first: what it wrote before its end is then there to be read."""
    execution = workflow.look_at(started.execution)
    record = records.find(started.backup) or _of_execution(started.execution, records)
    if (execution is not None and execution.running) or (record is not None and not record.running):
        return Sight(record)
    return Sight(record, _stranded(started, execution, record))


def _of_execution(execution: str, records: Finds) -> BackupRecord | None:
    """The id to come was read off another clock than the workflow's; near the end of a second they may disagree."""
    newest = islice(records.newest_first(), _NEWEST)
    return next((record for record in newest if record.execution == execution), None)


def _stranded(started: Started, execution: Execution | None, record: BackupRecord | None) -> str:
    status = execution.status if execution else "forgotten by Step Functions"
    words = f" ({execution.words})" if execution and execution.words else ""
    if record is None:
        return f"its execution is {status}{words} and has written no record: {started.execution}"
    return (
        f"its execution is {status}{words}, and its record is still open: it was ended from outside."
        " The workflow's clean-up removes what it left and writes Interrupted, within minutes or before the next backup"
    )
