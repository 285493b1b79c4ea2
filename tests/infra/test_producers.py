"""Who may put messages on the ingress queues, and what they get for it."""

import json
from collections.abc import Mapping
from typing import Any

from statline.contract.words import Priority
from tests.infra.templates import Template, as_list

_FOREIGN = "arn:aws:iam::444455556666:role/northshore-ehr"


def _foreign_statements(state: Template) -> dict[str, dict[str, Any]]:
    return {
        state.name_of(policy["Queues"][0]): statement
        for policy in state.properties("AWS::SQS::QueuePolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow" and "AWS" in statement["Principal"]
    }


def test_a_producer_of_another_account_may_send_to_its_lanes_and_read_nothing(
    templates: Mapping[str, Template],
) -> None:
    statements = _foreign_statements(templates["Statline-ca-central-1-State"])
    assert set(statements) == {f"statline-ingress-{priority.value}" for priority in Priority}
    for statement in statements.values():
        assert statement["Principal"] == {"AWS": _FOREIGN}
        assert set(as_list(statement["Action"])) == {"sqs:SendMessage", "sqs:GetQueueUrl", "sqs:GetQueueAttributes"}


def test_a_producer_of_another_account_may_encrypt_for_queues_only(templates: Mapping[str, Template]) -> None:
    state = templates["Statline-ca-central-1-State"]
    granted = [
        (key["Description"], statement)
        for key in state.properties("AWS::KMS::Key")
        for statement in key["KeyPolicy"]["Statement"]
        if statement["Principal"] == {"AWS": _FOREIGN}
    ]
    ((key, statement),) = granted
    assert key == "Statline: Queues, events and alarms"
    assert statement["Condition"] == {"StringEquals": {"kms:ViaService": "sqs.ca-central-1.amazonaws.com"}}


def test_without_foreign_producers_no_other_account_is_named(templates: Mapping[str, Template]) -> None:
    assert _foreign_statements(templates["Statline-us-east-1-State"]) == {}


def test_a_lanes_policy_lets_its_holder_send_to_that_lane_alone(state: Template, region: str) -> None:
    policies = {p["ManagedPolicyName"]: p["PolicyDocument"]["Statement"] for p in _managed(state)}
    for priority in Priority:
        statements = policies[f"statline-send-{priority.value}-{region}"]
        queues = {state.name_of(s["Resource"]) for s in statements if "sqs:SendMessage" in as_list(s["Action"])}
        assert queues == {f"statline-ingress-{priority.value}"}
        assert not any("Receive" in action for s in statements for action in as_list(s["Action"]))


def _statements(state: Template, name: str) -> list[dict[str, Any]]:
    (policy,) = (p for p in _managed(state) if p["ManagedPolicyName"] == name)
    statements: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return statements


def _queues_of(state: Template, statements: list[dict[str, Any]], action: str) -> set[str]:
    allowing = (s for s in statements if action in as_list(s["Action"]))
    return {state.name_of(resource) for s in allowing for resource in as_list(s["Resource"])}


def test_an_operator_may_look_and_import_but_neither_send_nor_change(state: Template, region: str) -> None:
    statements = _statements(state, f"statline-operate-{region}")
    actions = {action for s in statements for action in as_list(s["Action"])}
    assert _queues_of(state, statements, "sqs:SendMessage") == {"statline-directory-changes"}
    assert {a for a in actions if a.startswith("dynamodb:")} == {
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:Query",
    }
    assert {a for a in actions if a.startswith("cloudwatch:")} == {
        "cloudwatch:DescribeAlarms",
        "cloudwatch:DescribeAlarmHistory",
        "cloudwatch:GetMetricData",
    }


def test_an_operator_may_ask_the_directory_what_there_is_and_not_for_anybodys_phone(
    state: Template, region: str
) -> None:
    statements = _statements(state, f"statline-operate-{region}")
    (asked,) = (s for s in statements if "Condition" in s and as_list(s["Action"]) == ["dynamodb:BatchGetItem"])
    assert {state.name_of(resource) for resource in as_list(asked["Resource"])} == {"statline-directory"}
    assert asked["Condition"]["ForAllValues:StringEquals"] == {"dynamodb:Attributes": ["pk", "sk", "self"]}
    others = [s for s in statements if s is not asked and "dynamodb:Query" in as_list(s["Action"])]
    assert "statline-directory" not in {state.name_of(r) for s in others for r in as_list(s["Resource"])}


def test_an_operator_sees_how_much_lies_in_every_queue_and_nothing_of_it(state: Template, region: str) -> None:
    statements = _statements(state, f"statline-operate-{region}")
    every = {queue["QueueName"] for queue in state.properties("AWS::SQS::Queue")}
    assert _queues_of(state, statements, "sqs:GetQueueAttributes") >= {q for q in every if not q.endswith("-ticks")}
    assert not any("Receive" in action for s in statements for action in as_list(s["Action"]))


def test_dead_letters_are_read_and_sent_again_with_a_right_of_its_own(state: Template, region: str) -> None:
    statements = _statements(state, f"statline-redrive-{region}")
    read = _queues_of(state, statements, "sqs:ReceiveMessage")
    sent = _queues_of(state, statements, "sqs:SendMessage")
    assert read
    assert all(name.endswith("-dlq") for name in read)
    assert read == _queues_of(state, statements, "sqs:DeleteMessage")
    believed = {name for name in read if "-ingress-" in name or name == "statline-receipts-dlq"}
    assert sent == {name.removesuffix("-dlq") for name in read - believed}
    (called,) = (s["Resource"] for s in statements if as_list(s["Action"]) == ["lambda:InvokeFunction"])
    functions = {json.dumps(each).rpartition(":function:")[2].removesuffix('"]]}') for each in as_list(called)}
    assert functions == {"statline-router:live", "statline-receipts:live"}


def _managed(state: Template) -> list[dict[str, Any]]:
    return state.properties("AWS::IAM::ManagedPolicy")
