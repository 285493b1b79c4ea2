"""RDS's calls about snapshots."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ministack.core.responses import get_region

from local.emulator.rds import paging, passages, records, store
from local.emulator.rds.bus import announce
from local.emulator.rds.messages import CANCELED_COPY
from local.emulator.rds.records import Request
from local.emulator.rds.refusals import RefusedError, wrong_state
from local.emulator.rds.states import AVAILABLE, COPYING, FAILED, Action, Kind
from local.emulator.rds.store import Record
from local.emulator.rds.works import forget_data

_FILTERED: Mapping[str, Callable[[Record], set[str]]] = MappingProxyType(
    {
        "db-instance-id": lambda record: {
            record["DBInstanceIdentifier"],
            store.arn_of(Kind.INSTANCE, record["DBInstanceIdentifier"]),
        },
        "db-snapshot-id": lambda record: {record["DBSnapshotIdentifier"]},
        "dbi-resource-id": lambda record: {record["DbiResourceId"]},
        "snapshot-type": lambda record: {record["SnapshotType"]},
        "engine": lambda record: {record["Engine"]},
    }
)
_AS_FILTERS: Mapping[str, str] = MappingProxyType(
    {"DBInstanceIdentifier": "db-instance-id", "DbiResourceId": "dbi-resource-id", "SnapshotType": "snapshot-type"}
)


def create(request: Request) -> dict[str, Any]:
    """CreateDBSnapshot."""
    source = store.find_at_home(Kind.INSTANCE, request["DBInstanceIdentifier"])
    if source["DBInstanceStatus"] != AVAILABLE:
        raise wrong_state(source["DBInstanceIdentifier"], source["DBInstanceStatus"], AVAILABLE)
    return _begin(Action.CREATE, records.snapshot(request, source))


def copy(request: Request) -> dict[str, Any]:
    """CopyDBSnapshot, called where the copy shall be."""
    source = store.find(Kind.SNAPSHOT, request["SourceDBSnapshotIdentifier"])
    _require(source, AVAILABLE)
    region = source["DBSnapshotArn"].split(":")[3]
    action = Action.COPY if region == get_region() else Action.COPY_FROM_AFAR
    return _begin(action, records.copy_of(request, source, region))


def describe(request: Request) -> dict[str, Any]:
    """DescribeDBSnapshots."""
    named = request.get("DBSnapshotIdentifier")
    found = [store.find_at_home(Kind.SNAPSHOT, named)] if named else store.listed(Kind.SNAPSHOT)
    plain = [{"Name": name, "Values": [request[field]]} for field, name in _AS_FILTERS.items() if request.get(field)]
    chosen = paging.filtered(found, [*plain, *request.get("Filters", ())], _FILTERED)
    return paging.page("DBSnapshots", [_answer(record) for record in chosen], request, _key)


def delete(request: Request) -> dict[str, Any]:
    """DeleteDBSnapshot. A copy that is being made is cancelled by it; a snapshot that is being made stays."""
    record = store.find_at_home(Kind.SNAPSHOT, request["DBSnapshotIdentifier"])
    _require(record, AVAILABLE, COPYING, FAILED)
    copied = record["Status"] == COPYING
    event = CANCELED_COPY[record.get("_copied_from_region") != get_region()] if copied else 41
    store.drop(Kind.SNAPSHOT, record)
    passages.afterwards(record, forget_data)
    announce(event, Kind.SNAPSHOT, record)
    return {"DBSnapshot": {**record, "Status": "deleted"}}


def _require(record: Record, *states: str) -> None:
    if record["Status"] not in states:
        wanted = " or ".join(states)
        message = f"DBSnapshot {record['DBSnapshotIdentifier']} is {record['Status']}, expected: {wanted}."
        raise RefusedError("InvalidDBSnapshotStateFault", message)


def _begin(action: Action, made: Record) -> dict[str, Any]:
    store.keep(Kind.SNAPSHOT, made)
    store.set_tags(made["DBSnapshotArn"], made["TagList"])
    passages.begin(Kind.SNAPSHOT, action, made)
    return {"DBSnapshot": _answer(made)}


def _answer(record: Record) -> Record:
    return {**record, "PercentProgress": passages.progress(Kind.SNAPSHOT, record)}


def _key(record: Record) -> str:
    return str(record["DBSnapshotIdentifier"])


CALLS: Mapping[str, Callable[[Request], dict[str, Any]]] = MappingProxyType(
    {
        "CreateDBSnapshot": create,
        "CopyDBSnapshot": copy,
        "DescribeDBSnapshots": describe,
        "DeleteDBSnapshot": delete,
    }
)
