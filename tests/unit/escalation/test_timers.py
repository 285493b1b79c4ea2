"""Timers: who arms them, which of them are stale, and what a lost race, a crash and an outage leave behind."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from functions.core.domain.answers.acknowledgement import Acknowledgement
from functions.core.domain.delivering.states import State
from functions.core.domain.errors import QueueUnavailableError, StoreUnavailableError
from functions.core.domain.escalation.ladder import Ladder, Look
from functions.core.services.escalate import MOST_HOPS
from functions.core.services.sweep_ladders import SweepLadders
from statline.contract.words import LadderState, Via
from tests.fakes.clock import NOON
from tests.fakes.directory_changes import a_step, an_escalation_policy
from tests.unit.escalation.bench import Bench

POLICY = "climb"
STEPS = an_escalation_policy(POLICY, a_step("shift", wait=45), a_step("backup", wait=30), first_wait=60)


@pytest.fixture
def bench() -> Bench:
    return Bench([STEPS], policy=POLICY)


def armed(bench: Bench) -> list[datetime | None]:
    return [look.wake_at for look in bench.timers.looks]


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_ladders_that_share_a_moment_share_a_timer(bench: Bench) -> None:
    bench.look()
    assert bench.ladder("lead").wake_at == bench.ladder("nurse").wake_at == at(5)
    assert armed(bench).count(at(5)) == 1


def test_a_page_without_acceptance_is_probed_until_its_clock_starts(bench: Bench) -> None:
    bench.look()
    moments = []
    for _ in range(5):
        moments.append(bench.seconds(bench.ladder().wake_at))
        bench.run(bench.seconds(bench.ladder().wake_at) - bench.seconds(bench.clock()))
    assert moments == [5, 10, 20, 30, 90]


def test_a_timer_that_comes_too_early_is_armed_again_for_the_same_moment(bench: Bench) -> None:
    bench.look()
    bench.timers.looks.clear()
    bench.look(timers=frozenset({at(5)}), told=False, hops=4)
    assert [(look.wake_at, look.hops) for look in bench.timers.looks] == [(at(5), 5)]


def test_a_stale_timer_is_not_armed_again(bench: Bench) -> None:
    bench.look()
    bench.run(60)
    bench.timers.looks.clear()
    bench.look(timers=frozenset({at(5), at(30)}), told=False)
    assert armed(bench) == []


def test_a_look_that_somebody_asks_for_arms_nothing_that_is_armed(bench: Bench) -> None:
    bench.look()
    bench.run(1)
    bench.timers.looks.clear()
    bench.look()
    assert armed(bench) == []


def test_a_message_that_comes_again_arms_every_timer_again(bench: Bench) -> None:
    bench.look()
    bench.run(1)
    bench.timers.looks.clear()
    bench.look(again=True)
    assert set(armed(bench)) == {ladder.wake_at for ladder in bench.ladders.stored.values() if ladder.climbing}


def test_two_who_fire_the_same_step_send_one_plan_and_one_of_them_climbs(bench: Bench) -> None:
    bench.look()
    bench.run(89)
    bench.timers.looks.clear()
    bench.clock.advance(1)

    def another() -> None:
        bench.clock.advance(0.5)
        bench.look()
        bench.clock.advance(0.5)

    bench.ladders.before_write = once(bench, lambda ladder: ladder.role == "lead" and ladder.at == 1, another)
    bench.look()
    assert bench.fired_at() == [90.5]
    sent = [delivery.key for delivery in bench.outbox.sent if delivery.key.notification.endswith("lead~1~1")]
    assert set(sent) == {delivery.key for delivery in bench.step("lead~1~1").deliveries}
    assert len(armed(bench)) == len(set(armed(bench)))


def test_a_worker_that_stood_still_for_minutes_fires_nothing_that_the_table_has_gone_past(bench: Bench) -> None:
    bench.look()
    bench.run(89)
    bench.clock.advance(1)
    bench.ladders.before_write = once(bench, lambda ladder: ladder.role == "lead", lambda: bench.run(300))
    bench.look()
    assert bench.ladder().state is LadderState.EXHAUSTED
    assert bench.steps.count("lead~1~1") == 1
    assert [each.at for each in bench.history()] == sorted(each.at for each in bench.history())


@pytest.mark.parametrize("point", ["ladders", "outbox", "timers", "directory", "book"])
def test_a_step_whose_worker_died_anywhere_is_finished_by_the_next(bench: Bench, point: str) -> None:
    bench.look()
    bench.run(89)
    bench.timers.looks.clear()
    bench.clock.advance(1)
    lift = close(bench, point)
    with pytest.raises((StoreUnavailableError, QueueUnavailableError)):
        bench.look(timers=frozenset({at(90)}), told=False)
    lift()
    bench.clock.advance(10)
    bench.look(timers=frozenset({at(90)}), told=False, again=True)
    assert bench.ladder().at == 1
    assert bench.steps.count("lead~1~1") == 1
    assert bench.ladder().wake_at in armed(bench)


def test_a_worker_that_dies_while_it_ends_calls_has_armed_the_other_ladders_timers(bench: Bench) -> None:
    bench.look()
    bench.run(89)
    bench.clock.advance(1)
    bench.timers.looks.clear()
    bench.move(bench.page("lead"), State.ACCEPTED)
    bench.answers.acknowledge(
        Acknowledgement(bench.plan.tenant, bench.plan.notification, "lead", "u-9", Via.APP, bench.clock())
    )

    def hang(_: object) -> None:
        raise KeyboardInterrupt

    bench.calls.stop = hang  # type: ignore[assignment, method-assign]
    with pytest.raises(KeyboardInterrupt):
        bench.look()
    assert bench.ladder("nurse").at == 1
    assert bench.ladder("nurse").wake_at in armed(bench)


def test_an_escalation_queue_that_is_away_does_not_keep_calls_ringing(bench: Bench) -> None:
    bench.look()
    bench.run(89)
    bench.clock.advance(1)
    bench.move(bench.page("lead"), State.ACCEPTED)
    bench.answers.acknowledge(
        Acknowledgement(bench.plan.tenant, bench.plan.notification, "lead", "u-9", Via.APP, bench.clock())
    )
    bench.timers.away = True
    with pytest.raises(QueueUnavailableError):
        bench.look()
    assert bench.calls.stopped
    assert bench.ladder().state is LadderState.ACKNOWLEDGED


def test_a_bug_in_one_roles_step_stops_no_other_role(bench: Bench) -> None:
    bench.look()
    bench.run(89)
    bench.timers.looks.clear()
    bench.clock.advance(1)

    def stumble(ladder: Ladder) -> None:
        if ladder.role == "lead":
            raise KeyError("what nobody thought of")

    bench.ladders.before_write = stumble
    with pytest.raises(KeyError):
        bench.look()
    assert bench.ladder("nurse").at == 1
    assert bench.ladder("nurse").wake_at in armed(bench)


def test_an_outage_does_not_multiply_timers(bench: Bench) -> None:
    bench.look()
    bench.run(89)
    bench.timers.looks.clear()
    bench.clock.advance(1)
    bench.outbox.closed = {(delivery.key.channel, delivery.priority) for delivery in bench.plan.deliveries}
    for _ in range(20):
        with pytest.raises(QueueUnavailableError):
            bench.look(timers=frozenset({at(90)}), told=False, again=True)
    assert armed(bench) == []


def test_one_ladders_trouble_does_not_hold_up_another(bench: Bench) -> None:
    bench.look()
    bench.run(89)
    bench.clock.advance(1)

    def refuse(ladder: Ladder) -> None:
        if ladder.role == "lead":
            raise StoreUnavailableError("throttled")

    bench.ladders.before_write = refuse
    with pytest.raises(StoreUnavailableError):
        bench.look()
    assert bench.ladder("lead").at == 0
    assert bench.ladder("nurse").at == 1


def test_hops_are_counted_and_end(bench: Bench) -> None:
    bench.look(hops=7)
    assert {look.hops for look in bench.timers.looks} == {8}
    bench.timers.looks.clear()
    bench.look(again=True, hops=MOST_HOPS)
    assert armed(bench) == []


def test_an_alarm_is_told_before_the_end_is_stored(bench: Bench) -> None:
    """A worker that dies in between has it told twice, and not never."""
    bench.look()
    bench.run(224)

    def die(ladder: Ladder) -> None:
        if not ladder.climbing:
            raise StoreUnavailableError("gone")

    bench.ladders.before_write = die
    bench.clock.advance(1)
    with pytest.raises(StoreUnavailableError):
        bench.look()
    assert ("lead", LadderState.EXHAUSTED, True) in bench.figures.ends
    assert bench.ladder().climbing
    bench.ladders.before_write = lambda _: None
    bench.look(again=True)
    assert bench.ladder().state is LadderState.EXHAUSTED


# the sweep


def sweep(bench: Bench) -> SweepLadders:
    return SweepLadders(bench.ladders, bench.timers, bench.figures, bench.clock)


def test_a_ladder_whose_timer_was_lost_is_found_by_the_sweep(bench: Bench) -> None:
    bench.look()
    bench.run(60)
    bench.timers.looks.clear()
    bench.clock.advance(40)
    sweep(bench)()
    assert bench.timers.looks == [Look(bench.plan.tenant, bench.plan.notification)]
    assert bench.figures.swept[0] >= 2, "ladders, and one look for all of them"
    bench.look()
    assert bench.fired_at() == [100]


def test_a_quiet_sweep_says_zero_and_asks_for_nothing(bench: Bench) -> None:
    sweep(bench)()
    bench.look()
    bench.run(1)
    bench.timers.looks.clear()
    bench.clock.advance(8.9)
    sweep(bench)()
    assert bench.figures.swept == [0, 0]
    assert bench.timers.looks == []


def test_a_sweep_that_the_table_does_not_answer_says_no_figure(bench: Bench) -> None:
    bench.ladders.away = True
    with pytest.raises(StoreUnavailableError):
        sweep(bench)()
    assert bench.figures.swept == []


def test_a_part_of_the_index_that_is_away_hides_no_other_parts_ladders(bench: Bench) -> None:
    bench.look()
    bench.timers.looks.clear()
    bench.clock.advance(40)
    found = list(bench.ladders.due(bench.clock()))

    def cut_short(_: datetime) -> Iterator[tuple[str, str]]:
        yield found[0]
        raise StoreUnavailableError("the second part of the index is away")

    bench.ladders.due = cut_short  # type: ignore[assignment, method-assign]
    with pytest.raises(StoreUnavailableError):
        sweep(bench)()
    assert bench.timers.looks == [Look(bench.plan.tenant, bench.plan.notification)]
    assert bench.figures.swept == [1]


def once(bench: Bench, when: Callable[[Ladder], bool], then: Callable[[], object]) -> Callable[[Ladder], None]:
    """Let another worker in, just before the first such write."""

    def before(ladder: Ladder) -> None:
        if when(ladder):
            bench.ladders.before_write = lambda _: None
            then()

    return before


def close(bench: Bench, point: str) -> Callable[[], None]:
    """Have one of the ports fail, and answer how to mend it."""

    def refuse(_: Ladder) -> None:
        raise StoreUnavailableError("gone")

    match point:
        case "ladders":
            bench.ladders.before_write = refuse
            return lambda: setattr(bench.ladders, "before_write", lambda _: None)
        case "outbox":
            bench.outbox.closed = {(delivery.key.channel, delivery.priority) for delivery in bench.plan.deliveries}
            return lambda: setattr(bench.outbox, "closed", set())
        case _:
            port = {"timers": bench.timers, "directory": bench.directory, "book": bench.book}[point]
            port.away = True  # type: ignore[attr-defined]
            return lambda: setattr(port, "away", False)


def test_a_look_at_an_activation_opened_long_ago_starts_from_its_first_page(bench: Bench) -> None:
    bench.clock.advance(300)
    bench.look()
    assert bench.ladder().at == 1
    assert bench.ladder().opened_at == at(300)
