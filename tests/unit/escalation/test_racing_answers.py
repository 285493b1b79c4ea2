"""An answer and a timer at the same moment: another worker, who does not know of the answer, moves the ladder first."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from functions.core.domain.answers.acknowledgement import Word
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.record import Worker, first_claim
from functions.core.domain.delivering.states import State
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.escalation.ladder import Ladder
from functions.core.domain.escalation.silencing import CALL_BEGINS, JUST_ENDED
from functions.core.domain.routing.lanes import LEASE
from statline.contract.words import Answer, Channel, LadderState, Via
from tests.fakes.activations import BACKUP, LEAD, NURSE
from tests.fakes.clock import NOON
from tests.unit.escalation.bench import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_what_another_worker_has_just_moved_is_ended_by_the_look_that_knows_of_the_answer(bench: Bench) -> None:
    """Its next timer may be a quarter of an hour away, and the producer is told of the end when it is written."""
    bench.look()
    bench.run(31)
    before = bench.ladder()
    other = replace(
        before, revision=before.revision + 1, wake_at=NOON + timedelta(seconds=80), due_at=NOON + timedelta(seconds=80)
    )

    def rest_first(ladder: Ladder) -> None:
        if not ladder.climbing:
            bench.ladders.before_write = lambda _: None
            bench.ladders.write(other)

    bench.ladders.before_write = rest_first
    bench.accept(LEAD, "lead")
    assert bench.ladder().state is LadderState.ACKNOWLEDGED
    assert bench.ladder().revision == other.revision + 1


def test_an_answer_to_a_ladder_that_others_never_leave_alone_comes_again(bench: Bench) -> None:
    bench.look()

    def another_is_faster(ladder: Ladder) -> None:
        if not ladder.climbing:
            name = (ladder.tenant, ladder.activation, ladder.role)
            stored = bench.ladders.stored[name]
            bench.ladders.stored[name] = replace(stored, revision=stored.revision + 1)

    bench.ladders.before_write = another_is_faster
    with pytest.raises(StoreUnavailableError):
        bench.accept(LEAD, "lead")


# a call that its worker was at when the role was answered


@pytest.fixture
def calling() -> tuple[Bench, Delivery]:
    """A worker has claimed the nurse's call, and has read of no answer."""
    bench = Bench()
    bench.look()
    bench.run(1)
    call = next(each for each in bench.page("nurse") if each.key.channel is Channel.VOICE)
    claim = first_claim(call, Worker("w-1", "fake", bench.clock()))
    assert bench.states.write([claim]) == [claim]
    return bench, call


def rings(bench: Bench, call: Delivery) -> None:
    """The worker's call was taken over by its provider."""
    claim = bench.states.stored[call.key]
    accepted = claim.with_outcome("accepted", "call-1").moved(State.ACCEPTED, bench.clock())
    assert bench.states.write([accepted]) == [accepted]


def second_looks(bench: Bench) -> list[datetime]:
    return [each.wake_at for each in bench.timers.looks if each.role is None and each.wake_at is not None]


@pytest.mark.parametrize("how", ["accepted", "stood down"])
def test_a_call_that_was_being_placed_when_its_role_was_answered_is_ended_in_a_moment(
    calling: tuple[Bench, Delivery], how: str
) -> None:
    bench, call = calling
    bench.timers.looks.clear()
    bench.stand_down() if how == "stood down" else bench.accept(BACKUP, "nurse")
    assert not bench.ladder("nurse").climbing
    assert second_looks(bench) == [bench.clock() + CALL_BEGINS]
    rings(bench, call)
    assert bench.calls.stopped == []
    bench.clock.advance(CALL_BEGINS.total_seconds())
    bench.look(timers=frozenset(second_looks(bench)))
    assert bench.calls.stopped == ["call-1"]


def test_a_provider_that_takes_its_time_is_waited_for_as_long_as_its_worker_lives(
    calling: tuple[Bench, Delivery],
) -> None:
    bench, _ = calling
    bench.accept(BACKUP, "nurse")
    looks = 0
    while second_looks(bench):
        looks += 1
        (moment,) = second_looks(bench)
        bench.timers.looks.clear()
        bench.clock.now = moment
        bench.look(timers=frozenset({moment}))
    assert looks == -(-LEASE // CALL_BEGINS)


def test_a_look_long_after_the_end_reads_nothing_of_it(calling: tuple[Bench, Delivery]) -> None:
    bench, call = calling
    bench.accept(BACKUP, "nurse")
    rings(bench, call)
    bench.clock.advance(JUST_ENDED.total_seconds())
    bench.look()
    assert bench.calls.stopped == []


def test_who_pressed_a_key_on_an_earlier_call_is_not_on_the_line_of_a_later_one(bench: Bench) -> None:
    bench.look()
    bench.accept(NURSE, "nurse")
    bench.run(40)
    call = next(each for each in bench.page("lead") if each.key.channel is Channel.VOICE)
    bench.move([call], State.ACCEPTED, "call-to-the-lead")
    bench.answers.note(Word(bench.plan.tenant, bench.plan.notification, LEAD, (), Answer.DECLINE, Via.KEY, NOON))
    bench.stand_down()
    assert bench.calls.stopped == ["call-to-the-lead"]
