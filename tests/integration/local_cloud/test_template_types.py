import json
import string
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.local_cloud.conftest import CreateStack
from tests.integration.local_cloud.resources import Clients, queue, role

SILENT_FLOW = {
    "Version": "2019-10-30",
    "StartAction": "end",
    "Actions": [{"Identifier": "end", "Type": "DisconnectParticipant"}],
}
PROPERTIES = {
    "InstanceArn": "arn:aws:connect:ca-central-1:000000000000:instance/a",
    "SecretId": "arn:aws:secretsmanager:ca-central-1:000000000000:secret:a",
    "Content": json.dumps(SILENT_FLOW),
}
SOME_TYPES = {
    "AWS::CodeDeploy::DeploymentGroup": (),
    "AWS::Connect::ContactFlow": ("ContactFlowArn",),
    "AWS::Connect::Instance": ("Arn", "Id"),
    "AWS::Connect::PhoneNumber": ("Address", "PhoneNumberArn"),
    "AWS::EC2::NatGateway": ("NatGatewayId",),
    "AWS::RDS::EventSubscription": (),
    "AWS::SMSVOICE::Pool": ("Arn", "PoolId"),
    "AWS::SMSVOICE::PhoneNumber": ("Arn", "PhoneNumber", "PhoneNumberId"),
    "AWS::SecretsManager::RotationSchedule": ("Id",),
}


def logical_id(resource_type: str) -> str:
    return "".join(character for character in resource_type if character in string.ascii_letters + string.digits)


def test_recorded_types_answer_references_and_attributes(create_stack: CreateStack) -> None:
    resources = {logical_id(name): {"Type": name, "Properties": PROPERTIES} for name in SOME_TYPES}
    outputs = {
        f"{logical_id(name)}{attribute}": {"Fn::GetAtt": [logical_id(name), attribute]}
        for name, attributes in SOME_TYPES.items()
        for attribute in attributes
    }

    ids = create_stack(resources, outputs)

    assert ids["AWSSMSVOICEPool"].startswith("pool-")
    assert ids["AWSSMSVOICEPoolArn"] == f"arn:aws:sms-voice:ca-central-1:000000000000:pool/{ids['AWSSMSVOICEPool']}"
    assert ids["AWSConnectContactFlow"].startswith(f"{PROPERTIES['InstanceArn']}/contact-flow/")
    assert ids["AWSSMSVOICEPhoneNumberPhoneNumber"][-7:-2] == "55501"


def test_a_contact_flow_that_connect_would_not_take_fails_the_deploy(create_stack: CreateStack) -> None:
    with pytest.raises(AssertionError, match="ROLLBACK"):
        create_stack({"Flow": {"Type": "AWS::Connect::ContactFlow", "Properties": {**PROPERTIES, "Content": "{}"}}})


def test_a_type_that_nobody_knows_fails_by_its_name(create_stack: CreateStack) -> None:
    with pytest.raises(ClientError, match="AWS::Nothing::Known"):
        create_stack({"Unknown": {"Type": "AWS::Nothing::Known", "Properties": {}}})


def test_a_composite_alarm_over_metric_math_is_kept_as_its_template_has_it(
    clients: Clients, create_stack: CreateStack
) -> None:
    cloudwatch = clients("cloudwatch")
    comparison = {"ComparisonOperator": "GreaterThanThreshold", "Threshold": 1, "EvaluationPeriods": 1}
    mean = {"Metric": {"MetricName": "m", "Namespace": "n"}, "Period": 60, "Stat": "Average"}
    metrics = [
        {"Id": "share", "Expression": "used / 3000"},
        {"Id": "used", "MetricStat": mean, "ReturnData": False},
    ]
    ids = create_stack(
        {
            "Math": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": metrics, **comparison}},
            "Both": {
                "Type": "AWS::CloudWatch::CompositeAlarm",
                "Properties": {"AlarmRule": {"Fn::Sub": 'ALARM("${Math}")'}},
            },
        }
    )

    [both] = cloudwatch.describe_alarms(AlarmNames=[ids["Both"]], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    [math] = cloudwatch.describe_alarms(AlarmNames=[ids["Math"]])["MetricAlarms"]
    assert both["AlarmRule"] == f'ALARM("{ids["Math"]}")'
    assert [query["Id"] for query in math["Metrics"]] == ["share", "used"]
    # Who computes states is beside the emulator, and not here (tests/integration/alarms).
    assert (both["StateValue"], math["StateValue"]) == ("INSUFFICIENT_DATA", "INSUFFICIENT_DATA")


def test_a_replica_names_its_source(clients: Clients, create_stack: CreateStack) -> None:
    source = {
        "Engine": "postgres",
        "DBInstanceClass": "db.m6g.large",
        "AllocatedStorage": "400",
        "MasterUsername": "owner",
        "MasterUserPassword": "not-a-secret",
        "MultiAZ": True,
    }
    ids = create_stack(
        {
            "Primary": {"Type": "AWS::RDS::DBInstance", "Properties": source},
            "Replica": {
                "Type": "AWS::RDS::DBInstance",
                "Properties": {"SourceDBInstanceIdentifier": {"Ref": "Primary"}, "DBInstanceClass": "db.m6g.large"},
            },
        }
    )

    found = clients("rds").describe_db_instances()["DBInstances"]

    described = {instance["DBInstanceIdentifier"]: instance for instance in found}
    assert described[ids["Primary"]]["ReadReplicaDBInstanceIdentifiers"] == [ids["Replica"]]
    assert described[ids["Replica"]]["ReadReplicaSourceDBInstanceIdentifier"] == ids["Primary"]
    assert described[ids["Replica"]]["AllocatedStorage"] == 400


def test_an_inline_policy_of_a_queue_takes_effect(clients: Clients, create_stack: CreateStack) -> None:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    ids = create_stack(
        {
            "Queue": queue(),
            "Policy": {
                "Type": "AWS::SQS::QueueInlinePolicy",
                "Properties": {"Queue": {"Ref": "Queue"}, "PolicyDocument": policy},
            },
        }
    )

    attributes = clients("sqs").get_queue_attributes(QueueUrl=ids["Queue"], AttributeNames=["Policy"])["Attributes"]

    assert json.loads(attributes["Policy"])["Statement"] == [statement]


def test_a_state_machines_alias_leads_to_its_version(clients: Clients, create_stack: CreateStack) -> None:
    definition = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})
    machine = {"DefinitionString": definition, "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}}
    preference: dict[str, Any] = {"StateMachineVersionArn": {"Ref": "Version"}, "Type": "ALL_AT_ONCE"}
    ids = create_stack(
        {
            "Role": role(),
            "Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": machine},
            "Version": {
                "Type": "AWS::StepFunctions::StateMachineVersion",
                "Properties": {"StateMachineArn": {"Ref": "Machine"}},
            },
            "Alias": {
                "Type": "AWS::StepFunctions::StateMachineAlias",
                "Properties": {"Name": "live", "DeploymentPreference": preference},
            },
        }
    )

    alias = clients("stepfunctions").describe_state_machine_alias(stateMachineAliasArn=ids["Alias"])

    assert [route["stateMachineVersionArn"] for route in alias["routingConfiguration"]] == [ids["Version"]]
