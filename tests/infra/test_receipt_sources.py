"""What comes back reaches the receipts queue: from End User Messaging, from Connect, and from nobody else of AWS."""

from typing import Any

from functions.core.domain.receipts.receipt_states import CONNECT_ANSWERED, CONNECT_ENDS, END_USER_MESSAGING
from infra.config.model import RegionConfig
from tests.infra.simulation.resolving import Resolver
from tests.infra.templates import Template, references

_TOPICS = {"statline-sms-events", "statline-inbound-texts"}


def _topics(state: Template) -> dict[str, str]:
    """The topics' names, by their logical ids."""
    return {key: topic["Properties"]["TopicName"] for key, topic in state.resources("AWS::SNS::Topic").items()}


def _from_services(state: Template, queue: str) -> set[tuple[str, str]]:
    """Which services may send to a queue, and for which resource of ours."""
    return {
        (statement["Principal"]["Service"], next(references(statement["Condition"]["ArnEquals"]["aws:SourceArn"])))
        for policy in state.properties("AWS::SQS::QueuePolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if "Service" in statement["Principal"] and state.name_of(statement["Resource"]) == queue
    }


def _statement(state: Template, topic: str) -> dict[str, Any]:
    (found,) = (
        statement
        for policy in state.properties("AWS::SNS::TopicPolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow" and statement["Resource"] == {"Ref": topic}
    )
    return dict(found)


def test_both_topics_are_encrypted_with_our_key_and_end_in_the_receipts_queue(state: Template) -> None:
    assert set(_topics(state).values()) == _TOPICS
    assert all("KmsMasterKeyId" in topic for topic in state.properties("AWS::SNS::Topic"))
    subscriptions = state.properties("AWS::SNS::Subscription")
    assert {_topics(state)[one["TopicArn"]["Ref"]] for one in subscriptions} == _TOPICS
    for subscription in subscriptions:
        assert state.name_of(subscription["Endpoint"]) == "statline-receipts"
        assert state.name_of(subscription["RedrivePolicy"]["deadLetterTargetArn"]) == "statline-receipts-dlq"
        # With the envelope: it says which topic it came from.
        assert not subscription.get("RawMessageDelivery", False)


def test_only_end_user_messaging_of_this_account_speaks_to_the_topics(state: Template, config: RegionConfig) -> None:
    for topic, name in _topics(state).items():
        statement = _statement(state, topic)
        assert statement["Principal"] == {"Service": "sms-voice.amazonaws.com"}
        assert statement["Action"] == "sns:Publish"
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": config.account.id}
        source = state.name_of(statement["Condition"]["ArnLike"]["aws:SourceArn"])
        kind = "configuration-set/*" if name == "statline-sms-events" else "*"
        assert source == f"arn:aws:sms-voice:{config.region}:{config.account.id}:{kind}"


def test_end_user_messaging_may_use_the_key_of_the_topics(state: Template) -> None:
    (key,) = (k for k in state.properties("AWS::KMS::Key") if k["Description"].endswith("Queues, events and alarms"))
    services = [statement["Principal"].get("Service") for statement in key["KeyPolicy"]["Statement"]]
    assert "sms-voice.amazonaws.com" in services


def test_the_queue_takes_from_the_topics_and_the_rule_and_from_no_other_service(state: Template) -> None:
    (rule,) = state.resources("AWS::Events::Rule")
    wanted = {("sns.amazonaws.com", topic) for topic in _topics(state)} | {("events.amazonaws.com", rule)}
    for queue in ("statline-receipts", "statline-receipts-dlq"):
        assert _from_services(state, queue) == wanted


def test_every_end_of_a_text_that_we_know_a_meaning_of_is_told_of(delivery: Template, state: Template) -> None:
    (configured,) = delivery.properties("AWS::SMSVOICE::ConfigurationSet")
    (destination,) = configured["EventDestinations"]
    assert destination["Enabled"] is True
    assert set(destination["MatchingEventTypes"]) == set(END_USER_MESSAGING)
    (topic,) = (key for key, name in _topics(state).items() if name == "statline-sms-events")
    exporter, value = delivery.exports[destination["SnsDestination"]["TopicArn"]["Fn::ImportValue"]]
    assert (exporter.name, value) == (state.name, {"Ref": topic})


def test_the_calls_of_our_own_instance_are_heard_and_no_others(state: Template, config: RegionConfig) -> None:
    (rule,) = state.properties("AWS::Events::Rule")
    pattern = rule["EventPattern"]
    assert config.providers.voice is not None
    assert pattern["source"] == ["aws.connect"]
    assert pattern["detail"]["instanceArn"] == [config.providers.voice.instance_arn]
    assert set(pattern["detail"]["eventType"]) == {CONNECT_ANSWERED, *CONNECT_ENDS}
    (target,) = rule["Targets"]
    assert state.name_of(target["Arn"]) == "statline-receipts"
    assert state.name_of(target["DeadLetterConfig"]["Arn"]) == "statline-receipts-dlq"


def test_an_apps_backend_may_tell_and_read_nothing(state: Template, region: str) -> None:
    (policy,) = (
        p
        for p in state.properties("AWS::IAM::ManagedPolicy")
        if p["ManagedPolicyName"] == f"statline-send-receipts-{region}"
    )
    statements = policy["PolicyDocument"]["Statement"]
    (sending,) = (s for s in statements if "sqs:SendMessage" in s["Action"])
    assert state.name_of(sending["Resource"]) == "statline-receipts"
    assert not any("Receive" in action for statement in statements for action in statement["Action"])


def test_no_queue_lets_another_ones_messages_die_into_it(state: Template, config: RegionConfig) -> None:
    """Whoever makes a queue chooses where its dead letters go: no policy of the queue that gets them is asked."""
    for queue in state.properties("AWS::SQS::Queue"):
        name = queue["QueueName"]
        allowed = queue["RedriveAllowPolicy"]
        if not name.endswith("-dlq"):
            assert allowed == {"redrivePermission": "denyAll"}, name
            continue
        (source,) = allowed["sourceQueueArns"]
        before = name.removesuffix("-dlq")
        arn = Resolver(state, config.region, config.account.id).resolve(source)
        assert arn == f"arn:aws:sqs:{config.region}:{config.account.id}:{before}"
        assert allowed["redrivePermission"] == "byQueue"
        redrive = state.named("AWS::SQS::Queue", before)["Properties"]["RedrivePolicy"]
        assert state.name_of(redrive["deadLetterTargetArn"]) == name
