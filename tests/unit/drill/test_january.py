"""What the drill says of an act follows from what was measured in it."""

from collections.abc import Sequence

import pytest

from local.drill.january.clinic import Answer
from local.drill.january.figures import Played, faults
from local.drill.january.plan import ACTS, Act
from local.drill.measuring import Moment, Span, spread
from local.drill.traffic import Taken
from statline.contract.words import Priority

DUMP, WORKFLOW, STOPPED = ACTS
FAST, SLOW = 0.01, 0.2


def played(act: Act, *, spoke: bool = True) -> Played:
    return Played(
        act, (Span(Moment.BEFORE, 0, 10), Span(Moment.DURING, 10, 20), Span(Moment.AFTER, 20, 30)), spoke=spoke
    )


def deliveries(during: float | None = 0.1) -> list[Taken]:
    return [Taken(lane, at, during if 10 <= at < 20 else 0.1) for lane in Priority for at in range(30)]


def answers(during: float | None) -> list[Answer]:
    waits = {at: during if 10 <= at < 20 else FAST for at in range(30)}
    return [Answer(at, wait) for at, wait in waits.items() if wait is not None]


@pytest.mark.parametrize(("act", "primary"), [(DUMP, SLOW), (WORKFLOW, FAST), (STOPPED, None)])
def test_an_act_that_goes_as_it_must_has_no_faults(act: Act, primary: float | None) -> None:
    assert faults(played(act), deliveries(), answers(primary)) == []


@pytest.mark.parametrize(
    ("act", "primary", "word"),
    [(DUMP, FAST, "hardly suffered"), (WORKFLOW, SLOW, "rose"), (STOPPED, FAST, "still answered")],
)
def test_a_primary_that_does_not_do_what_the_act_expects_is_a_fault(act: Act, primary: float, word: str) -> None:
    (fault,) = faults(played(act), deliveries(), answers(primary))
    assert word in fault


def test_a_lost_notification_is_a_fault_of_its_lane() -> None:
    found = faults(played(WORKFLOW), deliveries(None), answers(FAST))
    assert [fault.split()[3] for fault in found] == [lane.value for lane in Priority]


def test_slow_deliveries_are_a_fault() -> None:
    assert len(faults(played(WORKFLOW), deliveries(2.0), answers(FAST))) == len(Priority)


def test_an_on_call_that_was_not_told_is_a_fault() -> None:
    assert faults(played(DUMP, spoke=False), deliveries(), answers(SLOW)) == ["on-call was not told"]


@pytest.mark.parametrize(
    ("seconds", "p50", "p99", "lost"),
    [([0.001] * 99 + [1.0], 1, 1, 0), ([0.001] * 98 + [1.0] * 2, 1, 1000, 0), ([0.002, None], 2, 2, 1)],
)
def test_a_spread_counts_what_ended_and_what_was_lost(
    seconds: Sequence[float | None], p50: float, p99: float, lost: int
) -> None:
    found = spread(seconds)
    assert (found.p50, found.p99, found.lost) == (p50, p99, lost)
