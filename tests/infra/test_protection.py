"""What holds state is encrypted, restorable and hard to lose; what logs keeps its logs for as long as is said."""

import json
import re
from pathlib import Path
from typing import Any

from infra.assets.build import ROOT
from infra.config.model import Deployment, RegionConfig
from tests.infra.templates import Template, as_list

_STATEFUL = ("AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::KMS::Key", "AWS::SecretsManager::Secret")


def _key(state: Template, value: Any) -> str:
    resource = state.resources("AWS::KMS::Key")[state.name_of(value)]
    return str(resource["Properties"]["Description"])


def test_both_tables_are_restorable_and_cannot_be_deleted_in_production(state: Template) -> None:
    tables = state.properties("AWS::DynamoDB::Table")
    assert {t["TableName"] for t in tables} == {"statline-delivery-state", "statline-directory"}
    for table in tables:
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["DeletionProtectionEnabled"] is True
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["SSESpecification"]["SSEType"] == "KMS"
        assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}


def test_the_state_table_tells_every_change_and_indexes_only_what_is_due(state: Template) -> None:
    table = state.named("AWS::DynamoDB::Table", "statline-delivery-state")["Properties"]
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    (index,) = table["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "due"
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["due_shard", "due_at"]
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_what_holds_state_stays_when_a_production_stack_goes(state: Template) -> None:
    for kind in _STATEFUL:
        for logical_id, resource in state.resources(kind).items():
            assert resource["DeletionPolicy"] == "Retain", logical_id
            assert resource["UpdateReplacePolicy"] == "Retain", logical_id


def test_nothing_that_holds_state_is_in_the_delivery_stack(delivery: Template) -> None:
    assert not any(delivery.resources(kind) for kind in _STATEFUL)


def test_every_key_is_ours_and_rotates(state: Template) -> None:
    keys = state.properties("AWS::KMS::Key")
    assert len(keys) == 3
    assert all(key["EnableKeyRotation"] is True for key in keys)


def test_queues_and_bus_share_one_key_and_the_tables_another(state: Template) -> None:
    queues = {_key(state, q["KmsMasterKeyId"]) for q in state.properties("AWS::SQS::Queue")}
    (bus,) = state.properties("AWS::Events::EventBus")
    tables = {_key(state, t["SSESpecification"]["KMSMasterKeyId"]) for t in state.properties("AWS::DynamoDB::Table")}
    assert queues == {_key(state, bus["KmsKeyIdentifier"])} == {"Statline: Queues, events and alarms"}
    assert tables == {"Statline: Delivery state, directory and secrets"}


def test_every_queue_refuses_what_does_not_come_over_tls(state: Template) -> None:
    guarded = {
        state.name_of(queue)
        for policy in state.properties("AWS::SQS::QueuePolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Action"] == "sqs:*"
        and statement["Principal"] == {"AWS": "*"}
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        for queue in policy["Queues"]
    }
    assert guarded == {queue["QueueName"] for queue in state.properties("AWS::SQS::Queue")}


def test_every_function_logs_into_an_encrypted_group_that_forgets_in_time(
    delivery: Template, deployment: Deployment
) -> None:
    groups = delivery.resources("AWS::Logs::LogGroup")
    for function in delivery.properties("AWS::Lambda::Function"):
        group = groups[function["LoggingConfig"]["LogGroup"]["Ref"]]["Properties"]
        assert group["LogGroupName"] == f"/aws/lambda/{function['FunctionName']}"
        assert group["RetentionInDays"] == deployment.log_retention_days
        assert "KmsKeyId" in group


def _service_statements(state: Template, description: str) -> dict[str, dict[str, Any]]:
    """What a key lets services do, by the service. The bus's own right, which CDK adds, is bound to the bus."""
    (key,) = (k for k in state.properties("AWS::KMS::Key") if k["Description"].endswith(description))
    return {
        service: statement
        for statement in key["KeyPolicy"]["Statement"]
        for service in as_list(statement["Principal"].get("Service", []))
        if "aws:SourceArn" not in str(statement.get("Condition"))
    }


def test_sns_eventbridge_and_cloudwatch_may_put_their_messages_on_encrypted_queues_and_topics(
    state: Template, config: RegionConfig
) -> None:
    statements = _service_statements(state, "Queues, events and alarms")
    assert set(statements) >= {"sns.amazonaws.com", "events.amazonaws.com", "cloudwatch.amazonaws.com"}
    for service in ("sns.amazonaws.com", "events.amazonaws.com", "cloudwatch.amazonaws.com"):
        assert set(as_list(statements[service]["Action"])) == {"kms:Decrypt", "kms:GenerateDataKey"}
    for service in ("sns.amazonaws.com", "cloudwatch.amazonaws.com"):
        assert statements[service]["Condition"] == {"StringEquals": {"aws:SourceAccount": config.account.id}}


def test_an_event_that_the_bus_cannot_decrypt_is_kept(state: Template) -> None:
    (bus_id,) = state.resources("AWS::Events::EventBus")
    (bus,) = state.properties("AWS::Events::EventBus")
    assert state.name_of(bus["DeadLetterConfig"]["Arn"]) == "statline-lost-events"
    (statement,) = (
        statement
        for policy in state.properties("AWS::SQS::QueuePolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if "Service" in statement["Principal"] and state.name_of(statement["Resource"]) == "statline-lost-events"
    )
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Action"] == "sqs:SendMessage"
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": [bus_id, "Arn"]}}}


def test_cloudwatch_logs_may_use_its_key_for_this_accounts_groups_only(state: Template, config: RegionConfig) -> None:
    statements = _service_statements(state, "Log groups")
    (statement,) = statements.values()
    assert set(statements) == {f"logs.{config.region}.amazonaws.com"}
    arn = statement["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
    assert state.name_of(arn) == f"arn:aws:logs:{config.region}:{config.account.id}:log-group:*"


def test_the_stacks_that_cannot_be_deleted_are_told_as_they_are(assembly: Path, region: str) -> None:
    page = (ROOT / "docs" / "platform-team.md").read_text(encoding="utf-8")
    (told,) = re.findall(r"In production, the stacks (.+?) cannot be deleted", page)
    artifacts = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))["artifacts"]
    protected = {
        name.removeprefix(f"Statline-{region}-")
        for name, artifact in artifacts.items()
        if name.startswith(f"Statline-{region}-") and artifact.get("properties", {}).get("terminationProtection")
    }
    assert protected <= set(re.findall(r"\w+", told)) - {"and"}
    assert {"State", "Database", "Backup"} <= protected
