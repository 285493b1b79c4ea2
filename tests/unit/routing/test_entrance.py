"""What the router's entrance makes of answers: an outage is waited out, a bug ends in the dead-letter queue."""

import io
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.delivering.delivery import trace_of
from functions.core.domain.routing.admission import Ingress
from functions.core.domain.routing.lanes import LANES, OUTAGE_PAUSE, PROMPT_RECEIVES, RECEIVES_BEFORE_DEAD_LETTER
from functions.core.domain.routing.plan import Plan
from functions.core.domain.routing.refusals import Reason, Refusal
from functions.core.services.route import Answer, Refused, Retry, Routed, Why
from functions.router.entrance import NothingRoutedError, RouterEntrance
from statline.contract.words import Kind, Priority
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.deliveries import a_delivery
from tests.fakes.queues import FakeInbox

QUEUE = "arn:aws:sqs:ca-central-1:111122223333:statline-ingress-stat"


@dataclass
class Stubborn:
    """A use case in which every message stays, for one reason."""

    why: Why

    def __call__(self, batch: Sequence[Ingress]) -> list[Answer]:
        return [Retry("SomethingError", self.why) for _ in batch]


def hand_in(why: Why, *, receives: int) -> dict[str, float]:
    """Hand in one message for the nth time; answers what was postponed."""
    inbox = FakeInbox()
    route: Any = Stubborn(why)
    entrance = RouterEntrance(
        route=route,
        lanes={QUEUE: Priority.STAT},
        inboxes=lambda _: inbox,
        log=Log("router"),
        metrics=EmbeddedMetrics("ca-central-1", write=lambda _: None),
        clock=FakeClock(),
    )
    record = {
        "messageId": "m-1",
        "receiptHandle": "r-1",
        "body": "{}",
        "attributes": {"SenderId": "AIDA1", "ApproximateReceiveCount": str(receives)},
        "eventSourceARN": QUEUE,
    }
    if why is Why.TIME:
        entrance([record])
    else:
        with pytest.raises(NothingRoutedError):
            entrance([record])
    return inbox.hidden


def test_a_message_that_waits_for_a_store_comes_back_promptly_at_first() -> None:
    assert hand_in(Why.OUTAGE, receives=PROMPT_RECEIVES - 1) == {}


def test_a_long_outage_is_waited_out() -> None:
    assert hand_in(Why.OUTAGE, receives=PROMPT_RECEIVES) == {"r-1": OUTAGE_PAUSE.total_seconds()}


def test_a_message_that_a_bug_holds_up_becomes_a_dead_letter_soon() -> None:
    assert hand_in(Why.BUG, receives=RECEIVES_BEFORE_DEAD_LETTER - 1) == {}


def test_a_page_to_a_whole_hospital_that_ran_out_of_time_goes_on_at_once_and_is_no_error() -> None:
    assert hand_in(Why.TIME, receives=PROMPT_RECEIVES) == {}


def test_no_stat_dies_in_an_outage_of_half_an_hour() -> None:
    prompt = PROMPT_RECEIVES * LANES[Priority.STAT].visibility
    patient = (RECEIVES_BEFORE_DEAD_LETTER - PROMPT_RECEIVES) * OUTAGE_PAUSE

    assert (prompt + patient).total_seconds() > 30 * 60


def test_a_lanes_attempts_fit_into_a_queues_receives() -> None:
    for lane in LANES.values():
        assert lane.attempts < RECEIVES_BEFORE_DEAD_LETTER


# What is logged


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    Log("router-under-test")  # the first one makes the handler
    (handler,) = logging.getLogger("router-under-test").handlers
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


NAMED = json.dumps({"tenant": "northshore", "id": "n-1", "content": "of another version"})


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Refused(Refusal("m", Reason.INVALID, NOON, "stat", tenant="northshore", notification="n-1")), "refused"),
        (Retry("StoreUnavailableError"), "staying"),
        (Retry("KeyError", Why.BUG), "staying"),
    ],
)
def test_whatever_becomes_of_a_message_its_line_has_the_notifications_trace(
    log: io.StringIO, answer: Answer, message: str
) -> None:
    """A second message was routed, so that the batch is no error."""
    hand_over(NAMED, answer, Routed(a_plan(NOON)))
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(line["message"], line["trace"]) for line in lines] == [
        (message, trace_of("northshore", "n-1")),
        ("routed", trace_of("northshore", "n-1")),
    ]


@pytest.mark.parametrize("body", ["no JSON", "[" * 10_000, '"\ud800"'], ids=["text", "deep", "half a character"])
def test_a_message_that_names_nothing_has_no_trace(log: io.StringIO, body: str) -> None:
    """Nor does its line keep the rest of the batch from being told."""
    hand_over(body, Retry("UnicodeEncodeError", Why.BUG), Routed(a_plan(NOON)))
    staying, _ = (json.loads(line) for line in log.getvalue().splitlines())
    assert (staying["trace"], staying["message_id"]) == ("", "m")


def hand_over(body: str, *answers: Answer) -> list[dict[str, Any]]:
    """Hand in a message for each answer; answers what was measured."""
    lines: list[str] = []
    route: Any = Prepared(*answers)
    entrance = RouterEntrance(
        route=route,
        lanes={QUEUE: Priority.STAT},
        inboxes=lambda _: FakeInbox(),
        log=Log("router-under-test"),
        metrics=EmbeddedMetrics("ca-central-1", write=lines.append),
        clock=FakeClock(),
    )
    record = {
        "messageId": "m",
        "body": body,
        "receiptHandle": "r",
        "attributes": {"SenderId": "AIDA1", "ApproximateReceiveCount": "1"},
        "eventSourceARN": QUEUE,
    }
    entrance([record] * len(answers))
    return [json.loads(line) for line in lines]


# What is measured


class Prepared:
    """A use case whose answers are known."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = answers

    def __call__(self, batch: Sequence[Ingress]) -> list[Answer]:
        return list(self._answers[: len(batch)])


def a_plan(sent_at: datetime) -> Plan:
    delivery = a_delivery(priority=Priority.STAT)
    return Plan(
        tenant="northshore",
        notification="n-1",
        digest="d",
        producer="ward-app",
        priority=Priority.STAT,
        kind=Kind.MESSAGE,
        sent_at=sent_at,
        routed_at=NOON,
        expires_at=NOON + timedelta(hours=1),
        deliveries=(delivery,),
    )


def test_a_batch_says_in_one_line_how_long_its_messages_took() -> None:
    plans = [Routed(a_plan(NOON - timedelta(seconds=seconds))) for seconds in (0.25, 3)]
    (line,) = hand_over("{}", *plans, Refused(Refusal("m-2", Reason.NOT_JSON, NOON, "stat")))
    assert (line["Region"], line["Lane"], line["RoutedSeconds"]) == ("ca-central-1", "stat", [0.25, 3.0])
    for name in ("northshore", "n-1", "ward-app"):
        assert name not in json.dumps(line)


def test_a_message_that_stays_was_not_routed() -> None:
    assert hand_over("{}", Retry("OutOfTime", Why.TIME)) == []


def test_a_message_from_the_future_took_no_time() -> None:
    (line,) = hand_over("{}", Routed(a_plan(NOON + timedelta(minutes=5))))
    assert line["RoutedSeconds"] == [0.0]
