"""Alarms, figures and on-call's ear, as these tests make them."""

import json
import time
import urllib.request
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from local.cloud import Cloud
from local.on_call import may_be_told_by
from tests.e2e.waiting import await_value
from tests.integration.local_cloud.resources import Clients

FINE = 10
"""Seconds: the period of alarms that are evaluated every ten seconds."""
TWO_LOOKS = 30.0
"""Seconds in which every alarm of high resolution was evaluated, whatever the moment is now."""


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


@dataclass(frozen=True)
class Bench:
    """A cloud with an evaluator. Figures have a namespace of their own."""

    cloud: Cloud
    clients: Clients
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
        """Publish values of the last periods by the second, the newest last and of the period that is over."""
        over = datetime.fromtimestamp(time.time() // every * every, UTC) - timedelta(seconds=every)
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

    def await_state(self, alarm: str, state: str, seconds: float = TWO_LOOKS) -> None:
        await_value(lambda: self.state(alarm) == state, seconds, f"{alarm} in {state}")

    def await_looks(self, looks: int = 1) -> None:
        """Return when the evaluator has looked so many times more."""
        before = self.health()["looks"]
        await_value(lambda: self.health()["looks"] >= before + looks, TWO_LOOKS, "a look of the evaluator")

    def health(self) -> Mapping[str, Any]:
        with urllib.request.urlopen(f"{self.cloud.alarms_url}/health", timeout=5) as answer:  # noqa: S310 (loopback)
            found: Mapping[str, Any] = json.load(answer)
        return found

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
