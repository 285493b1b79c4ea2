"""The one table of states: what an action makes of a resource, for how long, and what is really done meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """What has a state. The values are the resource types of RDS's ARNs; an export has no ARN."""

    INSTANCE = "db"
    SNAPSHOT = "snapshot"
    EXPORT = "export"


class Action(StrEnum):
    """What is done to a resource."""

    CREATE = "create"
    REPLICATE = "replicate"
    RESTORE = "restore"
    MODIFY = "modify"
    REBOOT = "reboot"
    STOP = "stop"
    START = "start"
    DELETE = "delete"
    COPY = "copy"
    COPY_FROM_AFAR = "copy from afar"
    EXPORT = "export"
    CANCEL = "cancel"


class Work(StrEnum):
    """What is really done; `works` has a function for each."""

    NOTHING = "nothing"
    MAKE_PRIMARY = "make a primary"
    MAKE_REPLICA = "make a replica"
    MAKE_FROM_SNAPSHOT = "make a server from a snapshot"
    RESTART = "restart the server"
    STOP = "stop the server"
    START = "start the server"
    REMOVE_SERVER = "remove the server"
    TAKE_SNAPSHOT = "copy a running server"
    COPY_SNAPSHOT = "copy a snapshot"
    EXPORT_TABLES = "write the tables to S3"


@dataclass(frozen=True, slots=True)
class Passage:
    """From one state to the next.

    now, then: the states; then is None where the resource is gone in the end.
    seconds: how long it takes at least. What is really done takes its own time on top only where it is longer.
    work: what is really done. allowed: the states that the action is taken in; none: in any but `now`.
    begins, ends: RDS's events, by their number. source: the state of the instance that a snapshot is taken of.
    """

    now: str
    then: str | None
    seconds: float
    work: Work
    allowed: frozenset[str] = frozenset()
    begins: int | None = None
    ends: int | None = None
    source: str | None = None


AVAILABLE, STOPPED, BACKING_UP, FAILED = "available", "stopped", "backing-up", "failed"
DELETING, COPYING = "deleting", "copying"
IN_PROGRESS, COMPLETE, CANCELED, EXPORT_FAILED = "IN_PROGRESS", "COMPLETE", "CANCELED", "FAILED"
_RUNNING = frozenset({AVAILABLE})
_ENDED = frozenset({STOPPED})

TABLE: Mapping[tuple[Kind, Action], Passage] = MappingProxyType(
    {
        (Kind.INSTANCE, Action.CREATE): Passage("creating", AVAILABLE, 2, Work.MAKE_PRIMARY, ends=5),
        (Kind.INSTANCE, Action.REPLICATE): Passage("creating", AVAILABLE, 2, Work.MAKE_REPLICA, ends=5),
        (Kind.INSTANCE, Action.RESTORE): Passage("creating", AVAILABLE, 4, Work.MAKE_FROM_SNAPSHOT, ends=5),
        (Kind.INSTANCE, Action.MODIFY): Passage("modifying", AVAILABLE, 2, Work.NOTHING, _RUNNING),
        (Kind.INSTANCE, Action.REBOOT): Passage("rebooting", AVAILABLE, 2, Work.RESTART, _RUNNING, 4, 6),
        (Kind.INSTANCE, Action.STOP): Passage("stopping", STOPPED, 2, Work.STOP, _RUNNING, ends=87),
        (Kind.INSTANCE, Action.START): Passage("starting", AVAILABLE, 2, Work.START, _ENDED, ends=88),
        (Kind.INSTANCE, Action.DELETE): Passage(DELETING, None, 3, Work.REMOVE_SERVER, ends=3),
        (Kind.SNAPSHOT, Action.CREATE): Passage(
            "creating", AVAILABLE, 4, Work.TAKE_SNAPSHOT, begins=40, ends=42, source=BACKING_UP
        ),
        (Kind.SNAPSHOT, Action.COPY): Passage(COPYING, AVAILABLE, 3, Work.COPY_SNAPSHOT, begins=196, ends=197),
        (Kind.SNAPSHOT, Action.COPY_FROM_AFAR): Passage(COPYING, AVAILABLE, 6, Work.COPY_SNAPSHOT, begins=59, ends=60),
        (Kind.EXPORT, Action.EXPORT): Passage(IN_PROGRESS, COMPLETE, 4, Work.EXPORT_TABLES, ends=161),
        (Kind.EXPORT, Action.CANCEL): Passage(
            "CANCELING", CANCELED, 1, Work.NOTHING, frozenset({IN_PROGRESS}), ends=160
        ),
    }
)

WHEN_IT_FAILS: Mapping[Kind, tuple[str, int | None]] = MappingProxyType(
    {Kind.INSTANCE: (FAILED, None), Kind.SNAPSHOT: (FAILED, None), Kind.EXPORT: (EXPORT_FAILED, 159)}
)
"""The state of a resource whose work could not be done, and RDS's event."""
