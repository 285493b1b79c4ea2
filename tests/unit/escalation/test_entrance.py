"""The function's entrance: batches of looks, the minute's event, and what stays on the queue."""

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from functions.core.adapters.queues.escalation_queue import body_of
from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.escalation.ladder import Asked, Look
from functions.escalation.entrance import EscalationEntrance, NothingLookedAtError
from functions.escalation.figures import EscalationLog
from statline.contract.words import LadderState
from tests.contract.test_ladders_kept import a_ladder
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.queues import FakeInbox
from tests.unit.escalation.bench import Bench

SERVICE = "escalation-under-test"


@dataclass
class Desk:
    """An entrance behind which only what was asked is remembered.

    trouble: raised for an activation. seconds: how long each look takes.
    """

    asked: list[Asked] = field(default_factory=list)
    sweeps: int = 0
    trouble: dict[str, Exception] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    inbox: FakeInbox = field(default_factory=FakeInbox)
    clock: FakeClock = field(default_factory=FakeClock)
    seconds: float = 0

    def __post_init__(self) -> None:
        metrics = EmbeddedMetrics("ca-central-1", clock=FakeClock(), write=self.lines.append)
        self.log = EscalationLog(metrics, Log(SERVICE))
        self.entrance = EscalationEntrance(self.escalate, self.sweep, self.inbox, self.log, self.clock)

    def escalate(self, asked: Asked) -> None:
        self.asked.append(asked)
        self.clock.advance(self.seconds)
        if asked.activation in self.trouble:
            raise self.trouble[asked.activation]

    def sweep(self) -> int:
        self.sweeps += 1
        return 0

    def take(self, *records: dict[str, Any]) -> list[str]:
        answer = self.entrance({"Records": list(records)})
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the function's log says."""
    Log(SERVICE)  # the first one makes the handler
    (handler,) = logging.getLogger(SERVICE).handlers
    assert isinstance(handler, logging.StreamHandler)
    said = io.StringIO()
    before = handler.setStream(said)
    yield said
    handler.setStream(before)


def a_record(number: int, look: Look | str, receives: int = 1) -> dict[str, Any]:
    return {
        "messageId": f"m-{number}",
        "receiptHandle": f"r-{number}",
        "body": look if isinstance(look, str) else body_of(look),
        "attributes": {"ApproximateReceiveCount": str(receives)},
    }


LOOK = Look("northshore", "code-1")
TIMER = Look("northshore", "code-1", "lead", NOON + timedelta(seconds=30), hops=4)
OTHER = Look("northshore", "code-2")


def test_the_minutes_event_sweeps(desk: Desk) -> None:
    assert desk.entrance({"source": "aws.events", "time": "2026-01-10T12:00:00Z"}) == {"batchItemFailures": []}
    assert desk.sweeps == 1
    assert desk.asked == []


def test_looks_at_one_activation_are_one_look(desk: Desk) -> None:
    assert desk.take(a_record(1, LOOK), a_record(2, TIMER), a_record(3, OTHER), a_record(4, LOOK)) == []
    first, second = desk.asked
    assert first == Asked(
        "northshore", "code-1", timers=frozenset({NOON + timedelta(seconds=30)}), again=False, told=True, hops=4
    )
    assert second == Asked("northshore", "code-2")


def test_a_timer_alone_tells_of_no_change(desk: Desk) -> None:
    desk.take(a_record(1, TIMER))
    assert not desk.asked[0].told


def test_a_message_that_comes_again_says_so(desk: Desk) -> None:
    desk.take(a_record(1, LOOK), a_record(2, TIMER, receives=2), a_record(3, OTHER))
    assert {asked.activation: asked.again for asked in desk.asked} == {"code-1": True, "code-2": False}


@pytest.mark.parametrize("trouble", [StoreUnavailableError("away"), ZeroDivisionError()])
def test_what_fails_stays_and_holds_up_no_other_activation(desk: Desk, trouble: Exception) -> None:
    desk.trouble["code-1"] = trouble
    assert desk.take(a_record(1, LOOK), a_record(2, TIMER), a_record(3, OTHER)) == ["m-1", "m-2"]
    assert [asked.activation for asked in desk.asked] == ["code-1", "code-2"]


def test_a_look_that_took_its_workers_lives_takes_no_other_activations_time(desk: Desk) -> None:
    desk.take(a_record(1, LOOK, receives=4), a_record(2, OTHER))
    assert [asked.activation for asked in desk.asked] == ["code-2", "code-1"]


def test_looks_that_take_long_leave_the_rest_to_another_worker_at_once(desk: Desk) -> None:
    """Taken on, the function's time would be over before its answer, and all ten would have to be done again."""
    desk.seconds = 2.5
    records = [a_record(number, Look("northshore", f"code-{number}")) for number in range(5)]
    assert desk.take(*records) == ["m-2", "m-3", "m-4"]
    assert len(desk.asked) == 2
    assert desk.inbox.hidden == {"r-2": 0, "r-3": 0, "r-4": 0}


def test_a_batch_of_which_nothing_can_be_done_is_an_error_that_alarms(desk: Desk) -> None:
    desk.trouble["code-1"] = StoreUnavailableError("away")
    with pytest.raises(NothingLookedAtError):
        desk.take(a_record(1, LOOK))


def test_what_is_no_look_stays_and_the_rest_is_done(desk: Desk) -> None:
    assert desk.take(a_record(1, "no look"), a_record(2, LOOK)) == ["m-1"]
    assert len(desk.asked) == 1


def test_looks_that_an_outage_holds_up_do_not_become_dead_letters(desk: Desk) -> None:
    desk.trouble["code-1"] = StoreUnavailableError("away")
    desk.take(a_record(1, LOOK, receives=9), a_record(2, LOOK, receives=10), a_record(3, OTHER))
    assert desk.inbox.hidden == {"r-2": 60.0}


# what is told


def test_a_step_tells_how_late_it_was(desk: Desk) -> None:
    bench = Bench()
    desk.log.step_late(bench.plan, timedelta(seconds=1.25))
    (line,) = desk.lines
    assert '"StepLateSeconds":1.25' in line


@pytest.mark.parametrize(("unanswered", "lines"), [(True, 1), (False, 0)])
def test_only_a_ladder_that_nobody_answered_alarms(desk: Desk, unanswered: bool, lines: int) -> None:
    desk.log.ended(a_ladder(state=LadderState.EXHAUSTED), unanswered=unanswered)
    assert len(desk.lines) == lines
    assert all('"LaddersExhausted":1' in line for line in desk.lines)


def test_the_sweep_says_zero_too(desk: Desk) -> None:
    desk.log.overdue(0)
    assert '"LaddersOverdue":0' in desk.lines[0]


def test_the_log_names_nobody(written: io.StringIO) -> None:
    bench, desk = Bench(), Desk()
    desk.log.step_late(bench.plan, timedelta())
    desk.log.ended(a_ladder("chief-of-neurology"), unanswered=True)
    desk.log.left("northshore", "code-1", ValueError("Jane Doe, room 4"))
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [line["message"] for line in lines] == ["step fired", "nobody answered", "look failed"]
    assert all(len(line["trace"]) == 32 for line in lines)
    assert lines[0]["count"] == 2, "people, and none of their names"
    for word in ("u-1", "chief-of-neurology", "Jane", "code-1", "n-1"):
        assert word not in written.getvalue()
