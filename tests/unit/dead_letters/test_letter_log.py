"""A dead letter's line has the trace of its notification, wherever the letter says which that is."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.delivering.delivery import trace_of
from functions.core.services.bury import DeadDelivery, DeadMessage, Letter
from functions.dead_letters.log import LetterLog
from tests.fakes.deliveries import a_delivery
from tests.fakes.messages import a_body

TRACE = trace_of("northshore", "n-1")
LETTERS: list[tuple[Letter, str]] = [
    (DeadDelivery("m-1", "the body", a_delivery()), TRACE),
    (DeadMessage("m-1", a_body()), TRACE),
    (DeadMessage("m-1", '{"tenant": "northshore", "id": "n-1", "version": 9}'), TRACE),
    (DeadDelivery("m-1", "not one of ours", None), ""),
    (DeadMessage("m-1", "no JSON"), ""),
    (DeadMessage("m-1", '["no object"]'), ""),
    (DeadMessage("m-1", '{"tenant": "northshore", "id": "Zephyrine Quillfeather"}'), ""),
]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    Log("letters-under-test")  # the first one makes the handler
    (handler,) = logging.getLogger("letters-under-test").handlers
    assert isinstance(handler, logging.StreamHandler)
    stream = io.StringIO()
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before)


@pytest.mark.parametrize(("letter", "trace"), LETTERS)
def test_a_dead_letters_lines_have_the_notifications_trace(written: io.StringIO, letter: Letter, trace: str) -> None:
    log = LetterLog(Log("letters-under-test"))
    log.taken_up(letter)
    log.stays(letter, ValueError(letter.body))
    lines: list[dict[str, Any]] = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [(line["trace"], line["message_id"], line["lane"]) for line in lines] == [(trace, "m-1", "stat")] * 2
    assert lines[1]["error"] == "ValueError"
    assert "Quillfeather" not in written.getvalue()
