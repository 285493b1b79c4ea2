"""Histories as they come: what is read, what is forgiven, and what is said of the rest."""

import json
from datetime import UTC, datetime

import pytest

from statline.backtest.errors import HistoryError
from statline.backtest.history import History, Series, gaps_of, merged
from statline.backtest.reading import read_history

NINE = datetime(2026, 1, 10, 9, tzinfo=UTC).timestamp()
Points = list[tuple[float, float]]


def _read(text: str, *, utc: bool = False, name: str = "age.csv") -> History:
    return read_history(text.splitlines(keepends=True), name=name, utc=utc)


def _one(text: str, *, utc: bool = False) -> Series:
    (series,) = _read(text, utc=utc).series
    return series


def _minutes(*values: float) -> Points:
    return [(NINE + 60 * place, value) for place, value in enumerate(values)]


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-10T09:00:00Z,1\n2026-01-10T09:01:00Z,2\n",
        "timestamp,value\n2026-01-10T09:00:00Z,1\n2026-01-10T09:01:00Z,2\n",
        "\n\ntimestamp,value\n2026-01-10T09:00:00Z,1\n\n2026-01-10T09:01:00Z,2",
        "Time;Age of the oldest\r\n2026-01-10 09:00:00+00:00;1\r\n2026-01-10 04:01:00-05:00;2.0\r\n",
        '"timestamp","value"\n"2026-01-10T09:00:00Z","1"\n"2026-01-10T09:01:00Z","2"\n',
        f"{NINE:.0f},1\n{NINE + 60:.0f},2\n",
        f"{NINE * 1000:.0f}\t1\n{(NINE + 60) * 1000:.0f}\t2\n",
        f"{NINE:.3f},1e0\n{NINE + 60:.3f},2\n",
        "value,timestamp\n1,2026-01-10T09:00:00Z\n2,2026-01-10T09:01:00Z\n",
        "timestamp,unit,value\n2026-01-10T09:00:00Z,s,1\n2026-01-10T09:01:00Z,s,2\n",
        "timestamp,value\n2026-01-10T09:00:00Z,1\ntimestamp,value\n2026-01-10T09:01:00Z,2\n",
    ],
)
def test_a_csv_is_read_in_all_its_forms(text: str) -> None:
    assert _one(text).points == _minutes(1, 2)


def test_a_byte_order_mark_less_file_is_called_as_it_is() -> None:
    series = _one("2026-01-10T09:00:00Z,1")
    assert (series.id, series.label) == ("age", "age")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("10 January,3", "'10 January' is no time"),
        ("2026-01-10T09:01:00,3", "does not say its time zone"),
        ("2026-01-10T09:01:00Z,three", "'three' is no number"),
        ('2026-01-10T09:01:00Z,"3,5"', "'3,5' is no number: write it with a point"),
        ("2026-01-10T09:01:00Z,1_000", "'1_000' is no number"),
        ("2026-01-10T09:01:00Z", "it has 1 column"),
        ("2026-01-10T09:01:00Z,3,4", "it has 3 columns"),
        ("17,3", "is no time of this century"),
    ],
)
def test_a_fault_is_told_with_its_line(line: str, words: str) -> None:
    with pytest.raises(HistoryError) as caught:
        _read(f"timestamp,value\n2026-01-10T09:00:00Z,1\n{line}\n")
    (fault,) = caught.value.faults
    assert fault.startswith("age.csv, line 3: ")
    assert words in fault


def test_a_header_with_several_figures_is_one_fault_that_names_them() -> None:
    with pytest.raises(HistoryError) as caught:
        _read("Timestamp,Average,Maximum\n" + "2026-01-10T09:00:00Z,1,2\n" * 30)
    (fault,) = caught.value.faults
    assert fault.startswith("age.csv, line 1: which column has the figures: 'Average', 'Maximum'?")


def test_many_faults_are_told_without_end() -> None:
    with pytest.raises(HistoryError) as caught:
        _read("2026-01-10T09:00:00Z,1\n" + "nonsense,1\n" * 100)
    assert len(caught.value.faults) == 21
    assert "80 more" in caught.value.faults[-1]


def test_a_time_without_a_zone_is_utc_where_that_is_said() -> None:
    assert _one("2026-01-10T09:00:00,1", utc=True).points == _minutes(1)


def test_the_hour_that_comes_twice_in_autumn_is_two_hours() -> None:
    series = _one("2026-11-01T01:30:00-04:00,1\n2026-11-01T01:30:00-05:00,2\n")
    (first, second) = series.points
    assert second[0] - first[0] == 3600


@pytest.mark.parametrize("nothing", ["", "NaN", "nan", "null", "-", " ", "inf"])
def test_a_row_without_a_number_is_missing_and_counted(nothing: str) -> None:
    series = _one(f"2026-01-10T09:00:00Z,1\n2026-01-10T09:01:00Z,{nothing}\n2026-01-10T09:02:00Z,3\n")
    assert [value for _, value in series.points] == [1, 3]
    assert series.empty == 1


def test_rows_in_any_order_come_in_order_and_each_moment_once() -> None:
    series = _one("2026-01-10T09:01:00Z,2\n2026-01-10T09:00:00Z,1\n2026-01-10T09:01:00Z,2\n2026-01-10T09:00:00Z,7\n")
    assert series.points == _minutes(7, 2)
    assert (series.repeated, series.disputed, series.unordered) == (1, 1, True)


def test_the_newest_first_is_an_order_too() -> None:
    assert not _one("2026-01-10T09:02:00Z,3\n2026-01-10T09:01:00Z,2\n2026-01-10T09:00:00Z,1\n").unordered


def test_rows_without_a_number_keep_the_periods_that_they_are_of() -> None:
    """Else the figures beside them would be taken for their periods, too."""
    series = _one("2026-01-10T09:00:00Z,9\n2026-01-10T09:01:00Z,NaN\n2026-01-10T09:02:00Z,\n2026-01-10T09:03:00Z,9\n")
    assert (series.spacing, len(series.silent), series.told_until) == (60, 2, NINE + 180)


@pytest.mark.parametrize("text", ["", "\n\n", "timestamp,value\n", "2026-01-10T09:00:00Z,NaN\n"])
def test_a_file_without_a_figure_is_a_fault(text: str) -> None:
    with pytest.raises(HistoryError):
        _read(text)


def _result(id_: str, moments: list[object], values: list[object], **fields: object) -> dict[str, object]:
    return {"Id": id_, "Label": f"Label of {id_}", "Timestamps": moments, "Values": values, **fields}


def _page(*results: dict[str, object]) -> str:
    return json.dumps({"MetricDataResults": list(results), "Messages": []}, indent=4)


@pytest.mark.parametrize(
    "moments",
    [
        ["2026-01-10T09:01:00+00:00", "2026-01-10T09:00:00+00:00"],
        ["2026-01-10T04:01:00-05:00", "2026-01-10T04:00:00-05:00"],
        [NINE + 60, NINE],
        [int(NINE + 60) * 1000, int(NINE) * 1000],
    ],
)
def test_get_metric_data_is_read_with_the_newest_first(moments: list[object]) -> None:
    (series,) = _read(_page(_result("m1", moments, [2.0, 1.0]))).series
    assert series.points == _minutes(1, 2)
    assert (series.id, series.label) == ("m1", "Label of m1")


FIRST = _result("m1", ["2026-01-10T09:00:00Z"], [1.0], StatusCode="PartialData")
SECOND = _result("m1", ["2026-01-10T09:01:00Z"], [2.0], StatusCode="Complete")


@pytest.mark.parametrize(
    "text",
    [
        _page(FIRST) + "\n" + _page(SECOND),
        _page(FIRST) + _page(SECOND),
        f"[{_page(FIRST)}, {_page(SECOND)}]",
        json.dumps([FIRST, SECOND]),
        "\n".join(json.dumps(each) for each in (FIRST, SECOND)),
        _page(FIRST, SECOND),
    ],
)
def test_pages_are_one_history_however_they_were_put_into_a_file(text: str) -> None:
    history = _read(text)
    (series,) = history.series
    assert series.points == _minutes(1, 2)
    assert history.notes == []


def test_a_last_page_that_is_partial_is_told() -> None:
    (note,) = _read(_page(FIRST)).notes
    assert "PartialData" in note


def test_a_null_in_values_is_missing() -> None:
    series = _one(_page(_result("m1", ["2026-01-10T09:00:00Z", "2026-01-10T09:01:00Z"], [None, 2.0])))
    assert series.empty == 1
    assert len(series.points) == 1


def test_a_result_whose_lists_are_null_is_one_without_figures() -> None:
    empty: dict[str, object] = {"Id": "m1", "Timestamps": None, "Values": None}
    assert "m1: there is no figure." in _read(_page(empty, SECOND | {"Id": "m2"})).notes


def test_a_result_without_figures_is_told_and_does_not_stand_in_the_way() -> None:
    history = _read(_page(_result("m1", [], []), SECOND | {"Id": "m2"}))
    assert [len(one.points) for one in history.series] == [0, 1]
    assert "m1: there is no figure." in history.notes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"MetricDataResults": [', "no JSON, or it ends early"),
        ('{"Datapoints": [], "Label": "x"}', "get-metric-statistics"),
        ('{"Metrics": []}', "MetricDataResults"),
        (_page(_result("m1", ["2026-01-10T09:00:00Z"], [])), "1 timestamps and 0 values"),
        (_page(_result("m1", ["yesterday"], [1.0])), "'yesterday' is no time"),
        (_page(_result("m1", ["2026-01-10T09:00:00"], [1.0])), "time zone"),
        (_page(_result("m1", ["2026-01-10T09:00:00Z"], ["many"])), "no number"),
        (_page(), "no result"),
        ('{"MetricDataResults": ["m1"]}', "no object with Id, Timestamps and Values"),
        (json.dumps(_result("m1", [], []) | {"Timestamps": "now", "Values": [1]}), "must be lists"),
    ],
)
def test_what_is_no_answer_of_get_metric_data_is_told(text: str, words: str) -> None:
    with pytest.raises(HistoryError, match=words):
        _read(text)


@pytest.mark.parametrize(
    ("steps", "spacing"),
    [
        ([60] * 20, 60),
        ([300] * 20, 300),
        ([3600] * 20, 3600),
        ([60, 60, 660, 60, 120, 60, 60, 3600, 60], 60),
        ([61, 59, 60, 60, 61, 59] * 4, 60),
        ([10] * 20, 10),
        ([86_400] * 3, 86_400),
        ([], None),
        ([0.37, 1.91, 0.53, 12.2, 0.71, 3.33], None),
    ],
)
def test_the_period_of_a_historys_figures_is_found(steps: list[float], spacing: float | None) -> None:
    moments = [NINE]
    for step in steps:
        moments.append(moments[-1] + step)
    series = _one("\n".join(f"{moment:.3f},1" for moment in moments))
    assert series.spacing == spacing


def test_gaps_are_found_and_a_period_more_is_none() -> None:
    moments = [0, 60, 120, 300, 360, 4000]
    series = _one("\n".join(f"{NINE + moment:.0f},1" for moment in moments))
    gaps = gaps_of(series, 60)
    assert [(gap.start - NINE, gap.end - NINE) for gap in gaps] == [(180, 300), (420, 4000)]


def test_files_with_the_same_series_are_one_history() -> None:
    whole = merged([_read("2026-01-10T09:01:00Z,2"), _read("2026-01-10T09:00:00Z,1\n2026-01-10T09:01:00Z,2")])
    (series,) = whole.series
    assert series.points == _minutes(1, 2)
    assert series.repeated == 1
