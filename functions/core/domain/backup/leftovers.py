"""What executions that were ended from outside leave behind, and which of it may be removed.

The one thing that must never happen is that a database goes that the workflow did not restore itself: so an instance
has to have the name *and* the tag, and must not be tagged as one of the databases.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from functions.core.domain.backup.record import EXECUTION_TAG, RESTORED_PREFIX, ROLE_TAG, SNAPSHOT_PREFIX, backup_of
from functions.core.domain.backup.retention import AVAILABLE, StoredSnapshot

_GOING = "deleting"
_EXPORTS_AT_WORK = frozenset({"STARTING", "IN_PROGRESS"})


@dataclass(frozen=True, slots=True)
class StoredInstance:
    """A DB instance as RDS describes it. follows: the instance that it is a replica of."""

    name: str
    status: str
    tags: Mapping[str, str] = field(default_factory=dict)
    follows: str | None = None

    @property
    def may_be_dropped(self) -> bool:
        """Whether the workflow restored it: by name and by tag, and nothing speaks against it."""
        ours = self.name.startswith(RESTORED_PREFIX) and backup_of(self.name) is not None and EXECUTION_TAG in self.tags
        return ours and ROLE_TAG not in self.tags and self.follows is None and self.status != _GOING


@dataclass(frozen=True, slots=True)
class StoredExport:
    """An export task as RDS describes it. source: the ARN of the snapshot that it reads."""

    name: str
    status: str
    source: str

    @property
    def backup(self) -> str | None:
        """The backup that it exports; None where it is none of ours: both names must say so, tasks have no tags."""
        mine = backup_of(self.name)
        read = backup_of(self.source.rsplit(":", 1)[-1])
        return mine if mine == read and self.name.startswith(SNAPSHOT_PREFIX) else None

    @property
    def is_at_work(self) -> bool:
        """Whether there is something to cancel."""
        return self.status in _EXPORTS_AT_WORK


def is_half_copy(snapshot: StoredSnapshot) -> bool:
    """Whether it is a copy of ours that is not finished. To delete it is the way to stop it.

    A snapshot of the replica in the making cannot be stopped: retention removes it when it has come to an end.
    """
    return snapshot.is_ours and snapshot.is_copy and snapshot.status not in {AVAILABLE, _GOING}


def execution_arn(named: str, state_machine: str) -> str | None:
    """The ARN of an execution that a tag or a record names, whole or by its name; None for another machine's."""
    beginning = state_machine.replace(":stateMachine:", ":execution:") + ":"
    arn = named if named.startswith("arn:") else beginning + named
    return arn if arn.startswith(beginning) and len(arn) > len(beginning) else None
