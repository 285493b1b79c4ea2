"""`AWS::RDS::DBInstance` in templates: made as by the calls, and waited for."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ministack.services.cloudformation import provisioners, stacks

from local.emulator.rds import gateway, store, trail, wire
from local.emulator.rds.refusals import RefusedError
from local.emulator.rds.states import AVAILABLE, FAILED, Kind
from local.emulator.rds.store import Record, changed

Properties = dict[str, Any]
Provisioned = tuple[str, dict[str, Any]]
_TYPE = "AWS::RDS::DBInstance"
_PATIENCE = 600.0
_SERVICE = "cloudformation.amazonaws.com"
_CALLED_OTHERWISE: Mapping[str, str] = MappingProxyType(
    {
        "VPCSecurityGroups": "VpcSecurityGroupIds",
        "MonitoringRoleARN": "MonitoringRoleArn",
    }
)
_UNCHANGEABLE = ("SourceDBInstanceIdentifier", "DBName", "MasterUsername", "Engine", "KmsKeyId", "StorageEncrypted")


def _request(call: str, identifier: str, props: Properties) -> dict[str, Any]:
    given = {_CALLED_OTHERWISE.get(name, name): value for name, value in props.items()}
    groups = given.get("VpcSecurityGroupIds")
    if isinstance(groups, str):
        given["VpcSecurityGroupIds"] = [groups]
    shape = wire.MODEL.operation_model(call).input_shape
    request: dict[str, Any] = wire.coerced({**given, "DBInstanceIdentifier": identifier}, shape)
    return request


def _name(logical_id: str, props: Properties, stack_name: str) -> str:
    made_up = provisioners._physical_name(stack_name, logical_id, lowercase=True, max_len=63)
    return str(props.get("DBInstanceIdentifier") or made_up).lower()


def _create(logical_id: str, props: Properties, stack_name: str) -> Provisioned:
    name = _name(logical_id, props, stack_name)
    call = "CreateDBInstanceReadReplica" if props.get("SourceDBInstanceIdentifier") else "CreateDBInstance"
    _perform(call, _request(call, name, props), name)
    return name, _attributes(_await_available(name))


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Provisioned:
    name = _name(logical_id, new, stack_name)
    if name != physical_id or any(old.get(field) != new.get(field) for field in _UNCHANGEABLE):
        message = f"{_TYPE} {physical_id}: the laptop's RDS does not replace an instance. Delete its stack first."
        raise ValueError(message)
    _perform("ModifyDBInstance", _request("ModifyDBInstance", name, new), name)
    record = _await_available(name)
    provisioners._rds_sync_tags(record["DBInstanceArn"], old, new, _TYPE)
    return name, _attributes(record)


def _delete(physical_id: str, _props: Properties) -> None:
    """Delete and wait until it is gone. One that nobody knows any more is gone already."""
    try:
        record = store.find(Kind.INSTANCE, physical_id)
    except RefusedError:
        return
    _perform("DeleteDBInstance", {"DBInstanceIdentifier": physical_id, "SkipFinalSnapshot": True}, physical_id)
    with changed:
        changed.wait_for(lambda: not store.holds(Kind.INSTANCE, record), timeout=_PATIENCE)


def _perform(call: str, request: dict[str, Any], name: str) -> None:
    trail.on_behalf(_SERVICE)
    try:
        gateway.perform(call, request)
    except RefusedError as refusal:
        message = f"{_TYPE} {name}: {refusal}"
        raise ValueError(message) from refusal


def _await_available(name: str) -> Record:
    record = store.find(Kind.INSTANCE, name)
    with changed:
        changed.wait_for(lambda: record["DBInstanceStatus"] in (AVAILABLE, FAILED), timeout=_PATIENCE)
    if record["DBInstanceStatus"] != AVAILABLE:
        message = f"{_TYPE} {name} is {record['DBInstanceStatus']}: {record.get('_fault', 'it took too long')}"
        raise ValueError(message)
    return record


def _attributes(record: Record) -> dict[str, Any]:
    endpoint = record["Endpoint"]
    secret = record.get("MasterUserSecret")
    return {
        "Endpoint.Address": endpoint["Address"],
        "Endpoint.Port": str(endpoint["Port"]),
        "Endpoint.HostedZoneId": endpoint["HostedZoneId"],
        "DbiResourceId": record["DbiResourceId"],
        "DBInstanceArn": record["DBInstanceArn"],
        **({"MasterUserSecret.SecretArn": secret["SecretArn"]} if secret else {}),
    }


def _takes_time(resource_type: str) -> bool:
    return resource_type == _TYPE or bool(_took_time(resource_type))


_took_time = stacks._runs_on_worker_thread


def install() -> None:
    """Make a template's instances, on threads that may wait."""
    stacks._runs_on_worker_thread = _takes_time
    provisioners._rds_db_instance_create = _create
    provisioners._rds_db_instance_delete = _delete
    handler = provisioners._RESOURCE_HANDLERS[_TYPE]
    handler.update(create=_create, update=_update, delete=_delete)
