"""Carries resources from state to state, each on a thread of its own: what the table says, and the work behind it."""

import logging
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable

from ministack.core.concurrency import spawn_background

from local.databases.programs import NoPostgresError
from local.databases.server import HOST, ServerError
from local.emulator.rds import store
from local.emulator.rds.bus import announce, moment
from local.emulator.rds.refusals import RefusedError, wrong_state
from local.emulator.rds.states import AVAILABLE, TABLE, WHEN_IT_FAILS, Action, Kind, Passage
from local.emulator.rds.store import Record, changed
from local.emulator.rds.works import WORKS

logger = logging.getLogger("rds")
PACE_VARIABLE = "STATLINE_RDS_PACE"
_PACE = float(os.environ.get(PACE_VARIABLE, "1"))
"""What the table's seconds are multiplied with; 0 leaves only the time that the work takes."""
_WHOLE = 100
_ADDRESS = {"Address": HOST, "HostedZoneId": "Z2R2ITUGPM61AM"}
_FOLLOWING = [{"StatusType": "read replication", "Normal": True, "Status": "replicating"}]
_FAULTS = (ServerError, NoPostgresError, RefusedError, OSError)
_ended = threading.Event()
_at_work: "defaultdict[str, threading.Lock]" = defaultdict(threading.Lock)
"""One at a time works on a resource: what is deleted while it is made is first made, then removed."""


def permit(kind: Kind, action: Action, record: Record) -> None:
    """Raise `RefusedError` where the resource is in no state for the action."""
    passage, state = TABLE[kind, action], record[store.STATES[kind]]
    if passage.allowed and state not in passage.allowed:
        raise wrong_state(store.identifier_of(kind, record), state, " or ".join(sorted(passage.allowed)))


def begin(kind: Kind, action: Action, record: Record) -> None:
    """Set out: the state changes at once, the rest follows. The caller holds `changed`."""
    passage = TABLE[kind, action]
    record.update({store.STATES[kind]: passage.now, "_action": action, "_began": time.time()})
    changed.notify_all()
    announce(passage.begins, kind, record)
    if passage.source:
        source = store.find(Kind.INSTANCE, record["DBInstanceIdentifier"])
        source["DBInstanceStatus"] = passage.source
        announce(1, Kind.INSTANCE, source)
    resume(kind, record)


def resume(kind: Kind, record: Record) -> None:
    """Go on with what was begun, from the beginning of its work."""
    spawn_background(_carry, kind, Action(record["_action"]), record, thread_name=f"rds-{kind}")


def afterwards(record: Record, work: Callable[[Record], None]) -> None:
    """Do something to a resource's data when nobody works on it any more."""

    def alone() -> None:
        with _at_work[record["_directory"]]:
            work(record)

    spawn_background(alone, thread_name="rds-after")


def progress(kind: Kind, record: Record) -> int:
    """How far a resource is on its way, in per cent."""
    passage = TABLE[kind, Action(record["_action"])]
    if record[store.STATES[kind]] != passage.now:
        return _WHOLE
    whole = passage.seconds * _PACE
    passed = time.time() - record["_began"]
    return min(_WHOLE - 1, int(_WHOLE * passed / whole) if whole else 0)


def end() -> None:
    """Change no state any more: what is under way is gone on with after the next start."""
    _ended.set()
    with changed:
        changed.notify_all()


def _carry(kind: Kind, action: Action, record: Record) -> None:
    passage = TABLE[kind, action]
    with _at_work[record["_directory"]]:
        failed = _work(passage, record)
        _wait(kind, action, record)
    with changed:
        if _ended.is_set():
            return
        _release_source(passage, record)
        if not _is_current(kind, action, record):
            return
        _arrive(kind, passage, record, failed=failed)


def _work(passage: Passage, record: Record) -> bool:
    """Do the work, and say whether it failed."""
    if _ended.is_set():
        return False
    try:
        WORKS[passage.work](record)
    except _FAULTS as fault:
        logger.exception("RDS could not %s", passage.work)
        record["_fault"] = str(fault)
        return True
    return False


def _wait(kind: Kind, action: Action, record: Record) -> None:
    left = record["_began"] + TABLE[kind, action].seconds * _PACE - time.time()
    with changed:
        changed.wait_for(lambda: _ended.is_set() or not _is_current(kind, action, record), timeout=max(left, 0))


def _is_current(kind: Kind, action: Action, record: Record) -> bool:
    return store.holds(kind, record) and record["_action"] == action


def _arrive(kind: Kind, passage: Passage, record: Record, *, failed: bool) -> None:
    state, event = WHEN_IT_FAILS[kind] if failed else (passage.then, passage.ends)
    if state is None:
        store.drop(kind, record)
    else:
        record[store.STATES[kind]] = state
    record.update(_on_arrival(kind, record))
    changed.notify_all()
    announce(event, kind, record)


def _on_arrival(kind: Kind, record: Record) -> Record:
    """What is known of a resource only once it has arrived: an instance's address, an export's end."""
    if kind is Kind.EXPORT:
        return {"TaskEndTime": moment()}
    if kind is Kind.INSTANCE and record["DBInstanceStatus"] == AVAILABLE:
        follows = "ReadReplicaSourceDBInstanceIdentifier" in record
        return {"Endpoint": {**_ADDRESS, "Port": record["_port"]}, "StatusInfos": _FOLLOWING if follows else []}
    return {}


def _release_source(passage: Passage, record: Record) -> None:
    if passage.source is None:
        return
    for source in store.listed(Kind.INSTANCE):
        if source["DBInstanceIdentifier"] == record["DBInstanceIdentifier"]:
            if source["DBInstanceStatus"] == passage.source:
                source["DBInstanceStatus"] = AVAILABLE
                changed.notify_all()
            announce(2, Kind.INSTANCE, source)
