"""What AWS says of its own services, on the laptop: each figure once, with AWS's blind spots."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.e2e.waiting import await_value
from tests.integration.alarms.bench import SOON, Bench
from tests.integration.local_cloud.conftest import CreateStack
from tests.integration.local_cloud.stack import OUTPUTS, RESOURCES


def _queue(bench: Bench, **attributes: str) -> tuple[str, str]:
    """A queue's name and URL."""
    name = f"figures-{uuid.uuid4().hex[:8]}"
    return name, bench.clients("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]


def _said(bench: Bench, queue: str, figure: str) -> Sequence[float]:
    """What each second said of a queue, the newest last."""
    return bench.values("AWS/SQS", figure, {"QueueName": queue})


def _receive_all(sqs: Any, url: str) -> list[str]:
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0).get("Messages", [])
    return [message["ReceiptHandle"] for message in found]


def test_a_queue_says_what_came_what_waits_and_what_was_done(bench: Bench) -> None:
    sqs, (name, url) = bench.clients("sqs"), _queue(bench)
    for _ in range(3):
        sqs.send_message(QueueUrl=url, MessageBody="work")
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=600)
    taken = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1)["Messages"][0]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=taken["ReceiptHandle"])
    sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1)

    await_value(lambda: max(_said(bench, name, "ApproximateAgeOfOldestMessage"), default=0) >= 2, SOON, "an age")
    moved = {what: sum(_said(bench, name, f"NumberOfMessages{what}")) for what in ("Sent", "Received", "Deleted")}
    assert moved == {"Sent": 4, "Received": 2, "Deleted": 1}
    kinds = ("Visible", "NotVisible", "Delayed")
    assert [_said(bench, name, f"ApproximateNumberOfMessages{kind}")[-1] for kind in kinds] == [1, 1, 1]


def test_a_message_that_was_received_three_times_leaves_the_age_of_the_oldest(bench: Bench) -> None:
    sqs, (name, url) = bench.clients("sqs"), _queue(bench)
    sqs.send_message(QueueUrl=url, MessageBody="poison")
    for _ in range(3):
        _receive_all(sqs, url)

    before = len(_said(bench, name, "ApproximateNumberOfMessagesVisible"))
    wanted = before + 4
    await_value(lambda: len(_said(bench, name, "ApproximateNumberOfMessagesVisible")) >= wanted, SOON, "figures")

    assert _said(bench, name, "ApproximateNumberOfMessagesVisible")[-1] == 1
    assert _said(bench, name, "ApproximateAgeOfOldestMessage")[-1] == 0


def test_a_dead_letter_is_as_old_as_its_move_and_was_not_sent_there(bench: Bench) -> None:
    sqs, (dead_name, dead_url) = bench.clients("sqs"), _queue(bench)
    dead_arn = sqs.get_queue_attributes(QueueUrl=dead_url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 3})
    _name, url = _queue(bench, RedrivePolicy=redrive)
    sqs.send_message(QueueUrl=url, MessageBody="poison")
    for _ in range(4):
        _receive_all(sqs, url)

    def ages() -> Sequence[float]:
        return _said(bench, dead_name, "ApproximateAgeOfOldestMessage")

    await_value(lambda: max(ages(), default=0) >= 2, SOON, "a dead letter's age")
    assert _said(bench, dead_name, "ApproximateNumberOfMessagesVisible")[-1] == 1
    assert sum(_said(bench, dead_name, "NumberOfMessagesSent")) == 0


def test_a_topic_says_whom_it_did_not_reach(bench: Bench) -> None:
    sns, ear = bench.clients("sns"), bench.ear()
    topic = ear.topic.rpartition(":")[2]
    sns.subscribe(TopicArn=ear.topic, Protocol="sqs", Endpoint=f"{ear.topic.replace(':sns:', ':sqs:')}-gone")

    sns.publish(TopicArn=ear.topic, Message="one")
    sns.publish(TopicArn=ear.topic, Message="two")

    def sums(name: str) -> float:
        return sum(bench.values("AWS/SNS", name, {"TopicName": topic}))

    await_value(lambda: sums("NumberOfMessagesPublished") == 2, SOON, "what was published")
    assert sums("NumberOfNotificationsDelivered") == 2
    assert sums("NumberOfNotificationsFailed") == 2


@pytest.mark.parametrize(("kind", "ending"), [("Succeed", "ExecutionsSucceeded"), ("Fail", "ExecutionsFailed")])
def test_a_state_machine_says_how_its_executions_end(bench: Bench, kind: str, ending: str) -> None:
    states, name = bench.clients("stepfunctions"), f"figures-{uuid.uuid4().hex[:8]}"
    trust = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = bench.clients("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    definition = json.dumps({"StartAt": "Only", "States": {"Only": {"Type": kind}}})
    machine = states.create_state_machine(name=name, roleArn=role, definition=definition)["stateMachineArn"]

    states.start_execution(stateMachineArn=machine)

    def sums(figure: str) -> float:
        return sum(bench.values("AWS/States", figure, {"StateMachineArn": machine}))

    await_value(lambda: sums(ending) == 1, SOON, ending)
    assert sums("ExecutionsStarted") == 1


@dataclass(frozen=True)
class Function:
    """A function of the toy stack, by what Lambda says of it."""

    bench: Bench
    name: str

    def sums(self, figure: str, **dimensions: str) -> float:
        return sum(self.bench.values("AWS/Lambda", figure, {"FunctionName": self.name, **dimensions}))

    def await_sum(self, figure: str, wanted: float) -> None:
        await_value(lambda: self.sums(figure) == wanted, SOON, f"{wanted} {figure}")


@pytest.fixture(scope="module")
def toy(create_stack: CreateStack) -> dict[str, str]:
    return create_stack(RESOURCES, OUTPUTS)


def test_a_function_says_each_call_once_whoever_calls_it(bench: Bench, toy: dict[str, str]) -> None:
    function = Function(bench, toy["Function"])

    bench.clients("lambda").invoke(FunctionName=function.name, Payload=b"{}")
    bench.clients("sqs").send_message(QueueUrl=toy["Queue"], MessageBody="{}")

    function.await_sum("Invocations", 2)
    assert (function.sums("Errors"), function.sums("Throttles")) == (0, 0)
    assert function.sums("Duration") > 0
    assert function.sums("ConcurrentExecutions") >= 1


def test_a_function_that_dies_says_an_error(bench: Bench, toy: dict[str, str]) -> None:
    function = Function(bench, toy["Powerless"])

    bench.clients("lambda").invoke(FunctionName=function.name, Payload=json.dumps({"die": True}).encode())

    function.await_sum("Errors", 1)
    assert function.sums("Invocations") == 1


def test_a_throttled_call_is_no_invocation(bench: Bench, toy: dict[str, str]) -> None:
    function = Function(bench, toy["Reserved"])
    functions = bench.clients("lambda")
    functions.put_function_concurrency(FunctionName=function.name, ReservedConcurrentExecutions=0)

    with pytest.raises(ClientError):
        bench.clients("lambda", retries=0).invoke(FunctionName=function.name, Payload=b"{}")

    function.await_sum("Throttles", 1)
    assert function.sums("Invocations") == 0


def test_a_streams_consumer_says_how_old_its_records_are(bench: Bench, toy: dict[str, str]) -> None:
    bench.clients("dynamodb").put_item(TableName=toy["Table"], Item={"pk": {"S": "one"}})

    def ages() -> Sequence[float]:
        return bench.values("AWS/Lambda", "IteratorAge", {"FunctionName": toy["Streamed"]}, "Maximum")

    assert 0 <= await_value(lambda: [age + 1 for age in ages()], SOON, "an age")[-1] - 1 < SOON * 1000
