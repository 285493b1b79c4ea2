from threading import Barrier

import pytest

from functions.core.adapters.providers.calls import AT_ONCE, KEPT_IDLE, CallPool, KeptConnections
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.outcomes import SLOWLY, Accepted, Outcome, Unknown
from tests.fakes.clock import FakeClock
from tests.fakes.deliveries import a_delivery

BATCH = [a_delivery(recipient=f"u-{number}") for number in range(AT_ONCE)]


def test_the_calls_of_a_batch_are_under_way_at_once_and_answered_in_order() -> None:
    all_under_way = Barrier(AT_ONCE, timeout=10)

    def call(delivery: Delivery) -> Outcome:
        all_under_way.wait()
        return Accepted(delivery.key.recipient)

    assert CallPool().each(call, BATCH) == [Accepted(delivery.key.recipient) for delivery in BATCH]


def test_an_empty_batch_calls_nobody() -> None:
    assert CallPool().each(lambda _: pytest.fail("called"), []) == []


@pytest.mark.parametrize("size", [1, AT_ONCE])
def test_an_error_of_ours_in_one_call_is_unknown_and_costs_no_other_call_its_answer(size: int) -> None:
    """Raised, it would leave every call of the batch unrecorded: UNKNOWN, and made again."""

    def call(delivery: Delivery) -> Outcome:
        if delivery is BATCH[0]:
            raise ValueError("a text that no test thought of")
        return Accepted(delivery.key.recipient)

    others = [Accepted(delivery.key.recipient) for delivery in BATCH[1:size]]
    assert CallPool().each(call, BATCH[:size]) == [Unknown("bug_ValueError"), *others]


@pytest.mark.parametrize(("seconds", "code"), [(2, "accepted"), (2.5, SLOWLY)])
def test_an_acceptance_that_took_long_says_so(seconds: float, code: str) -> None:
    ticks = iter((10.0, 10.0 + seconds))
    (outcome,) = CallPool(lambda: next(ticks)).each(lambda _: Accepted("p-1"), BATCH[:1])
    assert outcome == Accepted("p-1", code)


def test_another_answer_is_what_it_is_however_long_it_took() -> None:
    ticks = iter((10.0, 13.0))
    assert CallPool(lambda: next(ticks)).each(lambda _: Unknown("internal"), BATCH[:1]) == [Unknown("internal")]


def test_connections_are_closed_after_a_long_rest_only() -> None:
    clock, closings = FakeClock(), []
    connections = KeptConnections(lambda: closings.append(clock()), clock)

    for rest in (0, 1, KEPT_IDLE.total_seconds(), KEPT_IDLE.total_seconds() + 1, 1):
        clock.advance(rest)
        connections.drop_idle()

    assert len(closings) == 1


def test_connections_are_closed_when_the_clock_was_set_back() -> None:
    clock, closings = FakeClock(), []
    connections = KeptConnections(lambda: closings.append(clock()), clock)

    connections.drop_idle()
    clock.advance(-1)
    connections.drop_idle()

    assert len(closings) == 1
