"""Alarms, figures and on-call's ear, as these tests make them."""

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.alarms.account import Account
from local.alarms.feed import Feed
from local.alarms.watching import Watching
from local.cloud import Cloud
from local.cloud.environment import ADMIN, aws_environment
from local.on_call import may_be_told_by
from tests.integration.local_cloud.resources import Clients

FINE = 10
"""Seconds: the period of alarms that are evaluated every ten seconds."""
SOON = 30.0
"""Seconds in which whatever comes every second has come, on a busy machine too."""


def named(what: str) -> str:
    """A name that no other test has."""
    return f"{what} {uuid.uuid4().hex[:8]}"


@dataclass(frozen=True)
class Ear:
    """A queue that a topic tells."""

    sqs: Any
    url: str
    topic: str
    heard: list[str] = field(default_factory=list)

    def listen(self) -> list[str]:
        """Everything that was heard so far, as ``alarm STATE``."""
        answer = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            said = json.loads(json.loads(message["Body"])["Message"])
            self.heard.append(f"{said['AlarmName']} {said['NewStateValue']}")
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return self.heard


class Evaluator:
    """The evaluator of `local.alarms` beside a cloud, which looks when a test says so and waits for no clock.

    now: the moment of its next look, in seconds of the epoch. A look is ten seconds after the one before.
    """

    def __init__(self, cloud: Cloud) -> None:
        self.now = time.time() // FINE * FINE
        self.lines: list[str] = []
        feed = Feed(cloud.endpoint, str(cloud.certificate))
        self._watching = Watching(feed, lambda region: _account(cloud, region), self.lines.append, patience=0)

    def look(self) -> None:
        """Evaluate what is due now."""
        self._watching.look(self.now)
        self.now += FINE

    def watched(self, region: str) -> int:
        """How many alarms of a region it knows."""
        return self._watching.sizes[region]


def _account(cloud: Cloud, region: str) -> Account:
    """A region's CloudWatch, as an evaluator with this cloud's environment finds it."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in aws_environment(cloud, ADMIN).items():
            environment.setenv(name, value)
        return Account(region)


@dataclass(frozen=True)
class Bench:
    """A cloud with an evaluator. Figures have a namespace of their own."""

    cloud: Cloud
    clients: Clients
    evaluator: Evaluator
    namespace: str = field(default_factory=lambda: f"test-{uuid.uuid4().hex[:8]}")

    @property
    def cloudwatch(self) -> Any:
        return self.clients("cloudwatch")

    def ear(self) -> Ear:
        sns, sqs = self.clients("sns"), self.clients("sqs")
        topic = sns.create_topic(Name=f"on-call-{uuid.uuid4().hex[:8]}")["TopicArn"]
        url = sqs.create_queue(QueueName=f"ear-{uuid.uuid4().hex[:8]}")["QueueUrl"]
        queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(may_be_told_by([topic], queue))})
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
        return Ear(sqs, url, topic)

    def above(self, name: str, metric: str, threshold: float = 0.0, **properties: Any) -> str:
        """Make an alarm on a metric without dimensions, evaluated every ten seconds; return its name."""
        given = {
            "Namespace": self.namespace,
            "MetricName": metric,
            "Period": FINE,
            "Statistic": "Maximum",
            "Threshold": threshold,
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "TreatMissingData": "ignore",
            **properties,
        }
        self.cloudwatch.put_metric_alarm(AlarmName=name, **given)
        return name

    def put(self, metric: str, values: Sequence[float], every: int = FINE) -> None:
        """Publish values of the last periods, the newest last and of the period that is over at the next look."""
        over = datetime.fromtimestamp(self.evaluator.now // every * every, UTC) - timedelta(seconds=every)
        data = [
            {
                "MetricName": metric,
                "Value": value,
                "StorageResolution": 1,
                "Timestamp": over - age * timedelta(seconds=every),
            }
            for age, value in enumerate(reversed(values))
        ]
        self.cloudwatch.put_metric_data(Namespace=self.namespace, MetricData=data)

    def state(self, alarm: str) -> str:
        found = self.cloudwatch.describe_alarms(AlarmNames=[alarm], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        [described] = found["MetricAlarms"] or found["CompositeAlarms"]
        return str(described["StateValue"])

    def state_after_a_look(self, alarm: str) -> str:
        """An alarm's state when the evaluator has looked once more."""
        self.evaluator.look()
        return self.state(alarm)

    def values(
        self, namespace: str, metric: str, dimensions: Mapping[str, str], statistic: str = "Sum"
    ) -> Sequence[float]:
        """A statistic of each second that has figures, the newest last."""
        now = datetime.now(UTC)
        found = self.cloudwatch.get_metric_statistics(
            Namespace=namespace,
            MetricName=metric,
            Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(minutes=1),
            Period=1,
            Statistics=[statistic],
        )
        points = sorted(found["Datapoints"], key=lambda point: point["Timestamp"])
        return [float(point[statistic]) for point in points]
