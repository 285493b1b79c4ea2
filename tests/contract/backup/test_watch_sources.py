"""What the detector asks of RDS, Performance Insights and SNS, by AWS's own models, and what it says of silence."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from functions.backup_watch.finding import Level
from functions.backup_watch.insights import Insights
from functions.backup_watch.letters import Letter
from functions.backup_watch.ports import By, CannotSeeError, OnCallUnreachableError
from functions.backup_watch.rds_list import RdsList
from functions.backup_watch.snapshots import Snapshot
from functions.backup_watch.topics import Topics
from tests.fakes.clock import NOON, FakeClock

_SNAPSHOT = {"DBSnapshotIdentifier": "by-hand", "SnapshotType": "manual", "Status": "creating"}
_ID = "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@contextmanager
def _stubbed(service: str) -> Iterator[tuple[Any, Stubber]]:
    make: Any = boto3.client
    client = make(service, region_name="ca-central-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        yield client, stub
        stub.assert_no_pending_responses()


class Named:
    """What Performance Insights call the primary."""

    asked = 0

    def insights_id(self) -> str:
        self.asked += 1
        return _ID


def test_every_kind_of_snapshot_is_asked_for_because_rds_hides_aws_backups_own() -> None:
    with _stubbed("rds") as (client, stub):
        for kind in ("automated", "manual", "awsbackup"):
            found = (
                [{**_SNAPSHOT, "SnapshotType": kind, "SnapshotCreateTime": NOON}] if kind != "manual" else [_SNAPSHOT]
            )
            asked = {"DBInstanceIdentifier": "the-primary", "SnapshotType": kind}
            stub.add_response("describe_db_snapshots", {"DBSnapshots": found}, asked)
        listed = RdsList(client, "the-primary").of_primary()
    assert [(snapshot.kind, snapshot.begun_at) for snapshot in listed] == [
        ("automated", NOON),
        ("manual", None),
        ("awsbackup", NOON),
    ]


def test_a_copy_of_a_snapshot_is_known_by_its_source() -> None:
    copied = {**_SNAPSHOT, "SourceDBSnapshotIdentifier": "arn:aws:rds:ca-central-1:1:snapshot:rds:x"}
    with _stubbed("rds") as (client, stub):
        for found in ([copied], [], []):
            stub.add_response("describe_db_snapshots", {"DBSnapshots": found})
        (snapshot,) = RdsList(client, "the-primary").of_primary()
    assert snapshot == Snapshot(name="by-hand", kind="manual", status="creating", begun_at=None, is_copy=True)


def test_rds_that_gives_no_answer_is_said_with_its_code() -> None:
    with _stubbed("rds") as (client, stub):
        stub.add_client_error("describe_db_snapshots", "AccessDenied")
        with pytest.raises(CannotSeeError, match=r"the-primary.*AccessDenied"):
            RdsList(client, "the-primary").of_primary()


def test_insights_that_are_off_are_said_in_words() -> None:
    off = {"DBInstances": [{"DbiResourceId": _ID, "PerformanceInsightsEnabled": False}]}
    with _stubbed("rds") as (client, stub):
        stub.add_response("describe_db_instances", off)
        with pytest.raises(CannotSeeError, match="Performance Insights are off on the-primary"):
            RdsList(client, "the-primary").insights_id()


def _insights(client: Any, instance: Named | None = None) -> Insights:
    return Insights(client, instance or Named(), FakeClock())


def test_the_load_is_asked_for_second_by_second_so_that_the_running_minute_is_in_it() -> None:
    asked = {
        "ServiceType": "RDS",
        "Identifier": _ID,
        "Metric": "db.load.avg",
        "StartTime": NOON - timedelta(minutes=2),
        "EndTime": NOON,
        "PeriodInSeconds": 1,
        "GroupBy": {"Group": "db.application", "Dimensions": ["db.application.name"], "Limit": 25},
    }
    keys = [{"Dimensions": {"db.application.name": "pg_dump"}, "Total": 0.4}, {"Dimensions": {}, "Total": 0.1}]
    with _stubbed("pi") as (client, stub):
        stub.add_response("describe_dimension_keys", {"Keys": keys}, asked)
        shares = _insights(client).by(By.APPLICATION)
    assert [(share.values[By.APPLICATION], share.load) for share in shares] == [("pg_dump", 0.4), ("", 0.1)]


def test_users_are_split_by_their_addresses_and_parts_without_load_are_left_out() -> None:
    answer = {
        "PartitionKeys": [{"Dimensions": {"db.host.id": "10.0.4.17"}}, {"Dimensions": {"db.host.name": "ward-7"}}],
        "Keys": [
            {"Dimensions": {"db.user.name": "reports"}, "Total": 1.0, "Partitions": [1.0, 0.0]},
            {"Dimensions": {"db.user.name": "app"}, "Total": 0.5, "Partitions": [0.0, 0.5]},
        ],
    }
    with _stubbed("pi") as (client, stub):
        stub.add_response("describe_dimension_keys", answer)
        shares = _insights(client).by_both(By.USER, By.HOST, only=(By.APPLICATION, "pg_dump"))
    assert [(share.values[By.USER], share.values[By.HOST]) for share in shares] == [
        ("reports", "10.0.4.17"),
        ("app", "ward-7"),
    ]


def _points(*loads: float) -> list[dict[str, object]]:
    first = NOON - timedelta(minutes=len(loads))
    return [{"Timestamp": first + timedelta(minutes=n), "Value": load} for n, load in enumerate(loads)]


@pytest.mark.parametrize(
    ("loads", "began"),
    [
        ((0, 0, 1, 1, 1), NOON - timedelta(minutes=3)),
        ((1, 1, 0, 0, 1), NOON - timedelta(minutes=1)),
        ((0, 1, 1, 0, 0), NOON - timedelta(minutes=4)),
        ((1, 1, 1, 1, 1), NOON - timedelta(minutes=5)),
        ((0, 0, 0, 0, 0), NOON),
        ((), NOON),
    ],
)
def test_a_session_began_where_its_work_has_no_pause_any_more(loads: tuple[float, ...], began: datetime) -> None:
    answer = {"Identifier": _ID, "MetricList": [{"Key": {"Metric": "db.load.avg"}, "DataPoints": _points(*loads)}]}
    with _stubbed("pi") as (client, stub):
        stub.add_response("get_resource_metrics", answer)
        assert _insights(client).began((By.APPLICATION, "pg_dump")) == began


def test_after_an_error_rds_is_asked_again_what_insights_call_the_instance() -> None:
    instance = Named()
    with _stubbed("pi") as (client, stub):
        insights = _insights(client, instance)
        stub.add_response("describe_dimension_keys", {"Keys": []})
        stub.add_client_error("describe_dimension_keys", "NotAuthorizedException")
        stub.add_response("describe_dimension_keys", {"Keys": []})
        insights.by(By.STATEMENT)
        with pytest.raises(CannotSeeError, match="NotAuthorizedException"):
            insights.by(By.STATEMENT)
        insights.by(By.STATEMENT)
    assert instance.asked == 2


def test_a_letter_goes_to_its_levels_topic_and_a_topic_that_takes_nothing_is_said() -> None:
    topics = {Level.PAGE: "arn:aws:sns:ca-central-1:1:statline-page", Level.TICKET: "arn:aws:sns:x:1:t"}
    with _stubbed("sns") as (client, stub):
        asked = {"TopicArn": topics[Level.PAGE], "Subject": "s", "Message": "t"}
        stub.add_response("publish", {"MessageId": "1"}, asked)
        stub.add_client_error("publish", "KMSAccessDenied", expected_params={**asked, "TopicArn": ANY})
        told = Topics(client, topics)
        told.tell(Level.PAGE, Letter("s", "t"))
        with pytest.raises(OnCallUnreachableError):
            told.tell(Level.TICKET, Letter("s", "t"))
