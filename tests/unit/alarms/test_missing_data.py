"""The tables of "Configuring how CloudWatch alarms treat missing data", row by row."""

import pytest

from statline.alarms.decision import decide, evaluation_range, filled
from statline.alarms.model import Missing, State
from tests.unit.alarms.made import points

OK, ALARM, NO_DATA = State.OK, State.ALARM, State.INSUFFICIENT_DATA
KEPT = None

# Data points, how many must be filled, MISSING, IGNORE, BREACHING, NOT BREACHING
THREE_OF_THREE = [
    ("0 - X - X", 0, OK, OK, OK, OK),
    ("0 - - - -", 2, OK, OK, OK, OK),
    ("- - - - -", 3, NO_DATA, KEPT, ALARM, OK),
    ("0 X X - X", 0, ALARM, ALARM, ALARM, ALARM),
    ("- - X - -", 2, ALARM, KEPT, ALARM, OK),
]
TWO_OF_THREE = [
    ("0 - X - X", 0, ALARM, ALARM, ALARM, ALARM),
    ("0 0 X 0 X", 0, ALARM, ALARM, ALARM, ALARM),
    ("0 - X - -", 1, OK, OK, ALARM, OK),
    ("- - - - 0", 2, OK, OK, ALARM, OK),
    ("- - - X -", 2, ALARM, KEPT, ALARM, OK),
]
# Of the text below the tables, of the tables as earlier editions have them (- - - - X, X - - - -),
# and what the same rules say of rows that AWS does not print.
MORE_THREE_OF_THREE = [
    ("- - - - X", 2, NO_DATA, KEPT, ALARM, OK),
    ("- - - X -", 2, NO_DATA, KEPT, ALARM, OK),
    ("- - - X 0", 1, OK, OK, OK, OK),
    ("- - X - 0", 1, OK, OK, OK, OK),
    ("- X - - -", 2, ALARM, KEPT, ALARM, OK),
    ("X - - - -", 2, ALARM, KEPT, ALARM, OK),
    ("- - X X -", 1, ALARM, KEPT, ALARM, OK),
    ("- - - X X", 1, NO_DATA, KEPT, ALARM, OK),
    ("- X - - X", 1, ALARM, KEPT, ALARM, OK),
    ("X - X - X", 0, ALARM, ALARM, ALARM, ALARM),
    ("X X X 0 X", 0, OK, OK, OK, OK),
    ("0 X - - -", 1, OK, OK, OK, OK),
]
MORE_TWO_OF_THREE = [
    ("- - - - X", 2, NO_DATA, KEPT, ALARM, OK),
    ("X - - - -", 2, ALARM, KEPT, ALARM, OK),
    ("- - - X X", 1, ALARM, ALARM, ALARM, ALARM),
    ("X - - - X", 1, ALARM, ALARM, ALARM, ALARM),
    ("- 0 - 0 -", 1, OK, OK, OK, OK),
    ("0 - - - -", 2, OK, OK, ALARM, OK),
    ("X X 0 0 0", 0, OK, OK, OK, OK),
]
ONE_OF_ONE = [
    ("- - -", 1, NO_DATA, KEPT, ALARM, OK),
    ("X - -", 0, ALARM, ALARM, ALARM, ALARM),
    ("X - 0", 0, OK, OK, OK, OK),
    ("0 - -", 0, OK, OK, OK, OK),
]
TABLES = [
    (3, 3, THREE_OF_THREE + MORE_THREE_OF_THREE),
    (2, 3, TWO_OF_THREE + MORE_TWO_OF_THREE),
    (1, 1, ONE_OF_ONE),
]
TREATMENTS = (Missing.MISSING, Missing.IGNORE, Missing.BREACHING, Missing.NOT_BREACHING)
ROWS = [(enough, periods, row, to_fill, states) for enough, periods, rows in TABLES for row, to_fill, *states in rows]


@pytest.mark.parametrize(("enough", "periods", "row", "to_fill", "states"), ROWS)
def test_each_row_of_the_tables_has_the_state_that_the_tables_say(
    enough: int, periods: int, row: str, to_fill: int, states: list[State | None]
) -> None:
    said = [decide(points(row), periods=periods, enough=enough, missing=treatment) for treatment in TREATMENTS]
    assert said == states
    assert filled(points(row), periods=periods) == to_fill


def test_an_alarm_of_three_periods_looks_at_five() -> None:
    assert evaluation_range(3) == 5


def test_a_percentile_of_too_few_samples_keeps_the_state() -> None:
    for treatment in TREATMENTS:
        assert decide(points("0 0 X X ?"), periods=3, enough=2, missing=treatment) is None


def test_a_percentile_of_too_few_samples_is_forgotten_once_enough_others_follow() -> None:
    assert decide(points("? 0 0 X X"), periods=3, enough=2, missing=Missing.MISSING) is State.ALARM
