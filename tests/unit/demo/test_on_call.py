"""What of on-call's letters the demonstration shows."""

from local.on_call import Word, worth_telling

PAGE = "statline-page"


def _word(alarm: str, state: str) -> Word:
    return Word(0.0, PAGE, f"{state}: {alarm}", "...", alarm, state)


STALLED, RESTS = _word("Statline stat push is stalled", "ALARM"), _word("Statline stat push is stalled", "OK")
NEW = _word("Statline router fails", "OK")
LETTER = Word(0.0, PAGE, "Statline ca-central-1: backup on the primary", "Who: reports")


def test_an_alarm_that_comes_to_rest_for_the_first_time_is_no_news() -> None:
    assert list(worth_telling([NEW])) == []


def test_an_alarm_is_news_and_so_is_its_end() -> None:
    assert list(worth_telling([NEW, STALLED, RESTS])) == [STALLED, RESTS]


def test_the_end_of_an_alarm_that_was_told_before_is_news() -> None:
    assert list(worth_telling([STALLED, RESTS], since=1)) == [RESTS]


def test_a_letter_is_news() -> None:
    assert list(worth_telling([LETTER])) == [LETTER]
