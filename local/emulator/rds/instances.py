"""RDS's calls about instances. Each takes the call's parameters and answers as RDS's model says."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from local.databases.machines import Machine
from local.emulator.rds import paging, passages, records, store
from local.emulator.rds.bus import announce
from local.emulator.rds.records import Request
from local.emulator.rds.refusals import RefusedError, wrong_combination, wrong_state
from local.emulator.rds.secrets import keep_password
from local.emulator.rds.states import AVAILABLE, DELETING, Action, Kind
from local.emulator.rds.store import Record

_FILTERED: Mapping[str, Callable[[Record], set[str]]] = MappingProxyType(
    {
        "db-instance-id": lambda record: {record["DBInstanceIdentifier"], record["DBInstanceArn"]},
        "dbi-resource-id": lambda record: {record["DbiResourceId"]},
        "engine": lambda record: {record["Engine"]},
        "db-cluster-id": lambda _record: set(),
    }
)


def create(request: Request) -> dict[str, Any]:
    """CreateDBInstance."""
    if request.get("DBClusterIdentifier"):
        raise wrong_combination("The laptop's RDS has no clusters.")
    made = records.instance(request, {}, Machine.PRIMARY)
    if request.get("ManageMasterUserPassword"):
        made["MasterUserSecret"] = keep_password(made)
    return _begin(Action.CREATE, made)


def create_replica(request: Request) -> dict[str, Any]:
    """CreateDBInstanceReadReplica."""
    source = store.find_at_home(Kind.INSTANCE, request["SourceDBInstanceIdentifier"])
    if source["DBInstanceStatus"] != AVAILABLE:
        raise wrong_state(source["DBInstanceIdentifier"], source["DBInstanceStatus"], AVAILABLE)
    if not source["BackupRetentionPeriod"]:
        name = source["DBInstanceIdentifier"]
        raise RefusedError("InvalidDBInstanceStateFault", f"Automated backups are not enabled for {name}.")
    answer = _begin(Action.REPLICATE, records.replica(request, source))
    source["ReadReplicaDBInstanceIdentifiers"].append(answer["DBInstance"]["DBInstanceIdentifier"])
    return answer


def restore(request: Request) -> dict[str, Any]:
    """RestoreDBInstanceFromDBSnapshot."""
    source = store.find_at_home(Kind.SNAPSHOT, request["DBSnapshotIdentifier"])
    if source["Status"] != AVAILABLE:
        message = f"DBSnapshot {source['DBSnapshotIdentifier']} is {source['Status']}, expected: {AVAILABLE}."
        raise RefusedError("InvalidDBSnapshotStateFault", message)
    answer = _begin(Action.RESTORE, records.restored(request, source))
    announce(43, Kind.SNAPSHOT, source)
    return answer


def describe(request: Request) -> dict[str, Any]:
    """DescribeDBInstances."""
    named = request.get("DBInstanceIdentifier")
    found = [store.find_at_home(Kind.INSTANCE, named)] if named else store.listed(Kind.INSTANCE)
    chosen = paging.filtered(found, request.get("Filters", ()), _FILTERED)
    return paging.page("DBInstances", chosen, request, lambda record: str(record["DBInstanceIdentifier"]))


def modify(request: Request) -> dict[str, Any]:
    """ModifyDBInstance. Whatever is asked for is in force at once."""
    record = store.find_at_home(Kind.INSTANCE, request["DBInstanceIdentifier"])
    passages.permit(Kind.INSTANCE, Action.MODIFY, record)
    wanted = records.asked(request)
    del wanted["DBInstanceIdentifier"]
    record.update(wanted)
    passages.begin(Kind.INSTANCE, Action.MODIFY, record)
    return {"DBInstance": record}


def delete(request: Request) -> dict[str, Any]:
    """DeleteDBInstance. Without a final snapshot: nothing here asks for one."""
    record = store.find_at_home(Kind.INSTANCE, request["DBInstanceIdentifier"])
    name = record["DBInstanceIdentifier"]
    if record["DeletionProtection"]:
        raise wrong_combination(
            "Cannot delete protected DB Instance, please disable deletion protection and try again."
        )
    if record["DBInstanceStatus"] == DELETING:
        raise RefusedError("InvalidDBInstanceStateFault", f"Instance {name} is already being deleted.")
    if not request.get("SkipFinalSnapshot") and "ReadReplicaSourceDBInstanceIdentifier" not in record:
        raise wrong_combination("The laptop's RDS takes no final snapshot: SkipFinalSnapshot is required.")
    passages.begin(Kind.INSTANCE, Action.DELETE, record)
    return {"DBInstance": record}


def _simple(action: Action) -> Callable[[Request], dict[str, Any]]:
    """A call that does nothing but send an instance on its way."""

    def call(request: Request) -> dict[str, Any]:
        record = store.find_at_home(Kind.INSTANCE, request["DBInstanceIdentifier"])
        passages.permit(Kind.INSTANCE, action, record)
        passages.begin(Kind.INSTANCE, action, record)
        return {"DBInstance": record}

    return call


def _begin(action: Action, made: Record) -> dict[str, Any]:
    store.keep(Kind.INSTANCE, made)
    store.set_tags(made["DBInstanceArn"], made["TagList"])
    passages.begin(Kind.INSTANCE, action, made)
    return {"DBInstance": made}


CALLS: Mapping[str, Callable[[Request], dict[str, Any]]] = MappingProxyType(
    {
        "CreateDBInstance": create,
        "CreateDBInstanceReadReplica": create_replica,
        "RestoreDBInstanceFromDBSnapshot": restore,
        "DescribeDBInstances": describe,
        "ModifyDBInstance": modify,
        "RebootDBInstance": _simple(Action.REBOOT),
        "StopDBInstance": _simple(Action.STOP),
        "StartDBInstance": _simple(Action.START),
        "DeleteDBInstance": delete,
    }
)
