"""What expressions give: the examples of AWS's page on metric math, and what teams commonly write."""

import math

import pytest

from statline.alarms.formula.compute import compute, stands_alone
from statline.alarms.formula.parser import parse
from statline.alarms.formula.values import Frame, Series, Value

MONDAY = 1_768_176_000  # 2026-01-12T00:00:00Z
METRICS: dict[str, Series] = {
    "metric1": [30, 20, 0, 0],
    "metric2": [20, None, 20, None],
    "a": [1, 2, None, 4],
    "b": [None, 10, None, 0],
    "empty": [None, None, None, None],
    "errors_4xx": [1, 0, 2, None],
    "errors_5xx": [3, 0, None, None],
}


def result(text: str, series: dict[str, Series] = METRICS) -> Value:
    length = len(next(iter(series.values())))
    frame = Frame([MONDAY + 60 * index for index in range(length)], 60, series)
    return compute(text, parse(text), frame, series.__getitem__)


@pytest.mark.parametrize(
    ("expression", "series"),
    [
        ("metric1 < metric2", [0, 0, 1, 0]),
        ("metric1 >= 30", [1, 0, 0, 0]),
        ("metric1 > 15 AND metric2 > 15", [1, 0, 0, 0]),
        ("metric1 > 15 && metric2 > 15", [1, 0, 0, 0]),
        ("metric1 > 25 || metric2 > 15", [1, 0, 1, 0]),
        ("metric1 == 30 OR metric1 != 0", [1, 1, 0, 0]),
    ],
)
def test_comparisons_are_those_of_the_documentation(expression: str, series: Series) -> None:
    assert result(expression) == series


CHOICE: dict[str, Series] = {
    "metric1": [1, 1, 0, 0, None],
    "metric2": [30, None, 0, 0, 30],
    "metric3": [0, 0, 20, None, 20],
}


@pytest.mark.parametrize(
    ("expression", "series"),
    [
        ("IF(metric1, metric2, metric3)", [30, 0, 20, None, None]),
        ("IF(metric1, 5, metric3)", [5, 5, 20, None, None]),
        ("IF(metric1, metric2, 5)", [30, 0, 5, 5, None]),
        ("IF(metric1, metric2)", [30, 0, None, None, None]),
        ("IF(metric1 < 1, 10, 2)", [2, 2, 10, 10, None]),
        ("IF(1, metric2, metric3)", [30, None, 0, 0, 30]),
        ("IF(0, metric2, metric3)", [0, 0, 20, None, 20]),
        ("IF(0, metric2)", [None] * 5),
        ("IF(-metric1, 1, 0)", [1, 1, 0, 0, None]),
        ("IF(MAX(metric1) > 0, metric2, metric3)", [30, None, 0, 0, 30]),
        ("IF(MAX(metric1) / 0 > 1, metric2, 5)", [None] * 5),
    ],
)
def test_if_gives_what_the_documentations_tables_have(expression: str, series: Series) -> None:
    assert result(expression, CHOICE) == series


@pytest.mark.parametrize(
    ("expression", "series"),
    [
        ("a + b", [1, 12, None, 4]),
        ("a - b", [1, -8, None, 4]),
        ("a / b", [None, 0.2, None, None]),
        ("b / a", [0, 5, None, 0]),
        ("100 * (a + b) / 12000", [1 / 120, 12 / 120, None, 4 / 120]),
        ("a ^ 2", [1, 4, None, 16]),
        ("2 ^ 3 ^ 2 * TIME_SERIES(1)", [512] * 4),
        ("-a * 2", [-2, -4, None, -8]),
        ("-2 ^ 2 + a", [-3, -2, None, 0]),
        ("1 - -a", [2, 3, None, 5]),
        ("2 + 3 * a", [5, 8, None, 14]),
        ("a / 0", [None] * 4),
        ("1.5e1 * a", [15, 30, None, 60]),
        ("empty + empty", [None] * 4),
    ],
)
def test_arithmetic_takes_a_missing_value_beside_another_as_0_and_drops_divisions_by_zero(
    expression: str, series: Series
) -> None:
    assert result(expression) == series


@pytest.mark.parametrize(
    ("expression", "series"),
    [
        ("FILL(a, 7)", [1, 2, 7, 4]),
        ("FILL(a, REPEAT)", [1, 2, 2, 4]),
        ("FILL(a, LINEAR)", [1, 2, 3, 4]),
        ("FILL(b, REPEAT)", [None, 10, 10, 0]),
        ("FILL(b, LINEAR)", [None, 10, 5, 0]),
        ("FILL(b, a)", [1, 10, None, 0]),
        ("FILL(b, MIN(a))", [1, 10, 1, 0]),
        ("FILL(empty, 0)", [0, 0, 0, 0]),
        ("FILL(a, 0) + FILL(b, 0)", [1, 12, 0, 4]),
    ],
)
def test_fill_fills_what_is_missing(expression: str, series: Series) -> None:
    assert result(expression) == series


@pytest.mark.parametrize(
    ("expression", "series"),
    [
        ("SUM([a, b])", [1, 12, None, 4]),
        ("AVG([a, b])", [0.5, 6, None, 2]),
        ("MAX([a, b])", [1, 10, None, 4]),
        ("MIN([a, b])", [1, 2, None, 0]),
        ("DATAPOINT_COUNT([a, b])", [1, 2, None, 2]),
        ("STDDEV([a, b])", [0, 4, None, 2]),
        ('SUM(METRICS("errors"))', [4, 0, 2, None]),
        ('SUM([METRICS("4xx"), METRICS("5xx")])', [4, 0, 2, None]),
        ('SUM(METRICS("errors") * 10)', [40, 0, 20, None]),
        ('a * METRIC_COUNT(METRICS("errors"))', [2, 4, None, 8]),
        ('FIRST(SORT(METRICS("errors"), MAX, DESC, 1))', [3, 0, None, None]),
        ('LAST(METRICS("errors"))', [3, 0, None, None]),
        ("SUM(SLICE([a, b, metric1], 1, 3))", [30, 30, 0, 0]),
        ("METRIC_COUNT(REMOVE_EMPTY([a, empty])) * a", [1, 2, None, 4]),
        ("SUM(100 / [a, metric1])", [100 + 100 / 30, 55, None, 25]),
    ],
)
def test_an_aggregate_of_an_array_is_a_series(expression: str, series: Series) -> None:
    assert result(expression) == series


@pytest.mark.parametrize(
    ("expression", "series"),
    [
        ("a - MIN(a)", [0, 1, None, 3]),
        ("a / MAX(a)", [0.25, 0.5, None, 1]),
        ("a + SUM(a)", [8, 9, None, 11]),
        ("a * DATAPOINT_COUNT(a)", [3, 6, None, 12]),
        ("TIME_SERIES(AVG(a))", [7 / 3] * 4),
        ("a / PERIOD(a)", [1 / 60, 2 / 60, None, 4 / 60]),
        ("DIFF(a)", [None, 1, None, 2]),
        ("DIFF_TIME(a)", [None, 60, None, 120]),
        ("RATE(a)", [None, 1 / 60, None, 2 / 120]),
        ("RUNNING_SUM(a)", [1, 3, None, 7]),
        ("ABS(-a)", [1, 2, None, 4]),
        ("CEIL(a / 3)", [1, 1, None, 2]),
        ("FLOOR(a / 3)", [0, 0, None, 1]),
        ("LOG10(a * 10)", [1, math.log10(20), None, math.log10(40)]),
        ("LOG(metric1 - 30)", [None, None, None, None]),
        ("MINUTE(a)", [0, 1, 2, 3]),
        ("DAY(a) + HOUR(a)", [1, 1, 1, 1]),
        ("IF(DAY(a) < 6, a)", [1, 2, 0, 4]),
        ("MONTH(a) * 10000 + DATE(a) + YEAR(a) - YEAR(a)", [10_012] * 4),
    ],
)
def test_functions_of_a_series_look_along_it(expression: str, series: Series) -> None:
    assert result(expression) == series


@pytest.mark.parametrize(
    ("expression", "alone"),
    [
        ("100 * (a + b) / 12000", True),
        ("FILL(a, 0) + FILL(b, 0)", True),
        ("SUM([a, b])", True),
        ('MAX(METRICS("a") / 2)', True),
        ("IF(a > 1, a, b)", True),
        ("FILL(a, REPEAT)", False),
        ("a - AVG(a)", False),
        ("RATE(a)", False),
        ("SUM(SORT(METRICS(), AVG, DESC))", False),
        ("FILL(a, MIN(b))", False),
    ],
)
def test_it_is_known_whether_a_datapoint_depends_on_others(expression: str, alone: bool) -> None:
    assert stands_alone(parse(expression)) is alone
