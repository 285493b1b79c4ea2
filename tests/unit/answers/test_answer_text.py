"""Texts that come in: answers to activations, pages, and what nobody understands."""

import pytest

from functions.core.domain.acknowledgement import StoodDown
from functions.core.domain.errors import QueueUnavailableError
from functions.core.domain.replies import NOTHING_OPEN
from functions.core.domain.step_name import activation_of
from functions.core.services.answer_text import HELP_AGAIN, Became
from statline.contract.words import Answer, Channel, LadderState, Priority, Via
from tests.fakes.clock import NOON
from tests.unit.answers.scene import LEADER, LINE, NURSE, TENANT, Scene, phone_of


@pytest.fixture
def scene() -> Scene:
    scene = Scene()
    scene.activate()
    return scene


def covered(scene: Scene, activation: str = "code-1") -> dict[str, str]:
    return {each.role: each.user for each in scene.answers.of(TENANT, activation).acknowledgements}


def test_a_reply_covers_the_role_of_the_phones_owner_and_is_answered(scene: Scene) -> None:
    assert "You are coming to 7Q4" in scene.says("1")
    assert covered(scene) == {"leader": LEADER}
    (word,) = scene.answers.of(TENANT, "code-1").words
    assert (word.via, word.answer) == (Via.SMS, Answer.ACCEPT)


def test_our_answer_is_a_stat_text_to_the_phone_that_is_of_no_activation(scene: Scene) -> None:
    scene.says("OUI", NURSE)
    (sent,) = scene.outbox.sent
    assert (sent.key.channel, sent.priority, sent.address) == (Channel.SMS, Priority.STAT, phone_of(NURSE))
    assert (sent.key.tenant, sent.key.recipient, sent.roles, sent.fallbacks) == (TENANT, NURSE, (), ())
    assert activation_of(sent.key.notification) == ""
    assert sent.expires_at > sent.sent_at


def test_a_text_that_comes_twice_is_answered_by_one_delivery(scene: Scene) -> None:
    text = scene.text("1")
    scene.answer_text(text)
    scene.answer_text(text)
    assert len({sent.key for sent in scene.outbox.sent}) == 1
    assert len({sent.screen.body for sent in scene.outbox.sent}) == 1


def test_who_declines_by_text_is_told_that_the_next_one_is_asked(scene: Scene) -> None:
    assert "the next one is asked" in scene.says("NON")
    assert covered(scene) == {}


def test_the_second_of_a_role_hears_that_somebody_was_first(scene: Scene) -> None:
    scene.says("1", "u-2")
    assert "Somebody else had accepted" in scene.says("1", "u-3")


def test_with_several_open_a_one_asks_which_and_a_code_says_it(scene: Scene) -> None:
    scene.activate("code-2", "8RT", minutes=5)
    asked = scene.says("1")
    assert "8RT or 7Q4" in asked
    assert covered(scene) == covered(scene, "code-2") == {}
    scene.says("8RT")
    assert (covered(scene), covered(scene, "code-2")) == ({}, {"leader": LEADER})


def test_what_was_answered_before_is_not_asked_for_again(scene: Scene) -> None:
    """Yesterday's code is accepted; the one that has just come is what a bare 1 means."""
    scene.says("1")
    scene.activate("code-2", "8RT", minutes=5)
    assert "8RT" in scene.says("1")
    assert covered(scene, "code-2") == {"leader": LEADER}


@pytest.mark.parametrize("over", ["stood down", "covered by others"])
def test_what_waits_for_nobody_any_more_makes_no_reply_ambiguous(scene: Scene, over: str) -> None:
    scene.activate("code-2", "8RT", minutes=5)
    if over == "stood down":
        scene.answers.stand_down(StoodDown(TENANT, "code-1", "ward-app", NOON))
    else:
        scene.end("code-1", LadderState.ACKNOWLEDGED)
    scene.says("1")
    assert covered(scene, "code-2") == {"leader": LEADER}


def test_a_code_that_is_not_open_is_answered_with_those_that_are(scene: Scene) -> None:
    assert "Reply 1 to accept 7Q4" in scene.says("9ZZ")
    assert covered(scene) == {}


def test_a_text_that_means_nothing_gets_help(scene: Scene) -> None:
    assert "Reply 1 to accept 7Q4, or 2 to decline" in scene.says("what?")
    assert covered(scene) == {}


def test_a_phone_that_was_paged_for_nothing_is_told_so(scene: Scene) -> None:
    assert scene.says("1", "u-99") == NOTHING_OPEN


def test_a_late_reply_is_told_that_nothing_waits_for_it(scene: Scene) -> None:
    scene.clock.advance(3600)
    assert scene.says("1") == NOTHING_OPEN


@pytest.mark.parametrize("word", ["STOP", "arrêt", "Cancel", "END", "HELP"])
def test_a_carriers_word_is_not_answered_and_covers_nothing(scene: Scene, word: str) -> None:
    assert scene.says(word) == ""
    assert scene.says(word, line=LINE) == ""
    assert (covered(scene), scene.calls) == ({}, [])


def test_two_machines_do_not_text_each_other_for_ever(scene: Scene) -> None:
    """A phone that answers every text by itself gets help once in a while, whatever it says."""
    for _ in range(20):
        scene.says("I am driving and will call you back")
        scene.clock.advance(5)
    assert len({sent.key for sent in scene.outbox.sent}) <= 100 / HELP_AGAIN.total_seconds() + 1


def test_a_text_to_a_pagers_line_pages_and_is_answered_from_that_line(scene: Scene) -> None:
    assert scene.says("bed 4 please", "u-99", line=LINE) == "The one on call was paged; reference 9XK"
    (call,) = scene.calls
    assert (call.line, call.caller, call.text, call.id) == (LINE, phone_of("u-99"), "bed 4 please", "text-1")
    (sent,) = scene.outbox.sent
    assert (sent.sender, sent.address) == (LINE, phone_of("u-99"))


def test_a_line_that_is_texted_a_one_is_a_page_and_no_answer(scene: Scene) -> None:
    assert scene.answer_text(scene.text("1", line=LINE)).became is Became.PAGE
    assert covered(scene) == {}


def test_an_answer_goes_back_by_the_provider_that_brought_the_text(scene: Scene) -> None:
    scene.says("1", provider="twilio")
    scene.says("1", line=LINE, provider="twilio")
    scene.says("hm", provider="twilio")
    assert [sent.provider for sent in scene.outbox.sent] == ["twilio"] * 3


def test_a_text_whose_answer_no_queue_takes_comes_again_and_is_one_acceptance(scene: Scene) -> None:
    text = scene.text("1")
    scene.outbox.closed.add((Channel.SMS, Priority.STAT))
    with pytest.raises(QueueUnavailableError):
        scene.answer_text(text)
    scene.outbox.closed.clear()
    scene.answer_text(text)
    assert covered(scene) == {"leader": LEADER}
    assert ["You are coming" in sent.screen.body for sent in scene.outbox.sent] == [True]
