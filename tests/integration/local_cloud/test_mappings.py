import itertools
import json
import threading
import time
from typing import Any

from tests.integration.local_cloud.resources import Clients, await_value
from tests.integration.local_cloud.stack import ToyStack

# The emulator needs about 3 ms; the rest is for a machine that is busy with other tests.
PROMPT = 0.6


def sent_at(line: dict[str, Any]) -> float:
    return int(line["record"]["attributes"]["SentTimestamp"]) / 1000


def at_once(lines: list[dict[str, Any]]) -> int:
    """Return how many of these invocations ran at the same time, at most."""
    edges = sorted((moment, step) for line in lines for moment, step in ((line["began"], 1), (line["ended"], -1)))
    return max(itertools.accumulate(step for _moment, step in edges))


def test_an_idle_mapping_takes_a_message_at_once(toy: ToyStack) -> None:
    warm_up = toy.send()
    toy.await_finished(warm_up)

    mark = toy.send()

    [line] = await_value(lambda: toy.started(mark))
    assert line["began"] - sent_at(line) < PROMPT


def test_a_delayed_message_is_taken_when_it_is_due(toy: ToyStack) -> None:
    mark = toy.send(delay=1)
    # Ends so late that the next look of the emulator's own, a second after, would be far too late.
    toy.await_finished(toy.send(sleep=0.9))

    [line] = await_value(lambda: toy.started(mark))

    assert 1 <= line["began"] - sent_at(line) < 1 + PROMPT


def test_a_failed_message_comes_back_alone_and_then_is_buried(toy: ToyStack) -> None:
    failing, fine = toy.send("Impatient", fail=True), toy.send("Impatient")

    letter = await_value(lambda: toy.buried(failing))

    assert letter["Attributes"]["DeadLetterQueueSourceArn"] == toy.ids["ImpatientArn"]
    assert len(toy.started(failing)) == 2
    assert len(toy.started(fine)) == 1


def test_a_message_whose_function_died_is_taken_again(toy: ToyStack) -> None:
    mark = toy.send("Impatient", die=True)

    letter = await_value(lambda: toy.buried(mark))

    assert letter["Attributes"]["DeadLetterQueueSourceArn"] == toy.ids["ImpatientArn"]


def test_a_message_is_taken_again_when_its_visibility_is_changed_to_zero(toy: ToyStack, clients: Clients) -> None:
    sqs, url = clients("sqs"), toy.ids["Unmapped"]
    sqs.purge_queue(QueueUrl=url)
    toy.send("Unmapped")
    [first] = sqs.receive_message(QueueUrl=url)["Messages"]

    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"], VisibilityTimeout=0)

    [second] = sqs.receive_message(QueueUrl=url)["Messages"]
    assert second["MessageId"] == first["MessageId"]


def test_a_mapping_keeps_to_its_maximum_concurrency(toy: ToyStack) -> None:
    marks = [toy.send("CappedQueue", sleep=0.2) for _ in range(6)]

    lines = [toy.await_finished(mark)[0] for mark in marks]

    assert at_once(lines) == 2


def test_a_function_keeps_to_its_reserved_concurrency(toy: ToyStack, clients: Clients) -> None:
    client = clients("lambda", retries=0)
    codes: list[int] = []

    def invoke() -> None:
        try:
            answer = client.invoke(FunctionName=toy.ids["Reserved"], Payload=json.dumps({"sleep": 0.5}))
            codes.append(answer["StatusCode"])
        except client.exceptions.TooManyRequestsException as error:
            codes.append(error.response["ResponseMetadata"]["HTTPStatusCode"])

    callers = [threading.Thread(target=invoke) for _ in range(3)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()

    assert sorted(codes) == [200, 429, 429]


def test_a_busy_stream_function_holds_up_no_queue(toy: ToyStack, clients: Clients) -> None:
    warm_up = toy.send()
    toy.await_finished(warm_up)
    clients("dynamodb").put_item(TableName=toy.ids["Table"], Item={"pk": {"S": "slow"}, "sleep": {"N": "1"}})

    mark = toy.send()

    [line] = await_value(lambda: toy.started(mark))
    assert line["began"] - sent_at(line) < PROMPT


def test_a_change_in_a_table_reaches_its_function_at_once(toy: ToyStack, clients: Clients) -> None:
    dynamodb = clients("dynamodb")
    dynamodb.put_item(TableName=toy.ids["Table"], Item={"pk": {"S": "warm-up"}})
    await_value(lambda: toy.log.about("warm-up"))

    before = time.time()
    dynamodb.put_item(TableName=toy.ids["Table"], Item={"pk": {"S": "streamed"}})

    [line] = await_value(lambda: [line for line in toy.log.about("streamed") if "record" in line])
    assert line["began"] - before < PROMPT
