"""Who may put messages on the ingress queues, and what they get for it."""

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


def test_an_operator_may_look_and_import_but_neither_send_nor_change(state: Template, region: str) -> None:
    (policy,) = (p for p in _managed(state) if p["ManagedPolicyName"] == f"statline-operate-{region}")
    statements = policy["PolicyDocument"]["Statement"]
    sends = {state.name_of(s["Resource"]) for s in statements if "sqs:SendMessage" in as_list(s["Action"])}
    actions = {action for s in statements for action in as_list(s["Action"])}
    assert sends == {"statline-directory-changes"}
    assert {a for a in actions if a.startswith("dynamodb:")} == {
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:Query",
    }


def _managed(state: Template) -> list[dict[str, Any]]:
    return state.properties("AWS::IAM::ManagedPolicy")
