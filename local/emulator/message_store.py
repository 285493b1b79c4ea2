"""SQS queues that lose nothing under concurrency and keep their speed when thousands of messages wait.

The emulator rebuilds a queue's whole list to delete one message, from the event loop and from the mappings' threads
alike: a message sent in between is lost. It also walks the whole list several times for each receive, so a queue with
20,000 messages holds up every other queue of the process. Here messages are removed in place, under a lock, and a
receive stops at the messages it takes.
"""

import functools
import json
import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import lambda_svc, sqs

from local.clock import from_environment

Message = dict[str, Any]
Queue = dict[str, Any]

MOVED_AT, RECEIVED_BEFORE = "statline_moved_at", "statline_received_before"
"""When a message came into its dead-letter queue (epoch seconds), and how often it was received before that."""
HELD = "statline_held"
"""Somebody works on the message at this moment: it is nobody else's for as long as its visibility runs."""

_SWEEP_EVERY = 1.0
_clock = from_environment()
lock = threading.RLock()
"""Who walks over a queue's messages holds it."""
_deletion_observers: list[Callable[[Queue], None]] = []


def on_deletion(observe: Callable[[Queue], None]) -> None:
    """Have `observe` called with the queue that a consumer has just deleted a message of."""
    _deletion_observers.append(observe)


def _remove(queue: Queue, unwanted: Callable[[Message], bool]) -> list[Message]:
    """Take the unwanted messages out of the queue, in place: what others append meanwhile stays."""
    messages = queue["messages"]
    found = [message for message in messages if unwanted(message)]
    for message in found:
        _drop(messages, message)
    return found


def _drop(messages: list[Message], unwanted: Message) -> None:
    for position, message in enumerate(messages):
        if message is unwanted:
            del messages[position]
            return


def _by_handle(queue: Queue, handle: str) -> Message | None:
    """Find a received message: it stands before those that nobody took yet, so the walk is short."""
    return next((message for message in queue["messages"] if handle and message.get("receipt_handle") == handle), None)


def _delete(queue: Queue, handle: str) -> bool:
    message = _by_handle(queue, handle)
    if message is None:
        return False
    _drop(queue["messages"], message)
    for observe in _deletion_observers:
        observe(queue)
    return True


def _take(message: Message, now: float, visibility: int) -> Message:
    message["receipt_handle"] = new_uuid()
    message["visible_at"] = now + visibility
    message[HELD] = True
    message["receive_count"] += 1
    if message["first_receive_at"] is None:
        message["first_receive_at"] = now
    return message


def _collect_standard(queue: Queue, wanted: int, visibility: int) -> list[Message]:
    now = _clock.time()
    taken: list[Message] = []
    for message in queue["messages"]:
        if len(taken) >= wanted:
            break
        sqs._ensure_msg_fields(message)
        if message["visible_at"] <= now:
            taken.append(_take(message, now, visibility))
    return taken


def _collect(fifo: Callable[..., list[Message]]) -> Callable[..., list[Message]]:
    def collect(queue: Queue, wanted: int, visibility: int) -> list[Message]:
        with lock:
            if queue["is_fifo"]:
                return fifo(queue, wanted, visibility, _clock.time())
            return _collect_standard(queue, wanted, visibility)

    return collect


def _expire(queue: Queue) -> None:
    """Drop what is older than the queue's retention, looking at most once a second."""
    now = time.monotonic()
    if now - queue.get("_expired_at", 0.0) < _SWEEP_EVERY:
        return
    queue["_expired_at"] = now
    cutoff = _clock.time() - int(queue["attributes"].get("MessageRetentionPeriod", "345600"))
    with lock:
        _remove(queue, lambda m: float(m.get("enqueued_at") or m.get("sent_at") or cutoff + 1) <= cutoff)


def _bury(queue: Queue) -> None:
    """Move to the dead-letter queue what was received as often as the redrive policy allows and is visible again."""
    policy = json.loads(queue["attributes"].get("RedrivePolicy") or "{}")
    graveyard = sqs._queue_by_arn(policy.get("deadLetterTargetArn", ""))
    if graveyard is None:
        return
    now, limit = _clock.time(), int(policy["maxReceiveCount"])
    source = queue["attributes"]["QueueArn"]
    with lock:
        dead = _remove(queue, lambda m: bool(m.get("receive_count", 0) >= limit and m["visible_at"] <= now))
        for message in dead:
            moved = {**message, "receipt_handle": None, "visible_at": now}
            moved |= {MOVED_AT: now, RECEIVED_BEFORE: message["receive_count"]}
            moved["sys"] = {"DeadLetterQueueSourceArn": source, **message["sys"]}
            if graveyard["is_fifo"]:
                moved["enqueued_at"] = now
            graveyard["messages"].append(moved)
    if dead:
        sqs.esm_wake.set()


def _delete_message(data: dict[str, Any], url: str) -> dict[str, Any]:
    queue = sqs._get_q(data.get("QueueUrl", url), "sqs:DeleteMessage")
    if not data.get("ReceiptHandle"):
        raise sqs._Err("MissingParameter", "The request must contain the parameter ReceiptHandle.")
    with lock:
        if not _delete(queue, data["ReceiptHandle"]):
            raise sqs._Err("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
    return {}


def _delete_message_batch(data: dict[str, Any], url: str) -> dict[str, Any]:
    queue = sqs._get_q(data.get("QueueUrl", url), "sqs:DeleteMessage")
    entries = data.get("Entries", [])
    sqs._validate_batch_entries(entries, "DeleteMessageBatchRequestEntry")
    with lock:
        deleted = {entry["Id"]: _delete(queue, entry.get("ReceiptHandle", "")) for entry in entries}
    refusal = {
        "Code": "ReceiptHandleIsInvalid",
        "Message": "The input receipt handle is invalid.",
        "SenderFault": True,
    }
    return {
        "Successful": [{"Id": entry} for entry, done in deleted.items() if done],
        "Failed": [{"Id": entry, **refusal} for entry, done in deleted.items() if not done],
    }


def _delete_for_mapping(queue_url: str, receipt_handles: set[str]) -> None:
    queue = sqs._get_q(queue_url)
    with lock:
        for handle in receipt_handles:
            _delete(queue, handle)


def _let_go(run_batch: Callable[..., None]) -> Callable[..., None]:
    """Wrap a mapping's call: what is left of its batch afterwards waits for its next attempt, in nobody's hands."""

    def run_and_let_go(mapping: Any, function: Any, event: Any, batch: list[Message], *queue: str) -> None:
        try:
            run_batch(mapping, function, event, batch, *queue)
        finally:
            for message in batch:
                message.pop(HELD, None)

    return run_and_let_go


def _put_off(action: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a change of visibility: the message waits from now on, in nobody's hands."""

    def put_off(data: dict[str, Any], url: str) -> Any:
        with lock:
            queue = sqs._get_q(data.get("QueueUrl", url), "sqs:ChangeMessageVisibility")
            for entry in data.get("Entries", [data]):
                message = _by_handle(queue, entry.get("ReceiptHandle", ""))
                if message is not None:
                    message.pop(HELD, None)
            return action(data, url)

    return put_off


def _locked(action: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(action)
    def under_lock(*arguments: Any) -> Any:
        with lock:
            return action(*arguments)

    return under_lock


def install() -> None:
    """Replace the emulator's walks over whole queues."""
    sqs._queues_lock = lock
    sqs._collect_msgs = _collect(sqs._collect_fifo)
    sqs._expire_retained = _expire
    sqs._dlq_sweep = _bury
    sqs._delete_messages_for_esm = _delete_for_mapping
    actions: dict[str, Callable[..., Any]] = {
        "DeleteMessage": _delete_message,
        "DeleteMessageBatch": _delete_message_batch,
        "ChangeMessageVisibility": _put_off(sqs._act_change_visibility),
        "ChangeMessageVisibilityBatch": _put_off(sqs._act_change_visibility_batch),
        "PurgeQueue": _locked(sqs._act_purge_queue),
    }
    sqs._HANDLERS.update(actions)
    lambda_svc._run_sqs_batch = _let_go(lambda_svc._run_sqs_batch)
