"""Runs in the emulator's interpreter: what the completed queues do under the hood, as one line of JSON."""

import json
import time
from typing import Any

from ministack.services import sqs

from local.emulator import message_store

URL_OF_SMALL, URL_OF_FULL = "small", "full"
BATCHES, BATCH, MANY = 50, 10, 20_000


def _queue() -> dict[str, Any]:
    return {"is_fifo": False, "messages": [], "attributes": {"VisibilityTimeout": "30", "QueueArn": "arn"}}


def _message(number: int) -> dict[str, Any]:
    return {"id": str(number), "body": "body", "sent_at": time.time()}


def _seconds_to_drain(url: str, waiting: int) -> float:
    sqs._queues[url] = {**_queue(), "messages": [_message(number) for number in range(waiting)]}
    began = time.perf_counter()
    for _ in range(BATCHES):
        batch = sqs._receive_messages_for_esm(url, BATCH)
        sqs._delete_messages_for_esm(url, {message["receipt_handle"] for message in batch})
    return time.perf_counter() - began


def _keeps_what_a_sender_appends() -> bool:
    """Whether a sender that has hold of the queue's list meanwhile still puts its message into the queue."""
    sqs._queues[URL_OF_SMALL] = {**_queue(), "messages": [_message(1)]}
    held_by_a_sender = sqs._queues[URL_OF_SMALL]["messages"]
    [taken] = sqs._receive_messages_for_esm(URL_OF_SMALL, 1)
    sqs._delete_messages_for_esm(URL_OF_SMALL, {taken["receipt_handle"]})
    held_by_a_sender.append(_message(2))
    return [message["id"] for message in sqs._queues[URL_OF_SMALL]["messages"]] == ["2"]


message_store.install()
print(
    json.dumps(
        {
            "small": _seconds_to_drain(URL_OF_SMALL, BATCHES * BATCH),
            "full": _seconds_to_drain(URL_OF_FULL, MANY),
            "keeps": _keeps_what_a_sender_appends(),
        }
    )
)
