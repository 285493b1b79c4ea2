"""What the watchers ask of the cloud: which instances there are; and tell it: their figures."""

import asyncio
import sys
from collections.abc import Mapping
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local.insights.figures import Interval, figures_of
from local.insights.instances import Instance, instances_of

NAMESPACE = "AWS/RDS"
_ONCE = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 1})


class Cloud:
    """The emulator, in some regions. It may be away: then nobody is found and nothing is told, which stderr says."""

    def __init__(self, regions: tuple[str, ...]) -> None:
        session = botocore.session.get_session()
        self._databases = {region: _client(session, "rds", region) for region in regions}
        self._metrics = {region: _client(session, "cloudwatch", region) for region in regions}

    async def instances(self) -> list[Instance] | None:
        """Every instance with an endpoint; None when the cloud did not say."""
        try:
            return await asyncio.to_thread(self._instances)
        except (BotoCoreError, ClientError) as problem:
            _complain("DescribeDBInstances", problem)
            return None

    async def publish(self, interval: Interval) -> None:
        """Put an instance's figures into CloudWatch."""
        try:
            await asyncio.to_thread(self._publish, interval)
        except (BotoCoreError, ClientError) as problem:
            _complain("PutMetricData", problem)

    def _instances(self) -> list[Instance]:
        return [
            instance
            for region, client in self._databases.items()
            for page in client.get_paginator("describe_db_instances").paginate()
            for instance in instances_of(region, page["DBInstances"])
        ]

    def _publish(self, interval: Interval) -> None:
        self._metrics[interval.instance.region].put_metric_data(Namespace=NAMESPACE, MetricData=data_of(interval))


def data_of(interval: Interval) -> list[Mapping[str, Any]]:
    """An interval's figures as `PutMetricData` takes them."""
    dimensions = [{"Name": "DBInstanceIdentifier", "Value": interval.instance.identifier}]
    return [
        {"MetricName": figure.name, "Dimensions": dimensions, "Value": value, "Unit": figure.unit}
        for figure, value in figures_of(interval)
    ]


def _client(session: Any, service: str, region: str) -> Any:
    return session.create_client(service, region_name=region, config=_ONCE)


def _complain(what: str, problem: Exception) -> None:
    sys.stderr.write(f"insights: {what} failed: {problem}\n")
    sys.stderr.flush()
