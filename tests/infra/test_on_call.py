"""Alarms reach people, by topics that nobody else speaks to."""

from collections.abc import Mapping

import pytest

from infra.config.model import RegionConfig
from tests.infra.templates import Template, as_list


@pytest.fixture
def monitoring(templates: Mapping[str, Template], region: str) -> Template:
    return templates[f"Statline-{region}-Monitoring"]


def test_alarms_reach_the_people_of_the_config(monitoring: Template, config: RegionConfig) -> None:
    topics = {key: t["Properties"]["TopicName"] for key, t in monitoring.resources("AWS::SNS::Topic").items()}
    reached = {
        (topics[found["TopicArn"]["Ref"]], found["Protocol"], found["Endpoint"])
        for found in monitoring.properties("AWS::SNS::Subscription")
    }
    wanted = {
        (f"statline-{severity}", protocol, endpoint)
        for severity, who in (("page", config.on_call.page), ("ticket", config.on_call.ticket))
        for protocol, endpoints in (("email", who.emails), ("https", who.https), ("sms", who.sms))
        for endpoint in endpoints
    }
    assert reached == wanted != set()


def test_cloudwatch_and_nobody_else_may_speak_to_the_encrypted_topics(
    monitoring: Template, state: Template, config: RegionConfig
) -> None:
    for topic in monitoring.properties("AWS::SNS::Topic"):
        assert monitoring.name_of(topic["KmsMasterKeyId"]).startswith("KeysMessages")
    account = {"StringEquals": {"aws:SourceAccount": config.account.id}}
    for policy in monitoring.properties("AWS::SNS::TopicPolicy"):
        allowed = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
        assert [(s["Principal"], s["Action"], s["Condition"]) for s in allowed] == [
            ({"Service": "cloudwatch.amazonaws.com"}, "sns:Publish", account)
        ]
        (denied,) = (s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Deny")
        assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    (key,) = (key for name, key in state.resources("AWS::KMS::Key").items() if name.startswith("KeysMessages"))
    (grant,) = (
        s
        for s in key["Properties"]["KeyPolicy"]["Statement"]
        if "cloudwatch.amazonaws.com" in as_list(s["Principal"].get("Service", []))
    )
    assert grant["Condition"] == account
    assert {"kms:Decrypt", "kms:GenerateDataKey"} <= set(as_list(grant["Action"]))
