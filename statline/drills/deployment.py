"""What is simulated: a region as its synthesized templates have it, with its alarms, queues and database."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from statline.alarms.errors import AlarmError
from statline.alarms.model import Alarm, MetricAlarm, MetricKey
from statline.alarms.template import alarms_in
from statline.contract.words import Channel, Priority
from statline.drills.errors import TemplatesError

Template = Mapping[str, Any]
INGRESS = "ingress"
_STACK = re.compile(r"^.*?-(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)-[A-Za-z]+\.template\.json$")
_ROLES = ("primary", "replica")
_GIB = 2.0**30
_USUAL_ROUND = 900.0
_USUAL_RATES: Mapping[str, float] = {"fcm": 600_000.0, "sms": 6_000.0, "connect": 60.0, "twilio": 6_000.0}
_SECONDS: Mapping[Channel, str] = {Channel.SMS: "twilio"}


@dataclass(frozen=True, slots=True)
class Queue:
    """One work queue. visibility: seconds. receives: how many before a message is a dead letter.

    at_once: how many messages its function works on at a time, over all its environments.
    """

    name: str
    visibility: float
    receives: int
    at_once: int


@dataclass(frozen=True, slots=True)
class Instance:
    """One database instance: what its storage and its server are set up for. storage, memory: bytes.

    iops: of its storage. most: what its server lets through; sustained: and for longer than half an hour.
    """

    identifier: str
    iops: float
    most: float
    sustained: float
    connections: float
    storage: float
    memory: float


@dataclass(frozen=True, slots=True)
class Deployment:
    """A region of a deployment. channels: those it has. databases: by role, empty where there is none.

    rates: the calls a minute that each provider takes from us.
    """

    region: str
    alarms: Sequence[Alarm]
    queues: Mapping[str, Queue]
    channels: tuple[Channel, ...]
    databases: Mapping[str, Instance]
    rates: Mapping[str, float]

    @property
    def metrics(self) -> frozenset[MetricKey]:
        """Every metric that an alarm reads."""
        return frozenset(
            query.metric for alarm in metric_alarms(self.alarms) for query in alarm.queries if query.metric
        )

    @property
    def seconds(self) -> Mapping[Channel, str]:
        """The second providers that the region has, by their channels: alarms read whether they are demoted."""
        read = {
            value
            for metric in self.metrics
            if metric.name == "ProviderDemoted"
            for name, value in metric.dimensions
            if name == "Provider"
        }
        return {channel: second for channel, second in _SECONDS.items() if second in read}

    @property
    def reconciled_every(self) -> float:
        """Seconds between two rounds of the directory's reconcile: its alarms look as often."""
        rounds = [
            float(alarm.period)
            for alarm in metric_alarms(self.alarms)
            for query in alarm.queries
            if query.metric is not None and query.metric.name == "DirectoryAgeSeconds"
        ]
        return min(rounds, default=_USUAL_ROUND)

    def queue(self, stage: str, lane: Priority) -> Queue:
        """The queue before a stage."""
        name = f"statline-{stage}-{lane}"
        found = self.queues.get(name)
        if found is None:
            raise TemplatesError(f"{self.region}: the templates have no queue {name}; synthesize them anew")
        return found


def metric_alarms(alarms: Sequence[Alarm]) -> Iterator[MetricAlarm]:
    """The alarms on figures, without the composites."""
    return (alarm for alarm in alarms if isinstance(alarm, MetricAlarm))


def regions_in(folder: Path) -> list[str]:
    """The regions that a folder has templates of."""
    found = (_STACK.match(path.name) for path in sorted(folder.glob("*.template.json")))
    return sorted({match["region"] for match in found if match})


def read_deployment(folder: Path, region: str | None = None) -> Deployment:
    """The region's deployment as a folder of `cdk synth` has it; without a region, the first one.

    Raises TemplatesError, which says how to make the templates.
    """
    regions = regions_in(folder)
    if not regions:
        raise TemplatesError(
            f"{folder}: there are no synthesized templates here. Make them in the checkout with"
            " `.venv/bin/python app.py` (or `cdk synth`; about 15 s), or name their folder with --templates."
        )
    chosen = region or regions[0]
    if chosen not in regions:
        raise TemplatesError(f"{folder}: there are no templates of {chosen}; it has {', '.join(regions)}")
    return deployment_of([_parsed(path) for path in _templates(folder, chosen)], chosen)


def deployment_of(templates: Sequence[Template], region: str) -> Deployment:
    """The region's deployment, from its parsed templates."""
    try:
        alarms = alarms_in(templates, region)
    except AlarmError as cause:
        raise TemplatesError(f"{region}: an alarm of the templates cannot be read: {cause}") from cause
    if not alarms:
        raise TemplatesError(f"{region}: the templates have no alarms; is the stack Monitoring among them?")
    queues = _queues(templates)
    channels = tuple(channel for channel in Channel if f"statline-{channel}-stat" in queues)
    return Deployment(region, tuple(alarms), queues, channels, _databases(alarms), _rates(alarms))


def _templates(folder: Path, region: str) -> Iterator[Path]:
    for path in sorted(folder.glob("*.template.json")):
        match = _STACK.match(path.name)
        if match and match["region"] == region:
            yield path


def _parsed(path: Path) -> Template:
    try:
        content: Template = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as cause:
        raise TemplatesError(f"{path}: this is no template ({cause}); synthesize it anew") from cause
    return content


def _resources(templates: Sequence[Template], kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for template in templates:
        for logical_id, resource in template.get("Resources", {}).items():
            if resource["Type"] == kind:
                yield logical_id, resource.get("Properties", {})


def _queues(templates: Sequence[Template]) -> Mapping[str, Queue]:
    at_once = _at_once(templates)
    return {
        properties["QueueName"]: Queue(
            name=properties["QueueName"],
            visibility=float(properties.get("VisibilityTimeout", 30)),
            receives=int(properties["RedrivePolicy"]["maxReceiveCount"]),
            at_once=at_once.get(logical_id, 1),
        )
        for logical_id, properties in _resources(templates, "AWS::SQS::Queue")
        if "RedrivePolicy" in properties and isinstance(properties.get("QueueName"), str)
    }


def _at_once(templates: Sequence[Template]) -> Mapping[str, int]:
    """By a queue's logical id, how many messages its mapping lets be in work."""
    exported = {
        output["Export"]["Name"]: output["Value"]
        for template in templates
        for output in template.get("Outputs", {}).values()
        if "Export" in output
    }
    found: dict[str, int] = {}
    for _, mapping in _resources(templates, "AWS::Lambda::EventSourceMapping"):
        source = mapping.get("EventSourceArn", {})
        if "Fn::ImportValue" in source:
            source = exported.get(source["Fn::ImportValue"], {})
        if "Fn::GetAtt" in source:
            concurrency = int(mapping.get("ScalingConfig", {}).get("MaximumConcurrency", 5))
            found[source["Fn::GetAtt"][0]] = concurrency * int(mapping.get("BatchSize", 10))
    return found


def _databases(alarms: Sequence[Alarm]) -> Mapping[str, Instance]:
    """The instances that alarms watch. How large they are, the alarms' texts tell: a watched database is in no
    template, and a threshold may be the very thing that is wrong.
    """
    found: dict[str, Instance] = {}
    for role in _ROLES:
        watching = [alarm for alarm in metric_alarms(alarms) if _reads_instance(alarm) and f" {role} " in alarm.name]
        if watching:
            texts = " ".join(alarm.description for alarm in watching)
            size = {name: _size(pattern, texts, usual) for name, (pattern, usual) in _SIZES.items()}
            found[role] = Instance(
                next(name for alarm in watching for name in _instances_of(alarm)),
                iops=size["iops"],
                most=size["most"],
                sustained=size["sustained"],
                connections=size["connections"],
                storage=size["storage"] * _GIB,
                memory=size["memory"] * _GIB,
            )
    return found


def _rates(alarms: Sequence[Alarm]) -> Mapping[str, float]:
    texts = " ".join(alarm.description for alarm in alarms)
    return {
        provider: _size(re.compile(rf"\b{provider} takes ([\d.]+) calls a minute"), texts, usual)
        for provider, usual in _USUAL_RATES.items()
    }


def _instances_of(alarm: MetricAlarm) -> Iterator[str]:
    for query in alarm.queries:
        if query.metric is not None and query.metric.namespace == "AWS/RDS":
            yield from (value for name, value in query.metric.dimensions if name == "DBInstanceIdentifier")


def _reads_instance(alarm: MetricAlarm) -> bool:
    return any(True for _ in _instances_of(alarm))


_SIZES: Mapping[str, tuple[re.Pattern[str], float]] = {
    "iops": (re.compile(r"of its ([\d.]+) IOPS"), 12_000.0),
    "most": (re.compile(r"of the ([\d.]+) IOPS that its instance class lets through"), 40_000.0),
    "sustained": (re.compile(r"the ([\d.]+) IOPS that its instance class sustains"), 1e6),
    "connections": (re.compile(r"of the ([\d.]+) connections"), 800.0),
    "storage": (re.compile(r"of its ([\d.]+) GiB free"), 400.0),
    "memory": (re.compile(r"of its ([\d.]+) GiB to spare"), 16.0),
}
"""How an alarm's text tells a size, and what is usual where none does."""


def _size(pattern: re.Pattern[str], text: str, usual: float) -> float:
    match = pattern.search(text)
    return float(match[1]) if match else usual
