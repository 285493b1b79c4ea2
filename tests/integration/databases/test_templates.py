"""Instances that a template makes: waited for, changed in place, and gone with their stack."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.databases.server import HOST
from tests.integration.databases.conftest import Rds
from tests.integration.local_cloud.resources import Clients, await_value


def template(name: str, **changed: Any) -> str:
    """A primary with a replica, and where they answer."""
    primary = {
        "DBInstanceIdentifier": f"{name}-primary",
        "Engine": "postgres",
        "DBInstanceClass": "db.m6g.large",
        "AllocatedStorage": "400",
        "MasterUsername": "owner",
        "ManageMasterUserPassword": True,
        "DBName": "clinical",
        "DeletionProtection": True,
        "Tags": [{"Key": "statline:database-role", "Value": "primary"}],
        **changed,
    }
    replica = {"DBInstanceIdentifier": f"{name}-replica", "SourceDBInstanceIdentifier": {"Ref": "Primary"}}
    outputs = {
        "Host": {"Fn::GetAtt": ["Primary", "Endpoint.Address"]},
        "Port": {"Fn::GetAtt": ["Primary", "Endpoint.Port"]},
        "ReplicaPort": {"Fn::GetAtt": ["Replica", "Endpoint.Port"]},
        "Secret": {"Fn::GetAtt": ["Primary", "MasterUserSecret.SecretArn"]},
    }
    resources = {
        "Primary": {"Type": "AWS::RDS::DBInstance", "Properties": primary},
        "Replica": {"Type": "AWS::RDS::DBInstance", "Properties": {**replica, "DBInstanceClass": "db.m6g.large"}},
    }
    return json.dumps({"Resources": resources, "Outputs": {key: {"Value": value} for key, value in outputs.items()}})


def settled(cloudformation: Any, name: str) -> dict[str, Any]:
    """Wait until nothing happens to the stack any more."""

    def ended() -> dict[str, Any] | None:
        stack: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        return None if stack["StackStatus"].endswith("PROGRESS") else stack

    return await_value(ended, seconds=30)


def test_a_stack_has_its_instances_when_it_is_complete_and_takes_them_with_it(rds: Rds, name: str) -> None:
    clients: Clients = rds.clients
    cloudformation = clients("cloudformation")
    cloudformation.create_stack(StackName=name, TemplateBody=template(name))
    made = settled(cloudformation, name)
    outputs = {output["OutputKey"]: output["OutputValue"] for output in made["Outputs"]}
    primary = rds.instance(f"{name}-primary")
    replica = rds.instance(f"{name}-replica")

    cloudformation.update_stack(
        StackName=name, TemplateBody=template(name, DeletionProtection=False, BackupRetentionPeriod=9)
    )
    updated = settled(cloudformation, name)
    changed = rds.instance(f"{name}-primary")
    cloudformation.delete_stack(StackName=name)
    rds.calls.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier=f"{name}-primary", WaiterConfig={"Delay": 1})

    assert made["StackStatus"] == "CREATE_COMPLETE"
    assert (outputs["Host"], outputs["Port"]) == (HOST, str(primary["Endpoint"]["Port"]))
    assert outputs["ReplicaPort"] == str(replica["Endpoint"]["Port"])
    assert outputs["Secret"] == primary["MasterUserSecret"]["SecretArn"]
    assert (primary["DBInstanceStatus"], replica["DBInstanceStatus"]) == ("available", "available")
    assert {"Key": "statline:database-role", "Value": "primary"} in primary["TagList"]
    assert updated["StackStatus"] == "UPDATE_COMPLETE"
    assert (changed["BackupRetentionPeriod"], changed["DeletionProtection"]) == (9, False)
    with pytest.raises(ClientError):
        rds.instance(f"{name}-replica")


def test_a_replica_of_nothing_fails_the_stack_and_says_so(rds: Rds, name: str) -> None:
    cloudformation = rds.clients("cloudformation")
    properties = {"SourceDBInstanceIdentifier": "nobody", "DBInstanceClass": "db.m6g.large"}
    resources = {"Replica": {"Type": "AWS::RDS::DBInstance", "Properties": properties}}
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}))

    failed = settled(cloudformation, name)

    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    reasons = " ".join(event.get("ResourceStatusReason", "") for event in events)
    assert failed["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "nobody" in reasons
