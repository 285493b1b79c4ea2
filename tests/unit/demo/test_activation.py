"""The second act ends in silence: what counts as one."""

from datetime import UTC, datetime
from pathlib import Path

from local.demo.activation import ActivationStory
from local.demo.acts import STAGES
from local.demo.crew import Member
from local.demo.letters import Letter
from local.demo.producer import Taken
from local.sandbox.people.calls import Happening, What

SENT = datetime(2026, 11, 2, 12, tzinfo=UTC).timestamp()
PHONE = "+16475550101"


def _story() -> ActivationStory:
    crew = [Member("u-lead", "lead", stands_by=False, phone=PHONE)]
    return ActivationStory(STAGES[0], crew, Letter("code-1", Path("code.json")), Taken("message-1", SENT))


def _lived(seconds: float, what: What, call: str = "call-1", text: str = "", phone: str = PHONE) -> Happening:
    return Happening(seq=1, at=SENT + seconds, phone=phone, what=what, call=call, text=text)


def test_a_telephone_that_still_rings_is_no_silence() -> None:
    story = _story()
    story.hear(_lived(1, "rings"))
    assert story.silence(SENT + 20) == 0
    assert "the end of every call" in story.missing


def test_silence_begins_when_the_last_call_ends() -> None:
    story = _story()
    story.hear(_lived(1, "rings", "call-1"))
    story.hear(_lived(2, "rings", "call-2"))
    story.hear(_lived(4, "ended", "call-1", "over"))
    assert story.silence(SENT + 9) == 0
    story.hear(_lived(10, "ended", "call-2", "unanswered"))
    assert story.silence(SENT + 16) == 6
    assert "the end of every call" not in story.missing


def test_where_nothing_ever_rang_silence_began_with_the_request() -> None:
    assert _story().silence(SENT + 7) == 7


def test_a_strangers_telephone_does_not_count() -> None:
    story = _story()
    story.hear(_lived(1, "rings", phone="+16475550199"))
    assert story.silence(SENT + 3) == 3
