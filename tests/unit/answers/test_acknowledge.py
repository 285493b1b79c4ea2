"""Who answers an activation: the first one wins, late ones are noted, and repeating changes nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from functions.core.domain.answers.acknowledgement import StoodDown
from functions.core.domain.answers.replies import Result, Said
from functions.core.domain.errors import QueueUnavailableError, StoreUnavailableError
from functions.core.domain.escalation.ladder import Look
from functions.core.services.acknowledge import UnseenAnswerError
from statline.contract.words import Answer, Channel, LadderState, Via
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery
from tests.unit.answers.scene import BACKUP, LEADER, NURSE, SECOND_NURSE, TENANT, Scene, a_page, a_plan

ACCEPT, DECLINE = Answer.ACCEPT, Answer.DECLINE


@pytest.fixture
def scene() -> Scene:
    scene = Scene()
    scene.activate()
    return scene


def covered(scene: Scene) -> dict[str, str]:
    return {each.role: each.user for each in scene.answers.of(TENANT, "code-1").acknowledgements}


def words(scene: Scene) -> dict[str, Answer]:
    return {each.user: each.answer for each in scene.answers.of(TENANT, "code-1").words}


def test_an_acceptance_covers_the_persons_role_and_has_the_activation_looked_at(scene: Scene) -> None:
    said = scene.acknowledge(TENANT, "code-1", LEADER, ACCEPT, Via.KEY)
    assert said == Said(Result.FIRST, ("leader",), "7Q4")
    assert covered(scene) == {"leader": LEADER}
    assert words(scene) == {LEADER: ACCEPT}
    assert scene.escalation.looks == [Look(TENANT, "code-1")]


def test_the_second_of_a_role_is_noted_and_changes_nothing(scene: Scene) -> None:
    scene.acknowledge(TENANT, "code-1", NURSE, ACCEPT, Via.APP)
    assert scene.acknowledge(TENANT, "code-1", SECOND_NURSE, ACCEPT, Via.SMS) == Said(Result.LATE, ("nurse",), "7Q4")
    assert covered(scene) == {"nurse": NURSE}
    assert words(scene) == {NURSE: ACCEPT, SECOND_NURSE: ACCEPT}


def test_the_same_key_pressed_twice_is_one_acceptance(scene: Scene) -> None:
    said = [scene.acknowledge(TENANT, "code-1", LEADER, ACCEPT, Via.KEY) for _ in range(2)]
    assert said[0] == said[1] == Said(Result.FIRST, ("leader",), "7Q4")
    assert covered(scene) == {"leader": LEADER}


def test_who_declines_covers_nothing_and_the_activation_is_looked_at(scene: Scene) -> None:
    assert scene.acknowledge(TENANT, "code-1", LEADER, DECLINE, Via.KEY).result is Result.DECLINED
    assert covered(scene) == {}
    assert words(scene) == {LEADER: DECLINE}
    assert scene.looked_at == ["code-1"]


def test_who_declined_may_still_accept(scene: Scene) -> None:
    scene.acknowledge(TENANT, "code-1", LEADER, DECLINE, Via.KEY)
    scene.clock.advance(5)
    assert scene.acknowledge(TENANT, "code-1", LEADER, ACCEPT, Via.SMS).result is Result.FIRST
    assert words(scene) == {LEADER: ACCEPT}


def test_who_accepted_and_declines_is_told_that_the_role_stays_theirs(scene: Scene) -> None:
    """Nobody else is paged any more: to say "noted, the next one is asked" would be a lie."""
    scene.acknowledge(TENANT, "code-1", LEADER, ACCEPT, Via.KEY)
    assert scene.acknowledge(TENANT, "code-1", LEADER, DECLINE, Via.SMS) == Said(Result.HELD, ("leader",), "7Q4")
    assert covered(scene) == {"leader": LEADER}


def test_who_was_paged_for_two_roles_covers_the_one_that_is_open() -> None:
    scene = Scene()
    scene.notifications.keep(a_plan(a_page(LEADER, "leader", "nurse"), a_page(NURSE, "nurse")))
    scene.acknowledge(TENANT, "code-1", NURSE, ACCEPT, Via.KEY)
    assert scene.acknowledge(TENANT, "code-1", LEADER, ACCEPT, Via.KEY) == Said(Result.FIRST, ("leader",), "7Q4")
    assert covered(scene) == {"leader": LEADER, "nurse": NURSE}


@pytest.mark.parametrize("recorded", [True, False], ids=["climbed", "paged, and its ladder not yet written"])
def test_who_was_paged_by_a_step_covers_the_steps_role(scene: Scene, recorded: bool) -> None:
    scene.climb("nurse", BACKUP, recorded=recorded)
    assert scene.acknowledge(TENANT, "code-1", BACKUP, ACCEPT, Via.KEY) == Said(Result.FIRST, ("nurse",), "7Q4")
    assert covered(scene) == {"nurse": BACKUP}


def test_who_was_paged_by_an_earlier_step_covers_its_role_later_too(scene: Scene) -> None:
    scene.climb("nurse", BACKUP)
    scene.climb("nurse", NURSE, step=2)
    assert scene.acknowledge(TENANT, "code-1", BACKUP, ACCEPT, Via.KEY).roles == ("nurse",)


def test_an_answer_after_the_last_step_still_covers_the_role(scene: Scene) -> None:
    scene.end("code-1", LadderState.EXHAUSTED)
    assert scene.acknowledge(TENANT, "code-1", LEADER, ACCEPT, Via.APP).result is Result.FIRST
    assert covered(scene) == {"leader": LEADER}


@pytest.mark.parametrize("end", ["stood down", "expired"])
def test_an_answer_to_what_is_over_is_noted_and_covers_nothing(scene: Scene, end: str) -> None:
    if end == "stood down":
        scene.answers.stand_down(StoodDown(TENANT, "code-1", "ward-app", NOON))
    else:
        scene.clock.advance(3600)
    assert scene.acknowledge(TENANT, "code-1", LEADER, ACCEPT, Via.SMS).result is Result.OVER
    assert (covered(scene), words(scene)) == ({}, {LEADER: ACCEPT})


def test_a_stranger_covers_nothing_and_leaves_no_word(scene: Scene) -> None:
    for activation, user in (("code-1", "u-99"), ("code-2", LEADER)):
        assert scene.acknowledge(TENANT, activation, user, ACCEPT, Via.APP) == Said(Result.NOT_PAGED)
    assert scene.acknowledge("lakeside", "code-1", LEADER, ACCEPT, Via.APP) == Said(Result.NOT_PAGED)
    assert (covered(scene), words(scene), scene.looked_at) == ({}, {}, [])


def test_a_message_that_nobody_has_to_answer_cannot_be_acknowledged() -> None:
    scene = Scene()
    scene.notifications.keep(a_plan(a_delivery(Channel.PUSH, recipient=LEADER), activation=None))
    assert scene.acknowledge(TENANT, "code-1", LEADER, ACCEPT, Via.APP) == Said(Result.NOT_PAGED)
    assert scene.looked_at == []


@pytest.mark.parametrize(
    ("said_after", "kept_after"), [(-60, 0), (20, 20), (900, 30)], ids=["before the page", "in time", "ahead of us"]
)
def test_when_it_was_said_lies_between_the_page_and_now(scene: Scene, said_after: int, kept_after: int) -> None:
    """A phone's clock may be wrong by any amount; it decides only which of a person's own words is the last."""
    scene.clock.advance(30)
    said_at = NOON + timedelta(seconds=said_after)
    scene.acknowledge(TENANT, "code-1", LEADER, ACCEPT, Via.APP, said_at=said_at)
    (word,) = scene.answers.of(TENANT, "code-1").words
    assert word.at == NOON + timedelta(seconds=kept_after)


def test_an_app_that_tells_of_an_earlier_answer_late_replaces_no_later_one(scene: Scene) -> None:
    scene.clock.advance(60)
    scene.acknowledge(TENANT, "code-1", LEADER, DECLINE, Via.SMS)
    scene.acknowledge(TENANT, "code-1", LEADER, ACCEPT, Via.APP, said_at=NOON + timedelta(seconds=10))
    assert words(scene) == {LEADER: DECLINE}


def test_an_acceptance_that_was_taken_back_before_it_came_covers_nothing(scene: Scene) -> None:
    """The role would be shown as covered by somebody who has said since not to come, and nobody else would be paged."""
    scene.clock.advance(60)
    scene.acknowledge(TENANT, "code-1", LEADER, DECLINE, Via.KEY)
    late = scene.acknowledge(TENANT, "code-1", LEADER, ACCEPT, Via.APP, said_at=NOON + timedelta(seconds=10))
    assert late.result is Result.DECLINED
    assert (covered(scene), words(scene)) == ({}, {LEADER: DECLINE})


def test_a_refusal_that_comes_after_a_later_acceptance_is_answered_by_what_holds(scene: Scene) -> None:
    scene.acknowledge(TENANT, "code-1", NURSE, ACCEPT, Via.KEY)
    scene.clock.advance(60)
    scene.acknowledge(TENANT, "code-1", SECOND_NURSE, ACCEPT, Via.KEY)
    late = scene.acknowledge(TENANT, "code-1", SECOND_NURSE, DECLINE, Via.SMS, said_at=NOON + timedelta(seconds=10))
    assert late.result is Result.LATE
    assert words(scene)[SECOND_NURSE] is ACCEPT


def test_an_answer_that_no_queue_looks_at_says_what_is_stored(scene: Scene) -> None:
    scene.escalation.away = True
    with pytest.raises(UnseenAnswerError) as unseen:
        scene.acknowledge(TENANT, "code-1", LEADER, ACCEPT, Via.KEY)
    assert unseen.value.said == Said(Result.FIRST, ("leader",), "7Q4")
    assert covered(scene) == {"leader": LEADER}


def stores(scene: Scene) -> list[Callable[[bool], None]]:
    return [
        lambda away: setattr(scene.notifications, "away", away),
        lambda away: setattr(scene.ladders, "away", away),
        lambda away: setattr(scene.answers, "away", away),
        lambda away: setattr(scene.escalation, "away", away),
    ]


@pytest.mark.parametrize("number", range(4), ids=["plans", "ladders", "answers", "escalation"])
def test_an_answer_that_a_store_held_up_is_taken_down_when_it_comes_again(scene: Scene, number: int) -> None:
    out = stores(scene)[number]
    out(True)
    with pytest.raises((StoreUnavailableError, QueueUnavailableError)):
        scene.acknowledge(TENANT, "code-1", LEADER, ACCEPT, Via.SMS)
    out(False)
    assert scene.acknowledge(TENANT, "code-1", LEADER, ACCEPT, Via.SMS) == Said(Result.FIRST, ("leader",), "7Q4")
    assert covered(scene) == {"leader": LEADER}
    assert scene.looked_at == ["code-1"]
