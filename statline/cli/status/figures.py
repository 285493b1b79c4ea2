"""Which figures a region's status is made of, and how old each may be to be told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.core.adapters.telemetry.embedded_metrics import NAMESPACE, Dimension, Metric
from statline.alarms.model import MetricKey, key_of
from statline.cli.figure_reading import Points, Wanted
from statline.contract.words import Channel, Priority

PROVIDERS: Mapping[Channel, str] = {Channel.PUSH: "fcm", Channel.SMS: "sms", Channel.VOICE: "connect"}
SECONDS: Mapping[Channel, str] = {Channel.SMS: "twilio"}
"""The provider beside a channel's first one, where the region has it."""
CALLS = (Metric.PROVIDER_ACCEPTED, Metric.PROVIDER_PUT_OFF, Metric.PROVIDER_REFUSED, Metric.PROVIDER_UNKNOWN)
LOOK_BACK = timedelta(hours=1)
LAST_MINUTES = timedelta(minutes=10)
_LAST_MINUTES = int(LAST_MINUTES.total_seconds())
_MINUTE = 60
_QUEUE_AGE = "ApproximateAgeOfOldestMessage"


@dataclass(frozen=True, slots=True)
class Asked:
    """One figure, and how far back its newest value may lie."""

    wanted: Wanted
    fresh: timedelta


class Figures:
    """What CloudWatch answered, asked by what is wanted."""

    def __init__(self, found: Mapping[Wanted, Points], now: datetime) -> None:
        self._found = found
        self._now = now.timestamp()

    def newest(self, asked: Asked) -> float | None:
        """The newest value; None where there is none, or only old ones."""
        points = self.within(asked)
        return points[-1][1] if points else None

    def total(self, asked: Asked) -> float | None:
        """The sum of the values that are new enough; None where there is none."""
        points = self.within(asked)
        return sum(value for _, value in points) if points else None

    def within(self, asked: Asked) -> Points:
        """The values that are new enough."""
        earliest = self._now - asked.fresh.total_seconds()
        return [point for point in self._found.get(asked.wanted, ()) if point[0] >= earliest]


@dataclass(frozen=True, slots=True)
class Questions:
    """The figures of one region."""

    region: str

    def outstanding(self, lane: Priority, channel: Channel) -> Asked:
        """The age of the oldest delivery that waits."""
        return self._ours(Metric.OLDEST_OUTSTANDING, "Maximum", timedelta(minutes=3), lane=lane, channel=channel)

    def accepted(self, lane: Priority, channel: Channel, statistic: str) -> Asked:
        """Seconds from the producer until a provider took it."""
        period = int(LAST_MINUTES.total_seconds())
        return self._ours(
            Metric.ACCEPTED_SECONDS, statistic, 2 * LAST_MINUTES, lane=lane, channel=channel, period=period
        )

    def routed(self, lane: Priority, statistic: str) -> Asked:
        """Seconds from the producer until it was routed."""
        return self._ours(Metric.ROUTED_SECONDS, statistic, 2 * LAST_MINUTES, lane=lane, period=_LAST_MINUTES)

    def arrived(self, lane: Priority, channel: Channel) -> Asked:
        """Whether the canaries arrived."""
        return self._ours(Metric.CANARY_ARRIVED, "Minimum", timedelta(minutes=3), lane=lane, channel=channel)

    def canary(self, lane: Priority, channel: Channel) -> Asked:
        """How long they took."""
        return self._ours(Metric.CANARY_SECONDS, "Maximum", timedelta(minutes=3), lane=lane, channel=channel)

    def calls(self, provider: str, answer: Metric) -> Asked:
        """How often a provider answered so."""
        return self._of_provider(answer, provider, "Sum", LAST_MINUTES)

    def demoted(self, provider: str) -> Asked:
        """Whether a provider is demoted; nothing of one that has none beside it."""
        return self._of_provider(Metric.PROVIDER_DEMOTED, provider, "Maximum", timedelta(minutes=3))

    @property
    def step_late(self) -> Asked:
        """How late steps of escalation were."""
        return self._ours(Metric.STEP_LATE_SECONDS, "Maximum", LOOK_BACK)

    @property
    def overdue(self) -> Asked:
        """How many ladders stood still."""
        return self._ours(Metric.LADDERS_OVERDUE, "Maximum", timedelta(minutes=3))

    @property
    def unanswered(self) -> Asked:
        """How many ladders ended without an answer."""
        return self._ours(Metric.LADDERS_EXHAUSTED, "Sum", LOOK_BACK)

    def queue_age(self, queue: str) -> Asked:
        """The age of a queue's oldest message."""
        key = key_of("AWS/SQS", _QUEUE_AGE, {"QueueName": queue})
        return Asked(Wanted(key, "Maximum", _MINUTE), timedelta(minutes=5))

    @property
    def directory_age(self) -> Asked:
        """How old the data was that the directory was compared with."""
        return self._ours(Metric.DIRECTORY_AGE, "Maximum", LOOK_BACK)

    @property
    def backup_age(self) -> Asked:
        """Hours since the last verified backup."""
        return self._ours(Metric.VERIFIED_BACKUP_AGE, "Minimum", timedelta(minutes=15))

    @property
    def backup_on_primary(self) -> Asked:
        """Whether one runs on the primary."""
        return self._ours(Metric.BACKUP_ON_PRIMARY, "Maximum", timedelta(minutes=5))

    def all(self, channels: Sequence[Channel], queues: Sequence[str]) -> Iterator[Wanted]:
        """Everything at once, for one call."""
        for lane in Priority:
            yield from (self.routed(lane, statistic).wanted for statistic in ("p50", "p95"))
            for channel in channels:
                yield self.outstanding(lane, channel).wanted
                yield from (self.accepted(lane, channel, statistic).wanted for statistic in ("p50", "p95"))
                yield from (self.arrived(lane, channel).wanted, self.canary(lane, channel).wanted)
        for provider in providers_of(channels):
            yield from (self.calls(provider, answer).wanted for answer in CALLS)
            yield self.demoted(provider).wanted
        yield from (asked.wanted for asked in (self.step_late, self.overdue, self.unanswered))
        yield from (self.queue_age(queue).wanted for queue in queues)
        yield from (asked.wanted for asked in (self.directory_age, self.backup_age, self.backup_on_primary))

    def _of_provider(self, metric: Metric, provider: str, statistic: str, fresh: timedelta) -> Asked:
        dimensions = {"Region": self.region, Dimension.PROVIDER.value: provider}
        return Asked(Wanted(key_of(NAMESPACE, metric.value, dimensions), statistic, _MINUTE), fresh)

    def _ours(
        self,
        metric: Metric,
        statistic: str,
        fresh: timedelta,
        *,
        lane: Priority | None = None,
        channel: Channel | None = None,
        period: int = _MINUTE,
    ) -> Asked:
        about = {Dimension.LANE.value: lane, Dimension.CHANNEL.value: channel}
        dimensions = {"Region": self.region} | {name: value.value for name, value in about.items() if value}
        key: MetricKey = key_of(NAMESPACE, metric.value, dimensions)
        return Asked(Wanted(key, statistic, period), fresh)


def providers_of(channels: Sequence[Channel]) -> list[str]:
    """The providers that these channels may have, the first ones first."""
    first = [PROVIDERS[channel] for channel in channels]
    return [*first, *(SECONDS[channel] for channel in channels if channel in SECONDS)]
