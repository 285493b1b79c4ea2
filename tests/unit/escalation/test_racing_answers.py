"""An answer and a timer at the same moment: another worker, who does not know of the answer, moves the ladder first."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.escalation.ladder import Ladder
from statline.contract.words import LadderState
from tests.fakes.activations import LEAD
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
