"""The cloud's clock in the emulator: delays, visibility, schedules, and the way to put it forward.

``POST /_statline/clock?ahead=SECONDS`` puts it forward by so much, ``GET`` says how far it is ahead. What is delayed or
waits for its next attempt comes due by that; what a worker holds at this moment does not, for workers work in the
machine's own time. Rules and schedules that would have fired in between fire once.
"""

import json
import time
from collections.abc import Callable
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
        driven.advance(seconds)
        for queue in list(sqs._queues._data.values()):
            for message in queue["messages"]:
                if message.get(message_store.HELD) and message["visible_at"] > driven.time() - seconds:
                    message["visible_at"] += seconds
    esm_wake.set()


def _answer(method: str, ahead: str) -> tuple[int, dict[str, str], bytes]:
    try:
        if method == "POST":
            advance(float(ahead))
    except (ClockError, ValueError) as problem:
        return _BAD_REQUEST, {"Content-Type": "text/plain"}, f"{problem}\n".encode()
    return 200, {"Content-Type": "application/json"}, json.dumps({"ahead": driven.ahead}).encode()


def _with_clock(handle: Callable[..., Any]) -> Callable[..., Any]:
    async def handle_or_drive(method: str, path: str, headers: Any, parameters: Any, request_id: str) -> Any:
        if path != PATH:
            return await handle(method, path, headers, parameters, request_id)
        return _answer(method, (parameters.get("ahead") or [""])[0])

    return handle_or_drive


def install() -> None:
    """Have queues, topics, rules and schedules go by the cloud's clock."""
    shifted = SimpleNamespace(**{**vars(time), "time": driven.time})
    for service in (sqs, sns, eventbridge, scheduler):
        service.time = shifted
    app._handle_pre_body_request = _with_clock(app._handle_pre_body_request)
