"""Remove what executions have left that were ended from outside, and write that they were.

What belongs to an execution that runs is never touched. Everything is found by looking, not by memory, so that it may
be done at any time and any number of times. One thing that cannot be removed does not keep the others.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from functions.backup_upkeep.ports import Executions, RdsRefusedError, RdsUnavailableError, Region
from functions.core.domain.backup.leftovers import execution_arn, is_half_copy
from functions.core.domain.backup.record import EXECUTION_TAG, BackupRecord
from functions.core.domain.errors import TemporaryError
from functions.core.domain.ports.clock import Clock

ENDED_FROM_OUTSIDE = "its execution was ended from outside; whatever it had begun and not finished is removed"


class CleanUpIncompleteError(TemporaryError):
    """Something could not be removed. The message says what and why, and what was removed."""


class Records(Protocol):
    """The records that cleaning reads and ends."""

    def newest_first(self) -> Iterator[BackupRecord]:
        """Every record, the newest first."""
        ...

    def mark_interrupted(self, backup: str, words: str, at: datetime) -> bool:
        """End a record; answer whether it was open."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanUp:
    """The use case, with its ports. far: the region for copies, where there is one."""

    records: Records
    executions: Executions
    here: Region
    far: Region | None
    state_machine: str
    clock: Clock

    def __call__(self, caller: str | None) -> tuple[str, ...]:
        """Clean up; answer in words what was removed. caller: the ARN of the execution that asks, which runs.

        Raises `CleanUpIncompleteError`, `ExecutionsUnknownError`, and what the table raises.
        """
        records = {record.id: record for record in self.records.newest_first()}
        ended = _Ended(self.executions, self.state_machine, caller, records)
        acts = [*self._instances(ended), *self._exports(ended), *self._half_copies(ended)]
        done, failed = _carried_out(acts)
        done += [
            f"backup {record.id} is recorded as interrupted"
            for record in records.values()
            if record.running
            and ended(record.execution)
            and self.records.mark_interrupted(record.id, ENDED_FROM_OUTSIDE, self.clock())
        ]
        if failed:
            raise CleanUpIncompleteError(f"not removed: {'; '.join(failed)}. Removed: {'; '.join(done) or 'nothing'}")
        return tuple(done)

    def _instances(self, ended: "_Ended") -> Iterator["_Act"]:
        for each in self.here.instances():
            if each.may_be_dropped and ended(each.tags[EXECUTION_TAG]):
                yield _Act(partial(self.here.drop_instance, each), f"restored instance {each.name}")

    def _exports(self, ended: "_Ended") -> Iterator["_Act"]:
        for each in self.here.exports():
            if each.is_at_work and each.backup is not None and ended.backup(each.backup):
                yield _Act(partial(self.here.cancel_export, each), f"export {each.name}")

    def _half_copies(self, ended: "_Ended") -> Iterator["_Act"]:
        for each in self.here.snapshots():
            if is_half_copy(each) and ended(each.tags[EXECUTION_TAG]):
                yield _Act(partial(self.here.delete_snapshot, each), f"unfinished copy {each.name}")
        if self.far is None:
            return
        for each in self.far.snapshots():
            # The far region may have backups of its own, with the same prefix, and executions that nobody here knows.
            if is_half_copy(each) and each.backup is not None and ended.backup(each.backup):
                yield _Act(partial(self.far.delete_snapshot, each), f"unfinished far copy {each.name}")


@dataclass(frozen=True, slots=True)
class _Act:
    remove: Callable[[], bool]
    what: str


def _carried_out(acts: Sequence[_Act]) -> tuple[list[str], list[str]]:
    done, failed = [], []
    for act in acts:
        try:
            gone = act.remove()
        except (RdsUnavailableError, RdsRefusedError) as why:
            failed.append(f"{act.what}: {why}")
            continue
        later = ": its state forbids it now, the next clean-up takes it up again"
        done.append(act.what if gone else f"not yet {act.what}{later}")
    return done, failed


class _Ended:
    """Whether an execution has ended. Each is asked for once, and the caller's not at all."""

    def __init__(
        self, executions: Executions, state_machine: str, caller: str | None, records: Mapping[str, BackupRecord]
    ) -> None:
        self._executions = executions
        self._state_machine = state_machine
        self._records = records
        self._known: dict[str, bool] = {} if caller is None else {caller: False}

    def __call__(self, named: str) -> bool:
        """Of an execution by its ARN or its name. Another machine's is nobody's business here: it counts as running."""
        arn = execution_arn(named, self._state_machine)
        if arn is None:
            return False
        if arn not in self._known:
            self._known[arn] = not self._executions.runs(arn)
        return self._known[arn]

    def backup(self, backup: str) -> bool:
        """Of the execution that a backup's record names; without a record nobody knows, so it counts as running."""
        record = self._records.get(backup)
        return record is not None and self(record.execution)
