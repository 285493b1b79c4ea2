"""What the router's entrance makes of answers: an outage is waited out, a bug ends in the dead-letter queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from functions.core.adapters.logs import Log
from functions.core.domain.lanes import LANES, OUTAGE_PAUSE, PROMPT_RECEIVES, RECEIVES_BEFORE_DEAD_LETTER
from functions.core.services.route import Answer, Ingress, Retry, Why
from functions.router.entrance import NothingRoutedError, RouterEntrance
from statline.contract.words import Priority
from tests.fakes.clock import FakeClock
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
    entrance = RouterEntrance(route, {QUEUE: Priority.STAT}, lambda _: inbox, Log("router"), FakeClock())
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
