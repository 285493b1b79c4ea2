"""A simulated provider is demoted by the rule that the functions have."""

import random
from datetime import timedelta

from functions.core.adapters.providers.calls import SLOW_AFTER
from functions.core.domain.delivering import failover as real
from statline.drills import failover as simulated
from statline.drills.calls import Answers, Provider
from statline.drills.failover import BesideEachOther, Standing


def _standings() -> list[Standing]:
    dice = random.Random(1)  # noqa: S311 - weather
    return [Standing(Provider(name, 6000.0, dice), None) for name in ("sms", "twilio")]


def test_the_rule_is_the_functions() -> None:
    assert timedelta(seconds=simulated.WITHIN) == real.REMEMBERED
    assert (simulated.LATEST, simulated.ENOUGH, simulated.BAD_SHARE) == (real.LATEST, real.ENOUGH, real.BAD_SHARE)
    assert timedelta(seconds=simulated.SHORTEST) == real.SHORTEST
    assert timedelta(seconds=simulated.LONGEST) == real.LONGEST
    assert timedelta(seconds=simulated.FORGIVEN) == real.FORGIVEN
    assert timedelta(seconds=simulated.SLOW) == SLOW_AFTER


def test_who_fails_half_of_four_answers_is_demoted_and_each_time_twice_as_long() -> None:
    standing, _ = _standings()
    standing.note(0.0, Answers(accepted=2, lost=1))
    assert standing.until < 0.0
    standing.note(10.0, Answers(lost=1))
    assert standing.until == 70.0
    standing.note(80.0, Answers(lost=4))
    assert standing.until == 200.0


def test_what_is_beyond_our_own_rate_demotes_nobody() -> None:
    standing, _ = _standings()
    standing.note(0.0, Answers(accepted=1, put_off=40, throttled=40))
    assert standing.until < 0.0


def test_the_other_one_is_asked_meanwhile_and_the_first_one_where_both_are_away() -> None:
    first, second = _standings()
    beside = BesideEachOther([first, second])
    first.note(0.0, Answers(lost=4))
    beside.refresh(10.0)
    beside.ask(3)
    assert (first.provider.take().accepted, second.provider.take().accepted) == (0, 3)
    second.note(10.0, Answers(lost=4))
    beside.ask(2)
    assert (first.provider.take().accepted, second.provider.take().accepted) == (2, 0)
