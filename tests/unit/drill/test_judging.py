"""What a live drill finds fault with follows from what was heard and measured."""

from dataclasses import replace

import pytest

from local.drill.live.hearing import Heard
from local.drill.live.judging import faults
from local.drill.region import PAGE, TICKET
from local.on_call import OK, Word
from statline.contract.words import Priority
from tests.unit.drill.runs import GOOD, IMPAIRED, MUST, STALLED, deliveries, drill, letter, run, seen, word

STUCK = "Statline stat push consumer is stuck"


def test_a_drill_that_goes_as_it_must_has_no_faults() -> None:
    assert faults(run()) == []


@pytest.mark.parametrize(
    ("heard", "fault"),
    [
        (Heard(), f"{STALLED!r} did not speak"),
        (Heard(changes=(*seen(STALLED, 40, 50), *seen(IMPAIRED, 40, 50))), f"{IMPAIRED!r} did not speak on {PAGE}"),
        (
            Heard((word(45, topic=TICKET),), (*seen(STALLED, 40, 50), *seen(IMPAIRED, 40, 50))),
            f"{IMPAIRED!r} did not speak on {PAGE} (it did on {TICKET})",
        ),
        (
            Heard(speaking=(STALLED,), words=(word(45),), changes=tuple(seen(IMPAIRED, 44, 50))),
            f"{STALLED!r} did not speak (it spoke before anything happened)",
        ),
        (
            Heard((word(45),), (*seen(STALLED, 61, 70), *seen(IMPAIRED, 44, 50))),
            f"{STALLED!r} spoke after 61 s, and must within 60 s",
        ),
        (
            Heard((word(-5),), (*seen(STALLED, 40, 50), *seen(IMPAIRED, -6, 50))),
            f"{IMPAIRED!r} did not speak on {PAGE}",
        ),
    ],
    ids=["silence", "nobody told", "wrong topic", "spoke already", "too late", "too early"],
)
def test_an_alarm_that_does_not_do_what_it_must_is_a_fault(heard: Heard, fault: str) -> None:
    assert fault in faults(run(heard))


def test_an_alarm_that_goes_on_is_a_fault_only_where_it_had_the_time_to_rest() -> None:
    goes_on = run(Heard((word(45),), (*seen(STALLED, 40), *seen(IMPAIRED, 44, 50))))
    assert faults(goes_on) == []
    assert faults(replace(goes_on, until_rest=True)) == [f"{STALLED!r} does not rest"]


@pytest.mark.parametrize("what", [word(30, "Statline directory is old"), letter(30, "Statline: a letter")])
def test_a_page_about_something_else_is_a_fault(what: Word) -> None:
    heard = Heard((*GOOD.words, what), GOOD.changes)
    (fault,) = faults(run(heard))
    assert fault.startswith("on-call was woken by ")


@pytest.mark.parametrize(
    "what",
    [word(30, STUCK, topic=TICKET), word(30, "Statline urgent push is late", OK), word(30, "Statline database is old")],
    ids=["a ticket", "a rest", "one that may"],
)
def test_what_wakes_nobody_or_may_is_no_fault(what: Word) -> None:
    heard = Heard((*GOOD.words, what), GOOD.changes)
    assert faults(run(heard, drill(may=("Statline database *",)))) == []


def test_a_lost_notification_is_a_fault_of_its_lane() -> None:
    found = faults(run(taken=deliveries(during=None, lane=Priority.ROUTINE)))
    assert found == ["100 of 300 routine notifications never reached their provider"]


def test_only_a_lane_that_must_be_steady_has_to_be_fast_meanwhile() -> None:
    slow = deliveries(during=9.0, lane=Priority.STAT)
    assert faults(run(taken=slow)) == ["stat deliveries took 9000 ms, 100 ms before"]
    assert faults(run(played=drill(steady=(Priority.URGENT,)), taken=slow)) == []


def test_every_lane_must_be_what_it_was_once_all_is_over() -> None:
    found = faults(run(played=drill(steady=()), taken=deliveries(after=9.0, lane=Priority.URGENT)))
    assert found == ["afterwards urgent deliveries took 9000 ms, 100 ms before"]


def test_what_the_disturbance_itself_found_is_a_fault() -> None:
    assert faults(run(faults=("the reconcile failed",))) == ["the reconcile failed"]


def test_what_must_speak_is_heard_on_its_topic_and_seen_where_it_has_none() -> None:
    assert [GOOD.spoke(one, 100) for one in MUST] == [140, 145]
