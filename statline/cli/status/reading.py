"""Reads a region's status: one batch of figures, the alarms, and the counts of its queues. It changes nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from statline.alarms.model import State
from statline.cli.alarms.states import Standing, behind, speaking, standings, unheard
from statline.cli.figure_reading import read_figures
from statline.cli.status.figures import CALLS, LOOK_BACK, SECONDS, Figures, Questions, providers_of
from statline.cli.status.model import (
    INGRESS,
    EscalationStanding,
    ProviderStanding,
    QueueStanding,
    RouterStanding,
    Status,
    WayStanding,
)
from statline.client.connecting import PATIENCE
from statline.client.errors import QueueNotFoundError
from statline.client.posting import Post
from statline.contract.words import Channel, Priority

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_sqs import SQSClient

_AT_ONCE = 8
_PREFIX, _DEAD = "statline-", "-dlq"
_LANES = tuple(reversed(Priority))
"""The most pressing first."""
_WORKED_OFF = ("escalation", "receipts", "receipt-deadlines", "roll-calls", "directory-changes")
_BESIDE = (*(name for one in _WORKED_OFF for name in (one, f"{one}{_DEAD}")), "quarantine", "lost-events")


class NoQueuesError(Exception):
    """The region has none of Statline's queues."""


@dataclass(frozen=True, slots=True)
class _Count:
    waiting: int
    in_flight: int

    @property
    def total(self) -> int:
        return self.waiting + self.in_flight


_NOTHING = _Count(0, 0)


class StatusReader:
    """Reads one region as often as it is asked to. Raises what boto3 raises, and `NoQueuesError`."""

    def __init__(
        self,
        region: str,
        sqs: "SQSClient",
        cloudwatch: "CloudWatchClient",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._region = region
        self._now = now
        self._sqs = sqs
        self._cloudwatch = cloudwatch
        self._post = Post(sqs)
        self._missing: set[str] = set()

    def read(self) -> Status:
        """The region now."""
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="status") as pool:
            alarms = pool.submit(standings, self._cloudwatch)
            counts = self._counts(pool, _names())
            channels = [channel for channel in Channel if f"{channel}-{Priority.STAT}" in counts]
            if not channels:
                raise NoQueuesError(
                    f"{self._region} has none of Statline's queues: nothing is deployed, or not for these credentials"
                )
            now = self._now()
            questions = Questions(self._region)
            work = [f"{_PREFIX}{name}" for name in counts if not name.endswith(_DEAD)]
            found = read_figures(self._cloudwatch, questions.all(channels, work), now - LOOK_BACK, now)
            return _status(_Answers(questions, Figures(found, now), counts, channels), alarms.result(), now)

    def _counts(self, pool: ThreadPoolExecutor, names: Iterable[str]) -> Mapping[str, _Count]:
        wanted = [name for name in names if name not in self._missing]
        found = dict(zip(wanted, pool.map(self._count, wanted), strict=True))
        self._missing |= {name for name, count in found.items() if count is None}
        return {name: count for name, count in found.items() if count is not None}

    def _count(self, name: str) -> _Count | None:
        try:
            url = self._post.url(f"{_PREFIX}{name}")
        except QueueNotFoundError:
            return None
        counted = self._sqs.get_queue_attributes(
            QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        )["Attributes"]
        return _Count(
            int(counted["ApproximateNumberOfMessages"]), int(counted["ApproximateNumberOfMessagesNotVisible"])
        )


def _names() -> list[str]:
    lanes = [f"{stage}-{lane}" for stage in (INGRESS, *Channel) for lane in Priority]
    return [*lanes, *(f"{name}{_DEAD}" for name in lanes), *_BESIDE]


@dataclass(frozen=True, slots=True)
class _Answers:
    """Everything that was read, and what it was asked with."""

    questions: Questions
    figures: Figures
    counts: Mapping[str, _Count]
    channels: Sequence[Channel]

    def queue(self, name: str) -> QueueStanding:
        count, dead = self.counts.get(name, _NOTHING), self.counts.get(f"{name}{_DEAD}", _NOTHING)
        oldest = self.figures.newest(self.questions.queue_age(f"{_PREFIX}{name}"))
        return QueueStanding(count.waiting, count.in_flight, dead.total, oldest)

    def routers(self) -> list[RouterStanding]:
        return [self._router(lane) for lane in _LANES]

    def _router(self, lane: Priority) -> RouterStanding:
        median, p95 = (self.figures.newest(self.questions.routed(lane, statistic)) for statistic in ("p50", "p95"))
        return RouterStanding(lane, median, p95, self.queue(f"{INGRESS}-{lane}"))

    def ways(self) -> list[WayStanding]:
        return [self._way(lane, channel) for lane in _LANES for channel in self.channels]

    def _way(self, lane: Priority, channel: Channel) -> WayStanding:
        asked, figures = self.questions, self.figures
        arrived = figures.newest(asked.arrived(lane, channel))
        return WayStanding(
            lane=lane,
            channel=channel,
            outstanding=figures.newest(asked.outstanding(lane, channel)),
            median=figures.newest(asked.accepted(lane, channel, "p50")),
            p95=figures.newest(asked.accepted(lane, channel, "p95")),
            arrived=None if arrived is None else arrived > 0,
            canary=figures.newest(asked.canary(lane, channel)),
            queue=self.queue(f"{channel}-{lane}"),
        )

    def providers(self) -> list[ProviderStanding]:
        """Those that a channel has; and a second one, where somebody says whether it is demoted."""
        found = [self._provider(name) for name in providers_of(self.channels)]
        seconds = SECONDS.values()
        return [one for one in found if one.name not in seconds or one.calls is not None or one.demoted is not None]

    def escalation(self) -> EscalationStanding:
        asked, figures = self.questions, self.figures
        late = [value for _, value in figures.within(asked.step_late)]
        overdue = figures.newest(asked.overdue)
        return EscalationStanding(
            late=max(late, default=None),
            overdue=None if overdue is None else int(overdue),
            unanswered=int(figures.total(asked.unanswered) or 0),
        )

    def _provider(self, name: str) -> ProviderStanding:
        counted = [self.figures.total(self.questions.calls(name, answer)) for answer in CALLS]
        said = self.figures.newest(self.questions.demoted(name))
        demoted = None if said is None else said > 0
        if all(count is None for count in counted):
            return ProviderStanding(name, None, None, demoted)
        accepted, *errors = (int(count or 0) for count in counted)
        return ProviderStanding(name, accepted + sum(errors), sum(errors), demoted)


def _status(answers: _Answers, alarms: Mapping[str, Standing], now: datetime) -> Status:
    told = speaking(alarms)
    questions, figures = answers.questions, answers.figures
    on_primary = figures.newest(questions.backup_on_primary)
    return Status(
        region=questions.region,
        at=now,
        routers=answers.routers(),
        ways=answers.ways(),
        providers=answers.providers(),
        escalation=answers.escalation(),
        speaking=told,
        causes={one.name: behind(one, alarms) for one in told},
        quiet=unheard(alarms, told),
        alarms=len(alarms),
        silent=sum(one.state is State.INSUFFICIENT_DATA for one in alarms.values()),
        directory_age=_directory_age(questions, figures, now),
        backup_age=figures.newest(questions.backup_age),
        backup_on_primary=None if on_primary is None else on_primary > 0,
        beside={name: answers.counts[name].total for name in _BESIDE if name in answers.counts},
    )


def _directory_age(questions: Questions, figures: Figures, now: datetime) -> float | None:
    """Older by as long as nobody has compared it since."""
    points = figures.within(questions.directory_age)
    if not points:
        return None
    moment, age = points[-1]
    return age + max(0.0, now.timestamp() - moment)


def reader_of(region: str) -> StatusReader:
    """The reader of a region, with the usual credentials."""
    patient = Config(max_pool_connections=2 * _AT_ONCE).merge(PATIENCE)
    return StatusReader(
        region,
        boto3.client("sqs", region_name=region, config=patient),
        boto3.client("cloudwatch", region_name=region, config=patient),
    )
