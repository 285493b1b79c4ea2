"""The cloud's clock in the emulator: delays, visibility, schedules, and the way to put it forward.

``POST /_statline/clock?ahead=SECONDS`` puts it forward by so much. What is delayed or waits for its next attempt comes
due by that; what a worker holds at this moment does not, for workers work in the machine's own time. Rules and
schedules that would have fired in between fire once.

``GET`` says how far it is ahead, how many messages are at work or could be (``busy``, by queue), how many of those
nobody has taken yet (``untaken``), and when the next one comes due (``next``, epoch seconds; null where none will);
``?queues=NAME,NAME`` bounds that to these queues.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from ministack import app
from ministack.core.concurrency import esm_wake
from ministack.services import eventbridge, scheduler, sns, sqs

from local.clock import ClockError, from_environment
from local.emulator import message_store

PATH = "/_statline/clock"
driven = from_environment()

_BAD_REQUEST = 400


def advance(seconds: float) -> None:
    """Put the cloud's clock forward. Raises ClockError where it cannot be."""
    with message_store.lock:
        before = driven.time()
        driven.advance(seconds)
        for _name, message in _messages(()):
            if message.get(message_store.HELD) and message["visible_at"] > before:
                message["visible_at"] += seconds
    esm_wake.set()


def _messages(queues: Collection[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The messages of these queues, or of all, each with its queue's name."""
    for queue in list(sqs._queues._data.values()):
        if not queues or queue["name"] in queues:
            yield from ((queue["name"], message) for message in queue["messages"])


def _outlook(queues: Collection[str]) -> dict[str, Any]:
    with message_store.lock:
        now = driven.time()
        busy: Counter[str] = Counter()
        untaken, waiting = 0, []
        for name, message in _messages(queues):
            visible_at = message.get("visible_at", 0.0)
            if visible_at > now and not message.get(message_store.HELD):
                waiting.append(visible_at)
                continue
            busy[name] += 1
            untaken += visible_at <= now
    return {"ahead": driven.ahead, "busy": busy, "untaken": untaken, "next": min(waiting, default=None)}


def _answer(method: str, given: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
    try:
        if method == "POST":
            advance(float(given.get("ahead", "")))
    except (ClockError, ValueError) as problem:
        return _BAD_REQUEST, {"Content-Type": "text/plain"}, f"{problem}\n".encode()
    queues = [name for name in given.get("queues", "").split(",") if name]
    return 200, {"Content-Type": "application/json"}, json.dumps(_outlook(queues)).encode()


def _with_clock(handle: Callable[..., Any]) -> Callable[..., Any]:
    async def handle_or_drive(method: str, path: str, headers: Any, parameters: Any, request_id: str) -> Any:
        if path != PATH:
            return await handle(method, path, headers, parameters, request_id)
        return _answer(method, {name: values[0] for name, values in parameters.items() if values})

    return handle_or_drive


def _gmtime(seconds: float | None = None) -> time.struct_time:
    return time.gmtime(driven.time() if seconds is None else seconds)


def _strftime(form: str, *moment: Any) -> str:
    """A moment in words; of milliseconds, which the emulator writes as zeros, those of now."""
    return time.strftime(form.replace(".000Z", f".{int(driven.time() * 1000) % 1000:03}Z"), *moment)


def install() -> None:
    """Have queues, topics, rules and schedules go by the cloud's clock."""
    shifted = SimpleNamespace(**{**vars(time), "time": driven.time, "gmtime": _gmtime, "strftime": _strftime})
    for service in (sqs, sns, eventbridge, scheduler):
        service.time = shifted
    app._handle_pre_body_request = _with_clock(app._handle_pre_body_request)
