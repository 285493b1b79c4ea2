"""Records as RDS's answers have them, made from what a call asks for."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from ministack.core.responses import get_region, new_uuid
from ministack.services import kms, rds

from local.databases.machines import Machine
from local.emulator.rds import servers, store
from local.emulator.rds.bus import moment
from local.emulator.rds.refusals import RefusedError, wrong_combination, wrong_value
from local.emulator.rds.states import Kind
from local.emulator.rds.store import Record
from local.emulator.rds.wire import MODEL

Request = Mapping[str, Any]
_ENGINE, _ENGINE_VERSION, _POSTGRES_PORT = "postgres", "18.1", 5432
_ANSWERED = frozenset(MODEL.shape_for("DBInstance").members)
_RENAMED: Mapping[str, str] = MappingProxyType(
    {
        "EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled",
        "EnablePerformanceInsights": "PerformanceInsightsEnabled",
        "EnableCloudwatchLogsExports": "EnabledCloudwatchLogsExports",
    }
)
_MADE_OTHERWISE = frozenset({"VpcSecurityGroups", "DBParameterGroups", "DBSubnetGroup", "TagList", "Endpoint"})
_DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        "Engine": _ENGINE,
        "EngineVersion": _ENGINE_VERSION,
        "DBInstanceClass": "db.t4g.micro",
        "MasterUsername": "postgres",
        "AllocatedStorage": 20,
        "StorageType": "gp3",
        "Iops": 3000,
        "BackupRetentionPeriod": 1,
        "PreferredBackupWindow": "03:00-03:30",
        "PreferredMaintenanceWindow": "sun:05:00-sun:05:30",
        "LicenseModel": "postgresql-license",
        "MultiAZ": False,
        "PubliclyAccessible": False,
        "StorageEncrypted": False,
        "DeletionProtection": False,
        "CopyTagsToSnapshot": False,
        "AutoMinorVersionUpgrade": True,
        "IAMDatabaseAuthenticationEnabled": False,
        "PerformanceInsightsEnabled": False,
        "MonitoringInterval": 0,
        "CACertificateIdentifier": "rds-ca-rsa2048-g1",
        "NetworkType": "IPV4",
        "BackupTarget": "region",
    }
)
_A_REPLICA_TAKES = (
    "Engine", "EngineVersion", "AllocatedStorage", "StorageType", "Iops", "StorageThroughput", "MasterUsername",
    "DBName", "StorageEncrypted", "KmsKeyId", "DBInstanceClass", "DBSubnetGroup", "VpcSecurityGroups",
    "DBParameterGroups", "PreferredBackupWindow", "LicenseModel",
)  # fmt: skip
_A_SNAPSHOT_KEEPS = (
    "DBInstanceIdentifier", "Engine", "EngineVersion", "AllocatedStorage", "AvailabilityZone", "InstanceCreateTime",
    "MasterUsername", "LicenseModel", "Iops", "StorageThroughput", "StorageType", "KmsKeyId",
    "IAMDatabaseAuthenticationEnabled", "DbiResourceId", "PreferredBackupWindow", "BackupRetentionPeriod",
)  # fmt: skip
_A_RESTORED_ONE_TAKES = (
    "Engine", "EngineVersion", "AllocatedStorage", "MasterUsername", "LicenseModel", "Iops", "StorageThroughput",
    "StorageType", "KmsKeyId",
)  # fmt: skip


def taken(source: Record, fields: Iterable[str]) -> Record:
    """Those of the fields that the source has."""
    return {name: source[name] for name in fields if source.get(name) is not None}


def asked(request: Request) -> Record:
    """The fields of an instance that a call sets. Raises `RefusedError` where what it names does not exist."""
    fields = {_RENAMED.get(name, name): value for name, value in request.items()}
    plain = {name: value for name, value in fields.items() if name in _ANSWERED - _MADE_OTHERWISE}
    groups = request.get("VpcSecurityGroupIds")
    if groups:
        plain["VpcSecurityGroups"] = [{"VpcSecurityGroupId": group, "Status": "active"} for group in groups]
    if "DBParameterGroupName" in request:
        parameters = {"DBParameterGroupName": request["DBParameterGroupName"], "ParameterApplyStatus": "in-sync"}
        plain["DBParameterGroups"] = [parameters]
    if "DBSubnetGroupName" in request:
        plain["DBSubnetGroup"] = _subnet_group(request["DBSubnetGroupName"])
    return plain


def instance(request: Request, base: Record, machine: Machine) -> Record:
    """A new instance: what the call asks for, else what it takes from its source, else RDS's defaults."""
    record = {**_DEFAULTS, **base, **asked(request)}
    if record["Engine"] != _ENGINE:
        raise wrong_value(f"The laptop's RDS runs {_ENGINE}, not {record['Engine']}.")
    identifier, unique = str(request["DBInstanceIdentifier"]).lower(), new_uuid().replace("-", "").upper()[:26]
    record.update(
        DBInstanceIdentifier=identifier,
        DBInstanceArn=store.arn_of(Kind.INSTANCE, identifier),
        DbiResourceId=f"db-{unique}",
        DbInstancePort=0,
        InstanceCreateTime=moment(),
        AvailabilityZone=record.get("AvailabilityZone", f"{get_region()}a"),
        ReadReplicaDBInstanceIdentifiers=[],
        PendingModifiedValues={},
        TagList=list(request.get("Tags", [])),
        _directory=servers.place_of(Kind.INSTANCE, identifier, unique),
        _port=servers.new_port(),
        _machine=str(machine),
        _slot=f"rds_{unique.lower()[-12:]}",
    )
    return record


def replica(request: Request, source: Record) -> Record:
    """A new read replica of the source."""
    name = source["DBInstanceIdentifier"]
    made = instance(request, taken(source, _A_REPLICA_TAKES), Machine.OTHER)
    return {**made, "ReadReplicaSourceDBInstanceIdentifier": name, "BackupRetentionPeriod": 0}


def restored(request: Request, source: Record) -> Record:
    """A new instance with a snapshot's data."""
    base = {**taken(source, _A_RESTORED_ONE_TAKES), "StorageEncrypted": source["Encrypted"]}
    made = instance(request, base, Machine.OTHER)
    return {**made, "_restored_from": source["_directory"]}


def snapshot(request: Request, source: Record) -> Record:
    """A new manual snapshot of an instance."""
    made = _snapshot(request["DBSnapshotIdentifier"], taken(source, _A_SNAPSHOT_KEEPS))
    tags = request.get("Tags") or (source["TagList"] if source["CopyTagsToSnapshot"] else [])
    vpc = source.get("DBSubnetGroup", {}).get("VpcId")
    own = {"Encrypted": source["StorageEncrypted"], "TagList": list(tags), "VpcId": vpc, "Port": _POSTGRES_PORT}
    times = dict.fromkeys(("SnapshotCreateTime", "OriginalSnapshotCreateTime", "SnapshotDatabaseTime"), moment())
    return {**made, **own, **times}


def copy_of(request: Request, source: Record, region: str) -> Record:
    """A new copy of a snapshot that lies in `region`. Raises `RefusedError` where it could not be decrypted here."""
    key = request.get("KmsKeyId")
    if key and kms._resolve_key(key) is None:
        raise RefusedError("KMSKeyNotAccessibleFault", f"The key {key} does not exist or is not accessible here.")
    if source["Encrypted"] and region != get_region() and not key:
        raise wrong_combination("A copy of an encrypted snapshot in another region needs a KmsKeyId of that region.")
    kept = {name: value for name, value in source.items() if not name.startswith("_") and name != "TagList"}
    made = _snapshot(request["TargetDBSnapshotIdentifier"], kept)
    tags = request.get("Tags") or (source["TagList"] if request.get("CopyTags") else [])
    made.update(
        SourceDBSnapshotIdentifier=source["DBSnapshotArn"],
        SnapshotCreateTime=moment(),
        TagList=list(tags),
        _copied_directory=source["_directory"],
        _copied_from=source["DBSnapshotIdentifier"],
        _copied_from_region=region,
    )
    if region != get_region():
        made["SourceRegion"] = region
    if key:
        made.update(KmsKeyId=kms._resolve_key(key)["Arn"], Encrypted=True)
    return made


def _snapshot(identifier: str, base: Record) -> Record:
    name, unique = identifier.lower(), new_uuid()
    return {
        **base,
        "DBSnapshotIdentifier": name,
        "DBSnapshotArn": store.arn_of(Kind.SNAPSHOT, name),
        "SnapshotType": "manual",
        "SnapshotTarget": "region",
        "_directory": servers.place_of(Kind.SNAPSHOT, name, unique),
    }


def _subnet_group(name: str) -> Record:
    found: Record | None = rds._subnet_groups.get(name)
    if found is None:
        raise RefusedError("DBSubnetGroupNotFoundFault", f"DB subnet group {name} does not exist.")
    return found
