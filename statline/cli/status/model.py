"""A region as it stands, as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from statline.cli.alarms.states import Standing
from statline.contract.words import Channel, Priority

INGRESS = "ingress"


@dataclass(frozen=True, slots=True)
class QueueStanding:
    """What lies in a queue, and dead behind it. oldest: seconds, as CloudWatch has it; None: it has nothing."""

    waiting: int
    in_flight: int
    dead: int
    oldest: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WayStanding:
    """One lane of one channel. Seconds; None where CloudWatch has no figure.

    outstanding: the age of the oldest delivery that waits for us. arrived: whether the last canaries did. canary: how
    long they took.
    """

    lane: Priority
    channel: Channel
    outstanding: float | None
    median: float | None
    p95: float | None
    arrived: bool | None
    canary: float | None
    queue: QueueStanding


@dataclass(frozen=True, slots=True)
class RouterStanding:
    """The router on one lane. median, p95: seconds from the producer until it was routed."""

    lane: Priority
    median: float | None
    p95: float | None
    queue: QueueStanding


@dataclass(frozen=True, slots=True)
class ProviderStanding:
    """A provider's answers of the last minutes; None where it was not called.

    demoted: whether another is taken in its place; None where there is no other.
    """

    name: str
    calls: int | None
    errors: int | None
    demoted: bool | None = None

    @property
    def share(self) -> float | None:
        """The share of calls that it did not take over, 0 to 1."""
        return self.errors / self.calls if self.calls and self.errors is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationStanding:
    """What becomes of activations; None where CloudWatch has no figure.

    late: the most seconds that a step of the last hour came late. overdue: ladders that stand still, as the last sweep
    found them. unanswered: ladders of the last hour that ended without an answer; 0 is what no figure means.
    """

    late: float | None
    overdue: int | None
    unanswered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One region at one moment.

    speaking: alarms that tell somebody. causes: those in ALARM behind each, by its name. quiet: those in ALARM that
    nobody is told of. silent: how many have no data. directory_age: seconds. backup_age: hours since the last verified
    backup. beside: what lies in the queues that are no lane's, by name.
    """

    region: str
    at: datetime
    routers: Sequence[RouterStanding]
    ways: Sequence[WayStanding]
    providers: Sequence[ProviderStanding]
    escalation: EscalationStanding
    speaking: Sequence[Standing]
    causes: Mapping[str, Sequence[Standing]]
    quiet: Sequence[Standing]
    alarms: int
    silent: int
    directory_age: float | None
    backup_age: float | None
    backup_on_primary: bool | None
    beside: Mapping[str, int]

    @property
    def queues(self) -> Sequence[QueueStanding]:
        """Every lane's queues."""
        return [*(router.queue for router in self.routers), *(way.queue for way in self.ways)]
