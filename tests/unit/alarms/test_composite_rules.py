"""Rules of composite alarms."""

import pytest

from statline.alarms.errors import WrongRuleError
from statline.alarms.model import State
from statline.alarms.rules import rule_of

ARN = "arn:aws:cloudwatch:ca-central-1:111122223333:alarm:slow push"
STATES = {
    "high": State.ALARM,
    "low": State.OK,
    "new": State.INSUFFICIENT_DATA,
    "slow push": State.ALARM,
    'say "x" (y), z': State.ALARM,
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("ALARM(high)", True),
        ('ALARM("high")', True),
        ("OK(high)", False),
        ("INSUFFICIENT_DATA(new)", True),
        ("ALARM(new)", False),
        ("TRUE", True),
        ("FALSE OR true", True),
        ("NOT ALARM(low)", True),
        ("NOT NOT ALARM(low)", False),
        ("ALARM(high) AND ALARM(low)", False),
        ("ALARM(high) AND NOT ALARM(low)", True),
        ("ALARM(high) OR ALARM(low) AND FALSE", True),
        ("(ALARM(high) OR ALARM(low)) AND FALSE", False),
        ("NOT FALSE AND FALSE", False),
        ("NOT (FALSE AND FALSE)", True),
        (f'ALARM("{ARN}")', True),
        (f"ALARM({ARN})", True),
        ("ALARM(slow push)AND OK( low )", True),
        (r'ALARM("say \"x\" (y), z")', True),
        ("AT_LEAST(2, ALARM, (high, low, new))", False),
        (f'AT_LEAST(2, ALARM, ("high", "low", "{ARN}"))', True),
        ("AT_LEAST(50%, OK, (low, new))", True),
        ("AT_LEAST(51%, OK, (low, new))", False),
        ("AT_LEAST(60%, NOT OK, (high, low, new))", True),
        ("AT_LEAST(3, NOT OK, (high, low, new)) OR ALARM(low)", False),
    ],
)
def test_a_rule_holds_by_the_states_of_its_alarms(text: str, holds: bool) -> None:
    assert rule_of(text).holds(STATES) is holds


def test_a_rules_children_are_names_each_once() -> None:
    rule = rule_of(f'ALARM("{ARN}") OR ALARM("slow push") OR AT_LEAST(1, OK, (high, low))')
    assert rule.children == ("slow push", "high", "low")


@pytest.mark.parametrize(
    ("text", "position", "problem"),
    [
        ("", 0, "expected ALARM"),
        ("ALARM(high", 10, r"expected '\)'"),
        ("ALARM high", 6, r"expected '\('"),
        ("ALARM()", 6, "an alarm's name"),
        ("ALARM(high) ALARM(low)", 12, "unexpected 'ALARM'"),
        ("ALARM(high) AND", 15, "expected ALARM"),
        ("BROKEN(high)", 0, "expected ALARM"),
        ('ALARM("high)', 6, "has no end"),
        ("AT_LEAST(many, ALARM, (high))", 9, "a number or a percentage"),
        ("AT_LEAST(1, BROKEN, (high))", 12, "expected ALARM, OK"),
    ],
)
def test_a_rule_that_cannot_be_read_says_where(text: str, position: int, problem: str) -> None:
    with pytest.raises(WrongRuleError, match=problem) as raised:
        rule_of(text)
    assert raised.value.position == position
