"""A first look that is lost: the router's message becomes a dead letter, or never comes, and no ladder is open."""

from datetime import timedelta

import pytest

from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.escalation.ladder import FIRST_LOOK_WITHIN, Look
from functions.core.services.sweep_ladders import OVERDUE_AFTER, SweepLadders
from tests.fakes.directory_changes import a_step, an_escalation_policy
from tests.unit.escalation.bench import Bench

POLICY = "climb"
STEPS = an_escalation_policy(POLICY, a_step("shift", wait=45), a_step("backup", wait=30), first_wait=60)
SWEPT_AFTER = FIRST_LOOK_WITHIN + OVERDUE_AFTER + timedelta(milliseconds=1)


@pytest.fixture
def bench() -> Bench:
    return Bench([STEPS], policy=POLICY)


def swept(bench: Bench) -> list[Look]:
    """The looks that one sweep asks for, with what is armed put aside."""
    bench.timers.looks.clear()
    SweepLadders(bench.ladders, bench.timers, bench.figures, bench.clock)()
    return bench.timers.looks


def test_an_activation_whose_first_look_is_lost_is_found_by_the_sweep(bench: Bench) -> None:
    bench.clock.advance(SWEPT_AFTER.total_seconds())
    assert swept(bench) == [Look(bench.plan.tenant, bench.plan.notification)]
    bench.look()
    bench.run(60)
    assert bench.fired_at() == [90], "as if the first look had come: thirty seconds of grace, and the first wait"


def test_a_first_look_that_is_on_its_way_is_not_asked_for_again(bench: Bench) -> None:
    bench.clock.advance(SWEPT_AFTER.total_seconds() - 0.002)
    assert swept(bench) == []
    assert bench.figures.swept == [0]


def test_an_activation_whose_ladders_are_open_is_found_by_those_alone(bench: Bench) -> None:
    bench.look()
    bench.accept("u-1", "lead", "nurse", "imaging")
    bench.clock.advance(SWEPT_AFTER.total_seconds())
    assert swept(bench) == []


def test_a_first_look_that_dies_between_two_ladders_leaves_the_activation_to_be_found(bench: Bench) -> None:
    def dies(_: object) -> None:
        if bench.ladders.stored:
            raise StoreUnavailableError("the table is gone")

    bench.ladders.before_write = dies
    with pytest.raises(StoreUnavailableError):
        bench.look()
    assert len(bench.ladders.stored) == 1
    bench.ladders.before_write = lambda _: None
    bench.accept("u-1", "lead")
    bench.clock.advance(SWEPT_AFTER.total_seconds())
    assert bench.notifications.first_looks == {(bench.plan.tenant, bench.plan.notification): None}


@pytest.mark.parametrize("again", [True, False], ids=["its message comes again", "the sweep asks"])
def test_a_look_that_died_before_it_said_that_all_is_open_is_followed_by_one_that_does(
    bench: Bench, *, again: bool
) -> None:
    opened_by_the_dead = bench.plan
    bench.look()
    bench.notifications.first_looks.clear()
    bench.notifications.keep(opened_by_the_dead)
    if not again:
        bench.clock.advance(SWEPT_AFTER.total_seconds())
        assert Look(bench.plan.tenant, bench.plan.notification) in swept(bench)
    bench.look(again=again)
    assert set(bench.notifications.first_looks.values()) == {None}
