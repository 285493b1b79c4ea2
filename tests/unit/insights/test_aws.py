"""What is asked of the cloud and told to it, on moto."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local.insights.aws import Cloud
from local.insights.figures import Interval
from local.insights.instances import instances_of
from tests.unit.insights.samples import instance
from tests.unit.insights.test_figures import AFTER, BEFORE

REGIONS = ("ca-central-1", "us-east-1")


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield


def _create(region: str, identifier: str) -> None:
    boto3.client("rds", region_name=region).create_db_instance(
        DBInstanceIdentifier=identifier,
        Engine="postgres",
        DBInstanceClass="db.t4g.medium",
        AllocatedStorage=20,
        MasterUsername="owner",
        MasterUserPassword="not-a-secret",
    )


def test_instances_of_every_region_are_found() -> None:
    for region in REGIONS:
        _create(region, "statline-primary")

    found = asyncio.run(Cloud(REGIONS).instances())

    assert found is not None
    assert [(each.region, each.identifier) for each in found] == [(region, "statline-primary") for region in REGIONS]
    assert all(each.resource_id.startswith("db-") for each in found)


def test_an_instance_is_what_rds_says_of_it() -> None:
    described = {
        "DBInstanceIdentifier": "statline-replica",
        "DbiResourceId": "db-X",
        "Endpoint": {"Address": "127.0.0.1", "Port": 6001},
        "ReadReplicaSourceDBInstanceIdentifier": "statline-primary",
        "ReadReplicaDBInstanceIdentifiers": [],
        "AllocatedStorage": 20,
        "PerformanceInsightsEnabled": True,
    }

    [found] = instances_of("ca-central-1", [described])

    assert (found.port, found.storage_gib, found.has_insights) == (6001, 20, True)
    assert (found.is_replica, found.has_replicas) == (True, False)


@pytest.mark.parametrize("endpoint", [None, {}, {"Address": "statline-primary.example"}])
def test_an_instance_that_is_only_coming_is_none_yet(endpoint: dict[str, Any] | None) -> None:
    described = {"DBInstanceIdentifier": "statline-primary", "DbiResourceId": "db-X", "Endpoint": endpoint}

    assert instances_of("ca-central-1", [described]) == []


def test_figures_are_published_for_the_instance_in_its_region() -> None:
    interval = Interval(instance(), BEFORE, replace(AFTER, connections=17), ())

    asyncio.run(Cloud(REGIONS).publish(interval))

    now = datetime.now(UTC)
    question: Any = {
        "Namespace": "AWS/RDS",
        "MetricName": "DatabaseConnections",
        "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": "statline-primary"}],
        "StartTime": now - timedelta(minutes=5),
        "EndTime": now + timedelta(minutes=5),
        "Period": 60,
        "Statistics": ["Maximum"],
    }
    here, elsewhere = (
        boto3.client("cloudwatch", region_name=region).get_metric_statistics(**question)["Datapoints"]
        for region in REGIONS
    )
    assert [point["Maximum"] for point in here] == [17]
    assert elsewhere == []


def test_a_cloud_that_does_not_answer_is_said_and_lived_through(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "")
    cloud = Cloud(REGIONS)

    assert asyncio.run(cloud.instances()) is None
    asyncio.run(cloud.publish(Interval(instance(), BEFORE, AFTER, ())))

    assert "DescribeDBInstances failed" in (said := capsys.readouterr().err)
    assert "PutMetricData failed" in said
