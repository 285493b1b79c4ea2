"""`AWS/SQS`: what waits in each queue and what moved, as SQS tells CloudWatch.

With SQS's blind spot: a message that was received three times or more goes to the back of its queue and out of
`ApproximateAgeOfOldestMessage`. In a dead-letter queue a message's age counts from its move. A queue that nobody used
and that holds nothing is published no more after six hours.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ministack.services import sqs

from local.clock import from_environment
from local.emulator import message_store
from local.emulator.figures import tallies

Message = dict[str, Any]
Queue = dict[str, Any]

_NAMESPACE = "AWS/SQS"
_SEEN = "statline_counted"
_BLIND_AFTER = 3
_ASLEEP_AFTER = 6 * 3600.0
_clock = from_environment()


@dataclass(slots=True)
class _Moves:
    """What happened at one queue since its figures were published last, and when anybody used it (epoch seconds)."""

    used_at: float
    sent: int = 0
    received: int = 0
    deleted: int = 0


_moves: dict[str, _Moves] = {}


def _moves_of(queue: Queue) -> _Moves:
    return _moves.setdefault(str(queue["attributes"]["QueueArn"]), _Moves(_clock.time()))


def _used(get: Callable[..., Queue]) -> Callable[..., Queue]:
    def get_and_note(*arguments: Any) -> Queue:
        queue = get(*arguments)
        _moves_of(queue).used_at = _clock.time()
        return queue

    return get_and_note


def _received(collect: Callable[..., list[Message]]) -> Callable[..., list[Message]]:
    def collect_and_count(queue: Queue, wanted: int, visibility: int) -> list[Message]:
        taken = collect(queue, wanted, visibility)
        if taken:
            moves = _moves_of(queue)
            moves.received += len(taken)
            moves.sent += _newly_seen(taken)
        return taken

    return collect_and_count


def _newly_seen(messages: Iterable[Message]) -> int:
    """How many of these were not counted as sent before. A message is, when somebody takes it or a period ends."""
    new = [message for message in messages if not message.get(_SEEN)]
    for message in new:
        message[_SEEN] = True
    return len(new)


def _deleted(queue: Queue) -> None:
    _moves_of(queue).deleted += 1


def _waiting_since(message: Message) -> float:
    return float(message.get(message_store.MOVED_AT) or message.get("sent_at") or _clock.time())


def _receives(message: Message) -> int:
    """How often it was received in the queue that it is in."""
    return int(message.get("receive_count", 0)) - int(message.get(message_store.RECEIVED_BEFORE, 0))


def _depths(queue: Queue, messages: Iterable[Message], now: float) -> Mapping[str, float]:
    visible = delayed = taken = 0
    oldest = now
    for message in messages:
        available = float(message.get("visible_at", 0)) <= now
        fresh = not message.get("receive_count", 0)
        visible += available
        delayed += not available and fresh
        taken += not available and not fresh
        is_late = (available or not fresh) and (queue["is_fifo"] or _receives(message) < _BLIND_AFTER)
        oldest = min(oldest, _waiting_since(message)) if is_late else oldest
    return {
        "ApproximateNumberOfMessagesVisible": visible,
        "ApproximateNumberOfMessagesDelayed": delayed,
        "ApproximateNumberOfMessagesNotVisible": taken,
        "ApproximateAgeOfOldestMessage": float(int(now - oldest)),
    }


def _look() -> None:
    """Add every waking queue's depths and moves to the figures."""
    now = _clock.time()
    for (account, region, _url), queue in list(sqs._queues._data.items()):
        with message_store.lock:
            messages = list(queue["messages"])
            moves = _moves_of(queue)
            moves.sent += _newly_seen(messages)
            _moves[str(queue["attributes"]["QueueArn"])] = _Moves(moves.used_at)
        if not messages and now - moves.used_at > _ASLEEP_AFTER:
            continue
        figures = {
            **_depths(queue, messages, now),
            "NumberOfMessagesSent": moves.sent,
            "NumberOfMessagesReceived": moves.received,
            "NumberOfMessagesDeleted": moves.deleted,
        }
        for name, value in figures.items():
            unit = "Seconds" if name == "ApproximateAgeOfOldestMessage" else "Count"
            tallies.add(_NAMESPACE, name, value, {"QueueName": queue["name"]}, unit=unit, scope=(account, region))


def install() -> None:
    """Watch the queues; after message_store, whose parts these are."""
    sqs._get_q = _used(sqs._get_q)
    sqs._collect_msgs = _received(sqs._collect_msgs)
    message_store.on_deletion(_deleted)
    tallies.before_publication(_look)
