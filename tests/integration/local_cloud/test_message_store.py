import json
import subprocess
import threading
import uuid
from typing import Any

import pytest

from local.cloud import Cloud, is_running
from local.cloud.paths import ROOT
from local.cloud.tools import ensure_emulator
from tests.integration.local_cloud.conftest import CreateStack
from tests.integration.local_cloud.resources import Clients, queue


@pytest.fixture
def queue_url(create_stack: CreateStack) -> str:
    return create_stack({"Queue": queue()})["Queue"]


def drain(sqs: Any, url: str, *, until: int) -> list[str]:
    """Receive and delete until that many messages came, or none came for a while; return their bodies."""
    bodies: list[str] = []
    while len(bodies) < until:
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
        if not messages:
            break
        bodies += [message["Body"] for message in messages]
        entries = [{"Id": m["MessageId"], "ReceiptHandle": m["ReceiptHandle"]} for m in messages]
        sqs.delete_message_batch(QueueUrl=url, Entries=entries)
    return bodies


def fill(sqs: Any, url: str, bodies: list[str]) -> None:
    for start in range(0, len(bodies), 10):
        entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies[start : start + 10])]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)


def test_no_message_is_lost_while_others_are_sent_and_deleted(clients: Clients, queue_url: str) -> None:
    bodies = [uuid.uuid4().hex for _ in range(400)]
    halves = bodies[:200], bodies[200:]
    senders = [threading.Thread(target=fill, args=(clients("sqs"), queue_url, half)) for half in halves]
    for sender in senders:
        sender.start()

    received = drain(clients("sqs"), queue_url, until=len(bodies))

    for sender in senders:
        sender.join()
    assert sorted(received) == sorted(bodies)


def test_a_message_is_deleted_once(clients: Clients, queue_url: str) -> None:
    sqs = clients("sqs")
    sqs.send_message(QueueUrl=queue_url, MessageBody=json.dumps("once"))
    [message] = sqs.receive_message(QueueUrl=queue_url)["Messages"]
    entry = {"Id": "a", "ReceiptHandle": message["ReceiptHandle"]}

    first = sqs.delete_message_batch(QueueUrl=queue_url, Entries=[entry])
    second = sqs.delete_message_batch(QueueUrl=queue_url, Entries=[entry])

    assert [done["Id"] for done in first["Successful"]] == ["a"]
    assert [fault["Code"] for fault in second["Failed"]] == ["ReceiptHandleIsInvalid"]


@pytest.fixture(scope="module")
def inside(cloud: Cloud) -> dict[str, Any]:
    """What the queues do inside the emulator's interpreter (see probe_message_store.py)."""
    assert is_running(cloud)
    interpreter, _functions = ensure_emulator()
    command = [str(interpreter), "-m", "tests.integration.local_cloud.probe_message_store"]
    probed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(probed.stdout)
    return answer


def test_a_message_sent_during_a_delete_is_kept(inside: dict[str, Any]) -> None:
    assert inside["keeps"]


def test_a_full_queue_is_about_as_fast_as_a_small_one(inside: dict[str, Any]) -> None:
    # Forty times as many messages; walks over the whole queue would show as forty times the work.
    assert inside["full"] < 10 * inside["small"]
