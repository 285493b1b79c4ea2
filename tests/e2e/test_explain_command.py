"""`statline explain` on the laptop cloud: of an alarm that speaks, of one that nobody has."""

from statline.cli.exits import Exit
from tests.e2e.person import Person
from tests.e2e.waiting import await_value

DEAD = "Statline urgent sms has dead letters"
SPOKEN_WITHIN = 700.0
"""Seconds: SQS's figures come once a minute and are told a minute late, the alarm is evaluated once a minute, and all
that only after the backups."""


def test_explain_tells_an_alarm_that_speaks_with_its_figures_and_its_runbook(person: Person, buried: None) -> None:
    def speaks() -> str | None:
        done = person.run("explain", DEAD)
        assert done.returncode == Exit.DONE, done.stdout + done.stderr
        return done.stdout if f"{DEAD}: in ALARM" in done.stdout else None

    text = await_value(speaks, SPOKEN_WITHIN, f"'{DEAD}' in ALARM")
    assert "1!" in text
    assert "It tells: page" in text
    assert "## First five minutes" in text
    listed = person.run("status").stdout
    assert f"page: {DEAD}" in listed
    person.redrive("sms-urgent", "--apply", "--yes")


def test_a_misspelt_alarm_is_answered_with_close_ones(person: Person) -> None:
    done = person.run("explain", "Statline urgent smss has dead letters")
    assert done.returncode == Exit.NO
    assert DEAD in done.stderr
