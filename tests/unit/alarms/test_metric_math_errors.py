"""What a wrong expression is told: what, and where."""

import pytest

from statline.alarms.errors import UnreadableAlarmError, WrongExpressionError
from statline.alarms.formula.parser import parse
from statline.alarms.plan import plan_of
from tests.unit.alarms.made import math


@pytest.mark.parametrize(
    ("expression", "position", "problem"),
    [
        ("m1 + ", 5, "ends too early"),
        ("", 0, "ends too early"),
        ("m1 m2", 3, "unexpected 'm2'"),
        ("(m1 + m2", 8, r"expected '\)'"),
        ("m1 % 2", 3, "no '%'"),
        ("m1 + * m2", 5, r"found '\*'"),
        ("MEDIAN(m1)", 0, "no function 'MEDIAN'"),
        ("1 + fill(m1, 0)", 4, "no function 'fill'"),
        ("FILL(m1)", 0, "FILL takes 2 arguments, not 1"),
        ("IF(m1)", 0, "IF takes 2 to 3 arguments, not 1"),
        ("m1 + SEARCH('x', 'Sum')", 5, "SEARCH is not implemented"),
        ("ANOMALY_DETECTION_BAND(m1, 2)", 0, "not implemented"),
        ("SELECT MAX(x) FROM y", 0, "Metrics Insights"),
        ("[m1, m2", 7, "expected ','"),
    ],
)
def test_an_expression_that_cannot_be_read_says_where(expression: str, position: int, problem: str) -> None:
    with pytest.raises(WrongExpressionError, match=problem) as raised:
        parse(expression)
    assert raised.value.position == position


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("m1 + m9", "no metric or expression is called 'm9', used at character 6"),
        ("result + m1", "computed from itself"),
        ("m1 + nope(m1)", "no function 'nope' at character 6"),
    ],
)
def test_an_alarm_with_a_wrong_expression_is_refused_by_its_name(expression: str, problem: str) -> None:
    with pytest.raises(UnreadableAlarmError, match=f"slow: .*{problem}"):
        plan_of(math(expression, name="slow"))


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("SUM(m1)", "watches one time series"),
        ("METRICS()", "watches one time series"),
        ("m1 + IF([m1, m2], 1, 2)", "IF takes one time series or a number as its condition, not an array .* 6"),
        ("[m1, m2] + [m1, m2, m3]", "two arrays of the same length"),
        ("m1 + FIRST(3)", "FIRST takes an array of time series, not a number"),
        ("m1 + REPEAT", r"\+ takes numbers, time series or arrays, not a word"),
    ],
)
def test_an_alarm_with_an_expression_of_the_wrong_kind_is_refused_by_its_name(expression: str, problem: str) -> None:
    with pytest.raises(UnreadableAlarmError, match=f"slow: .*{problem}"):
        plan_of(math(expression, name="slow"))
