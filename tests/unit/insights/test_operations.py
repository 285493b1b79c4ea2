from datetime import UTC, datetime
from typing import Any

import pytest

from local.insights.operations import describe_dimension_keys, get_resource_metrics
from local.insights.sessions import History, Sample
from local.sandbox.aws.wire import AwsError
from tests.unit.insights.samples import history, session

START = 1_800_000_000
DUMP = session("COPY t TO stdout", application="pg_dump", user="somebody", wait="IO:DataFileRead")
READ = session("SELECT 7")
WRITE = session("UPDATE t SET x = 7", wait="Lock:tuple")


def _asked(**more: Any) -> dict[str, Any]:
    return {
        "ServiceType": "RDS",
        "Identifier": "db-PRIMARY",
        "StartTime": START,
        "EndTime": START + 4,
        "PeriodInSeconds": 1,
        "Metric": "db.load.avg",
        **more,
    }


def _keys(asked: dict[str, Any], found: History) -> list[tuple[Any, ...]]:
    answer: Any = describe_dimension_keys(asked, found)
    return [(*key["Dimensions"].values(), key["Total"]) for key in answer["Keys"]]


FOUR_SECONDS = history(
    Sample(START - 1, (READ,) * 9),
    Sample(START, (DUMP, READ)),
    Sample(START + 1, (DUMP, READ, WRITE)),
    Sample(START + 2, (DUMP,)),
    Sample(START + 3, ()),
    Sample(START + 4, (READ,) * 9),
)


def test_the_load_of_a_group_is_its_sessions_by_samples_of_the_time_asked_for() -> None:
    assert _keys(_asked(GroupBy={"Group": "db.application"}), FOUR_SECONDS) == [("ehr", 0.75), ("pg_dump", 0.75)]
    assert _keys(_asked(GroupBy={"Group": "db.user"}), FOUR_SECONDS)[1] == ("16384", "somebody", 0.75)


def test_the_busiest_come_first_and_only_so_many() -> None:
    asked = _asked(GroupBy={"Group": "db.sql", "Dimensions": ["db.sql.statement"], "Limit": 2})

    assert _keys(asked, FOUR_SECONDS) == [("COPY t TO stdout", 0.75), ("SELECT 7", 0.5)]


def test_pages_of_groups_fit_together() -> None:
    asked = _asked(GroupBy={"Group": "db.sql", "Dimensions": ["db.sql.statement"]}, MaxResults=2)
    first: Any = describe_dimension_keys(asked, FOUR_SECONDS)
    second: Any = describe_dimension_keys({**asked, "NextToken": first["NextToken"]}, FOUR_SECONDS)

    assert [len(first["Keys"]), len(second["Keys"])] == [2, 1]
    assert "NextToken" not in second


def test_a_filter_leaves_the_sessions_that_fit() -> None:
    asked = _asked(GroupBy={"Group": "db.wait_event"}, Filter={"db.application.name": "pg_dump"})

    assert _keys(asked, FOUR_SECONDS) == [("IO:DataFileRead", "IO", 0.75)]


def test_partitions_share_out_each_group() -> None:
    asked = _asked(
        GroupBy={"Group": "db.application"},
        PartitionBy={"Group": "db.wait_event", "Dimensions": ["db.wait_event.name"]},
    )
    answer: Any = describe_dimension_keys(asked, FOUR_SECONDS)

    waits = [key["Dimensions"]["db.wait_event.name"] for key in answer["PartitionKeys"]]
    shares = {
        key["Dimensions"]["db.application.name"]: dict(zip(waits, key["Partitions"], strict=True))
        for key in answer["Keys"]
    }
    assert shares["pg_dump"] == {"IO:DataFileRead": 0.75, "CPU": 0, "Lock:tuple": 0}
    assert shares["ehr"] == {"IO:DataFileRead": 0, "CPU": 0.5, "Lock:tuple": 0.25}


def test_long_statements_are_cut_off_and_still_found() -> None:
    long = session("SELECT " + "x" * 1000)
    found = history(Sample(START, (long,)))
    asked = _asked(GroupBy={"Group": "db.sql", "Dimensions": ["db.sql.statement"]})

    [(shown, _)] = _keys(asked, found)

    assert len(shown) == 500
    assert _keys({**asked, "Filter": {"db.sql.statement": shown}}, found) == [(shown, 1.0)]


def test_a_series_has_the_whole_first_and_no_point_where_nobody_looked() -> None:
    asked = _asked(
        MetricQueries=[{"Metric": "db.load.avg", "GroupBy": {"Group": "db.application"}}], EndTime=START + 10
    )
    answer: Any = get_resource_metrics(asked, FOUR_SECONDS)

    whole, ehr, dump = answer["MetricList"]
    assert whole["Key"] == {"Metric": "db.load.avg"}
    assert [point["Value"] for point in whole["DataPoints"]] == [2, 3, 1, 0, 9]
    assert ehr["Key"]["Dimensions"] == {"db.application.name": "ehr"}
    assert [point["Value"] for point in dump["DataPoints"]] == [1, 1, 1, 0, 0]
    assert whole["DataPoints"][0]["Timestamp"] == datetime.fromtimestamp(START + 1, UTC)


def test_a_point_may_be_named_by_the_beginning_of_its_period() -> None:
    asked = _asked(MetricQueries=[{"Metric": "db.load.avg"}], PeriodAlignment="START_TIME", PeriodInSeconds=60)
    answer: Any = get_resource_metrics(asked, FOUR_SECONDS)

    [series] = answer["MetricList"]
    assert answer["AlignedStartTime"] == datetime.fromtimestamp(START, UTC)
    assert [point["Timestamp"] for point in series["DataPoints"]] == [answer["AlignedStartTime"]]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"Metric": "os.cpuUtilization.user.avg"}, "Metric os.cpuUtilization.user.avg"),
        ({"GroupBy": {"Group": "db.nothing"}}, "GroupBy.Group db.nothing"),
        ({"GroupBy": {"Group": "db.user", "Dimensions": ["db.name"]}}, "db.name is not in the group db.user"),
        ({"PartitionBy": {"Group": "db.nothing"}}, "PartitionBy.Group db.nothing"),
        ({"Filter": {"db.sql.mood": "bad"}}, "db.sql.mood is no dimension"),
        ({"PeriodInSeconds": 7}, "not 7"),
        ({"EndTime": START}, "EndTime must be later"),
        ({"AdditionalMetrics": ["db.sql_tokenized.stats.calls_per_sec.avg"]}, "AdditionalMetrics"),
        ({"NextToken": "made-up"}, "NextToken"),
    ],
)
def test_what_aws_refuses_is_refused_and_named(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(AwsError, match=said) as refusal:
        describe_dimension_keys(_asked(**{"GroupBy": {"Group": "db.user"}, **wrong}), FOUR_SECONDS)
    assert refusal.value.code == "InvalidArgumentException"
