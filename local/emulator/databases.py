"""Read replicas that a template declares.

The emulator creates `SourceDBInstanceIdentifier` as an unrelated instance. On AWS a replica takes engine, storage and
user from its source, and both name each other; the backup workflow's preflight looks at that.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import rds
from ministack.services.cloudformation import provisioners

_TYPE = "AWS::RDS::DBInstance"
_FROM_SOURCE = ("Engine", "EngineVersion", "AllocatedStorage", "MasterUsername", "StorageEncrypted", "DBName")


def _join(replica: dict[str, Any], source: dict[str, Any]) -> None:
    replica.update({field: source[field] for field in _FROM_SOURCE})
    replica["ReadReplicaSourceDBInstanceIdentifier"] = source["DBInstanceIdentifier"]
    replicas = source["ReadReplicaDBInstanceIdentifiers"]
    if replica["DBInstanceIdentifier"] not in replicas:
        replicas.append(replica["DBInstanceIdentifier"])


def _as_replica(create: Callable[..., tuple[str, dict[str, Any]]]) -> Callable[..., tuple[str, dict[str, Any]]]:
    def create_joined(logical_id: str, props: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
        identifier, attributes = create(logical_id, props, stack_name)
        wanted = props.get("SourceDBInstanceIdentifier", "").rsplit(":", 1)[-1]
        if wanted:
            source = rds._instances.get(wanted)
            if source is None:
                message = f"{_TYPE} {identifier}: its source {wanted} does not exist in this region."
                raise ValueError(message)
            _join(rds._instances[identifier], source)
        return identifier, attributes

    return create_joined


def install() -> None:
    """Join a template's read replicas to their sources."""
    joined = _as_replica(provisioners._rds_db_instance_create)
    provisioners._rds_db_instance_create = joined
    provisioners._RESOURCE_HANDLERS[_TYPE]["create"] = joined
