"""What people text back, read."""

import pytest

from functions.core.domain.answers.replies import (
    CARRIERS_WORDS,
    MOST_CODES,
    SENTENCES,
    Reply,
    Result,
    Said,
    Sort,
    helped,
    read_reply,
    spoken,
    together,
    told,
)
from functions.core.domain.delivering.sms_text import Encoding, encoding_of, segments_of
from statline.contract.words import Answer

ACCEPT, DECLINE = Answer.ACCEPT, Answer.DECLINE


@pytest.mark.parametrize(
    "text",
    [
        *("1", " 1 ", "1.", "ACK", " ack ", "ack!", "Oui", "OUI.", "yes", "Accept", "accepté", "1\N{SNOWMAN}", "#1"),
        pytest.param("\uff11", id="a full-width 1"),
        pytest.param("\uff2f\uff35\uff29", id="OUI in full width"),
        pytest.param("1\ufe0f\u20e3", id="a 1 on a key"),
        pytest.param("\u2460", id="a 1 in a circle"),
        *("1 1", "oui oui", "1, oui!"),
    ],
)
def test_these_accept(text: str) -> None:
    assert read_reply(text) == Reply(Sort.ANSWER, ACCEPT)


@pytest.mark.parametrize("text", ["2", "No", "NON", "non.", "decline", "refusé"])
def test_these_decline(text: str) -> None:
    assert read_reply(text) == Reply(Sort.ANSWER, DECLINE)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("7Q4", ACCEPT),
        ("7q4", ACCEPT),
        ("1 7Q4", ACCEPT),
        ("7Q4 oui", ACCEPT),
        ("2 7q4", DECLINE),
        ("no: 7Q4", DECLINE),
        ("7 Q 4", ACCEPT),
        ("7-q-4", ACCEPT),
        ("1 7 Q 4", ACCEPT),
        ("2 7, q, 4", DECLINE),
        ("7 Q 4 non", DECLINE),
        ("\uff17\uff31\uff14", ACCEPT),
        ("7Q4 7q4", ACCEPT),
    ],
)
def test_a_code_says_which_activation_and_alone_it_accepts(text: str, answer: Answer) -> None:
    assert read_reply(text) == Reply(Sort.ANSWER, answer, "7Q4")


@pytest.mark.parametrize("word", sorted(CARRIERS_WORDS))
def test_a_carriers_word_is_no_reply_of_ours(word: str) -> None:
    assert {read_reply(text).sort for text in (word, word.lower(), f" {word.title()}. ")} == {Sort.CARRIERS}


@pytest.mark.parametrize("text", ["OPT-OUT", "opt out", "Stop all", "td", "remove"])
def test_the_carriers_words_are_known_however_they_are_spaced(text: str) -> None:
    assert read_reply(text).sort is Sort.CARRIERS


def test_the_carriers_french_is_known_with_its_accents() -> None:
    assert read_reply("Arrêt").sort is Sort.CARRIERS


@pytest.mark.parametrize(
    "text",
    [
        *("", "   ", "?", "on my way", "1 2", "yes no", "12", "3", "ok", "7Q4 8RT", "1 please", "stop 1", "l", "11"),
        *("\U0001f44d", "1/2", "1.2", "\u00bd", "7 Q", "7 Q 4 B", "1 7 Q 4 2", "a 7 Q 4"),
        pytest.param("1 \u043d\u0435 \u043c\u043e\u0433\u0443", id="a 1, and in Russian: cannot"),
        pytest.param("\u4e0d 1", id="in Chinese: no, and a 1"),
        pytest.param("\u0661", id="an Arabic 1"),
    ],
)
def test_what_could_mean_something_else_is_unclear(text: str) -> None:
    """Better asked once more than a role covered by somebody who is not coming."""
    assert read_reply(text).sort is Sort.UNCLEAR


def test_no_answer_of_ours_asks_for_a_carriers_word() -> None:
    """Whoever follows such an answer would never get a text from us again."""
    told_of = [*SENTENCES.values(), helped([]), helped(["7Q4"]), helped(["7Q4", "8RT"])]
    words = {word.strip(".,:;").upper() for sentence in told_of for word in sentence.split()}
    assert not words & (CARRIERS_WORDS - {"INFO", "START", "END"})


@pytest.mark.parametrize("people", [1, 12])
@pytest.mark.parametrize("result", Result)
def test_what_a_person_is_told_fits_into_one_text_and_names_the_code(result: Result, people: int) -> None:
    text = told(Said(result, ("leader",), "7Q4", people))
    assert (encoding_of(text), segments_of(text)) == (Encoding.GSM_7, 1)
    assert ("7Q4" in text) is (result is not Result.NOT_PAGED)


def test_of_the_owners_of_one_phone_what_is_covered_is_told_first() -> None:
    late, first = Said(Result.LATE, ("nurse",), "7Q4"), Said(Result.FIRST, ("leader",), "7Q4")
    assert together([late, first]) == Said(Result.FIRST, ("leader",), "7Q4", people=2)
    assert together([late, Said(Result.NOT_PAGED)]) == late


def test_nobody_is_promised_a_next_one_for_certain() -> None:
    """A page without a policy asks nobody else, and neither does the last step of one."""
    assert "where there is one" in told(Said(Result.DECLINED, ("leader",), "7Q4"))


def test_a_voice_spells_the_code() -> None:
    assert "7, Q, 4" in spoken(Said(Result.FIRST, ("leader",), "7Q4"))


def test_help_names_what_is_open_and_fits_into_one_text() -> None:
    codes = [f"{number}Q4" for number in range(MOST_CODES + 3)]
    assert "Reply 1 to accept 7Q4" in helped(["7Q4"])
    assert "7Q4 or 8RT" in helped(["7Q4", "8RT"])
    assert [segments_of(helped(codes[:many])) for many in range(len(codes))] == [1] * len(codes)
