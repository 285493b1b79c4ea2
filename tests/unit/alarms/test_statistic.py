"""CloudWatch's statistics over a period's samples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statline.alarms.errors import UnknownStatisticError
from statline.alarms.model import Sample
from statline.alarms.statistic import statistic_of

TEN = [Sample(0, float(value)) for value in range(1, 11)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SampleCount", 10),
        ("Sum", 55),
        ("Average", 5.5),
        ("Minimum", 1),
        ("Maximum", 10),
        ("p0", 1),
        ("p50", 5),
        ("p90", 9),
        ("p90.1", 10),
        ("p99.9", 10),
        ("p100", 10),
        ("tm90", 5),
        ("tc90", 9),
        ("ts90", 45),
        ("wm90", 5.4),
        ("TM(10%:90%)", 5.5),
        ("TM(:95%)", 5.5),
        ("TM(3:7)", 5.5),
        ("TC(3:7)", 4),
        ("TC(:3)", 3),
        ("TS(80%:)", 19),
        ("WM(2:8)", 5.3),
        ("IQM", 5.5),
        ("PR(:3)", 30),
        ("PR(2:4)", 20),
        ("PR(9:)", 10),
    ],
)
def test_a_statistic_of_one_to_ten_is_what_the_definitions_say(name: str, value: float) -> None:
    assert statistic_of(name).of(TEN) == pytest.approx(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("SampleCount", 100), ("Sum", 1_090), ("Average", 10.9), ("p99", 10), ("p99.5", 100), ("tm99", 10)],
)
def test_a_weight_counts_as_so_many_samples(name: str, value: float) -> None:
    assert statistic_of(name).of([Sample(0, 100), Sample(1, 10, weight=99)]) == pytest.approx(value)


@pytest.mark.parametrize("name", ["p90", "tm90", "TC(:10)", "wm90", "PR(:10)", "IQM"])
def test_percentiles_and_trimmed_statistics_of_negative_values_do_not_exist(name: str) -> None:
    assert statistic_of(name).of([Sample(0, -1), Sample(1, 5)]) is None


@pytest.mark.parametrize(
    "name", ["Median", "average", "p101", "p", "tm", "TM(10%)", "TM(10%:90)", "TM(:)", "PR(10%:)", "p99;", "iqm", ""]
)
def test_what_is_no_statistic_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(UnknownStatisticError, match=repr(name).replace("(", r"\(").replace(")", r"\)")):
        statistic_of(name)


@pytest.mark.parametrize(("name", "fewest"), [("p99", 1000), ("p50", 20), ("p90", 100), ("p10", 100), ("p25", 40)])
def test_a_percentile_needs_as_many_samples_as_aws_says(name: str, fewest: float) -> None:
    assert statistic_of(name).fewest == fewest


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30), st.integers(0, 100))
def test_the_greatest_of_a_trimmed_mean_is_the_percentile(values: list[int], share: int) -> None:
    samples = [Sample(0, float(value)) for value in values]
    percentile = statistic_of(f"p{share}").of(samples)
    not_above = sum(value <= percentile for value in values) if percentile is not None else 0
    assert percentile in values
    assert not_above * 100 >= share * len(values)


@given(st.sampled_from(["Sum", "SampleCount", "Average", "p90", "tm90", "TC(1:9)", "PR(:5)"]), st.floats(0, 100))
def test_a_lone_sample_has_the_statistic_of_a_period_with_one(name: str, value: float) -> None:
    sample = Sample(0, value, weight=3)
    assert statistic_of(name).lone(sample) == statistic_of(name).of([sample])
