"""Texts that come in: answers to activations, pages, and what nobody understands."""

import pytest

from functions.core.domain.answers.acknowledgement import StoodDown
from functions.core.domain.answers.replies import NOTHING_OPEN
from functions.core.domain.errors import QueueUnavailableError
from functions.core.domain.escalation.step_name import activation_of
from functions.core.services.answer_text import EARLY, HELP_AGAIN, MOST_LOOKED_AT, AnswerTooEarlyError, Became
from statline.contract.words import Answer, Channel, LadderState, Priority, Via
from tests.fakes.clock import NOON
from tests.unit.answers.scene import LEADER, LINE, NURSE, OURS, TENANT, Scene, phone_of


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
    text = scene.text("9ZZ")
    scene.clock.advance(EARLY.total_seconds())
    assert "Reply 1 to accept 7Q4" in scene.hears(text)
    assert covered(scene) == {}


def test_a_text_that_means_nothing_gets_help(scene: Scene) -> None:
    assert "Reply 1 to accept 7Q4, or 2 to decline" in scene.says("what?")
    assert covered(scene) == {}


def test_a_phone_that_was_paged_for_nothing_is_told_so(scene: Scene) -> None:
    text = scene.text("1", "u-99")
    scene.clock.advance(EARLY.total_seconds())
    assert scene.hears(text) == NOTHING_OPEN


@pytest.mark.parametrize("body", ["1", "7Q4", "2 7Q4"])
def test_a_reply_that_is_faster_than_our_own_book_is_heard_when_it_comes_again(scene: Scene, body: str) -> None:
    entered = dict(scene.book.entries)
    scene.book.entries.clear()
    text = scene.text(body)
    for _ in range(2):
        with pytest.raises(AnswerTooEarlyError):
            scene.answer_text(text)
        scene.clock.advance(9)
    assert scene.outbox.sent == []
    scene.book.entries |= entered
    assert "7Q4" in scene.hears(text)
    assert [word.at for word in scene.answers.of(TENANT, "code-1").words] == [text.at]


def test_a_reply_to_the_newer_of_two_by_its_code_waits_for_it(scene: Scene) -> None:
    text = scene.text("1 9ZZ")
    with pytest.raises(AnswerTooEarlyError):
        scene.answer_text(text)
    scene.activate("code-2", "9ZZ")
    scene.hears(text)
    assert (covered(scene), covered(scene, "code-2")) == ({}, {"leader": LEADER})


def test_a_reply_for_which_nothing_comes_up_is_told_to_try_again(scene: Scene) -> None:
    """A phone is entered a moment after its text was sent: "nothing is waiting" would not be true of everybody."""
    scene.book.entries.clear()
    text = scene.text("1")
    scene.clock.advance(EARLY.total_seconds())
    assert "reply 1 again in a minute" in scene.hears(text)


def test_a_text_that_is_no_answer_is_helped_at_once(scene: Scene) -> None:
    scene.book.entries.clear()
    assert scene.says("who is this?") == NOTHING_OPEN


def test_a_late_reply_is_told_that_nothing_waits_for_it(scene: Scene) -> None:
    scene.clock.advance(3600)
    text = scene.text("1")
    scene.clock.advance(EARLY.total_seconds())
    assert scene.hears(text) == NOTHING_OPEN


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


def test_a_machine_that_accepts_whatever_we_answer_is_answered_once_in_a_while(scene: Scene) -> None:
    for _ in range(20):
        scene.says("1")
        scene.clock.advance(5)
    assert len({sent.key for sent in scene.outbox.sent}) <= 2 * (100 / HELP_AGAIN.total_seconds() + 1)


def test_a_text_to_a_pagers_line_pages_and_is_answered_from_that_line(scene: Scene) -> None:
    assert scene.says("bed 4 please", "u-99", line=LINE) == "The one on call was paged; reference 9XK"
    (call,) = scene.calls
    assert (call.line, call.caller, call.text, call.id) == (LINE, phone_of("u-99"), "bed 4 please", "text-1")
    (sent,) = scene.outbox.sent
    assert (sent.sender, sent.address) == (LINE, phone_of("u-99"))


def test_a_line_that_is_texted_a_one_by_a_stranger_is_a_page(scene: Scene) -> None:
    assert scene.answer_text(scene.text("1", "u-99", line=LINE)).became is Became.PAGE
    assert covered(scene) == {}


@pytest.mark.parametrize("body", ["1", "7Q4"])
def test_who_is_waited_for_answers_also_by_a_text_to_a_line(scene: Scene, body: str) -> None:
    """A page that says "1" helps nobody, and the role would go on climbing past the one who is coming."""
    assert "You are coming to 7Q4" in scene.says(body, line=LINE)
    assert (covered(scene), scene.calls) == ({"leader": LEADER}, [])


@pytest.mark.parametrize("body", ["call ward 3", "447"])
def test_who_is_waited_for_can_still_page_by_a_line(scene: Scene, body: str) -> None:
    assert scene.answer_text(scene.text(body, line=LINE)).became is Became.PAGE


@pytest.mark.parametrize("line", [LINE, OURS])
def test_two_lines_do_not_page_each_other_for_ever(scene: Scene, line: str) -> None:
    """A line's answer to a text that says that it comes from a line would come in as the next one's text."""
    assert scene.says("The one on call was paged", sender=LINE, line=line) == ""
    assert scene.calls == []


@pytest.fixture
def shared(scene: Scene) -> Scene:
    """The leader and a nurse share the leader's phone."""
    scene.share(phone_of(LEADER), NURSE, "7Q4")
    return scene


def test_a_shared_phone_covers_the_roles_of_all_whose_phone_it_is_and_says_so(shared: Scene) -> None:
    text = shared.text("1")
    shared.answer_text(text)
    assert covered(shared) == {"leader": LEADER, "nurse": NURSE}
    assert "2 people's" in shared.outbox.sent[-1].screen.body
    shared.answer_text(text)
    assert covered(shared) == {"leader": LEADER, "nurse": NURSE}
    assert len({(sent.key, sent.screen) for sent in shared.outbox.sent}) == 1


def test_a_shared_phone_that_declines_declines_for_all(shared: Scene) -> None:
    assert "the next one is asked" in shared.says("2")
    assert {word.user for word in shared.answers.of(TENANT, "code-1").words} == {LEADER, NURSE}


def test_a_shared_phone_is_not_asked_which_of_its_owners_activations_is_meant(shared: Scene) -> None:
    assert "You are coming to 7Q4" in shared.says("7Q4")


def test_who_declined_in_person_is_not_brought_back_by_the_other_one_on_the_phone(shared: Scene) -> None:
    shared.acknowledge(TENANT, "code-1", LEADER, Answer.DECLINE, Via.KEY)
    text = shared.text("1")
    for _ in range(2):
        shared.clock.advance(1)
        shared.answer_text(text)
    assert covered(shared) == {"nurse": NURSE}
    assert "people's" not in shared.outbox.sent[-1].screen.body


def test_a_shared_phone_waits_for_an_answer_while_one_of_its_owners_has_given_none(shared: Scene) -> None:
    shared.acknowledge(TENANT, "code-1", LEADER, Answer.ACCEPT, Via.APP)
    shared.activate("code-2", "8RT", minutes=5)
    assert "8RT or 7Q4" in shared.says("1")


def test_a_text_that_was_held_up_on_its_way_answers_no_later_activation(scene: Scene) -> None:
    held_up = scene.text("1", LEADER)
    scene.end("code-1", LadderState.EXHAUSTED)
    scene.activate("code-2", "8RT", minutes=5)
    scene.answer_text(held_up)
    assert (covered(scene), covered(scene, "code-2")) == ({"leader": LEADER}, {})


def test_of_two_activations_with_one_code_the_one_that_still_waits_is_meant(scene: Scene) -> None:
    scene.activate("code-2", "7Q4", minutes=5)
    scene.end("code-2", LadderState.ACKNOWLEDGED)
    scene.says("7Q4")
    assert (covered(scene), covered(scene, "code-2")) == ({"leader": LEADER}, {})


def test_a_phone_that_was_paged_all_day_does_not_have_every_page_looked_up(scene: Scene) -> None:
    for number in range(2 * MOST_LOOKED_AT):
        scene.activate(f"page-{number}", f"P{number}", minutes=number // 4 + 1)
        scene.end(f"page-{number}", LadderState.EXHAUSTED)
    scene.answers.looked_up.clear()
    scene.says("1")
    assert len(set(scene.answers.looked_up)) == MOST_LOOKED_AT


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
