"""A region around the canary, in memory: the real router and the real channels' use case, over fakes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from functions.canary.canaries import APART, EVERY
from functions.canary.ports import SwitchOutOfReachError
from functions.canary.seeing import Seen
from functions.canary.settings import TENANT
from functions.canary.watch import CanaryWatch
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.errors import QueueUnavailableError, StatlineError
from functions.core.domain.routing.admission import Ingress
from functions.core.domain.routing.producers import Producer
from functions.core.services.deliver import DeliverBatch
from functions.core.services.follow_up import FollowUp
from functions.core.services.route import Answer, RouteBatch
from statline.contract.directory import DirectoryChange
from statline.contract.notification import Notification
from statline.contract.words import Channel, Priority
from tests.fakes.acknowledgements import FakeAcknowledgements
from tests.fakes.clock import FakeClock
from tests.fakes.delivery_states import FakeDeliveryStates
from tests.fakes.directory import FakeDirectory
from tests.fakes.escalation import FakeEscalation
from tests.fakes.notifications import FakeNotifications
from tests.fakes.provider_standings import the_only
from tests.fakes.providers import FakeProvider
from tests.fakes.queues import FakeOutbox, FakeQuarantine, FakeReceiptDeadlines
from tests.unit.delivering.ward import FakeAddressBook

ROLE = "AROACANARY"
ADDRESSES = {Channel.PUSH: "token-of-the-test-device", Channel.SMS: "+14165550150", Channel.VOICE: "+14165550151"}
WAYS = {(lane, channel) for lane in Priority for channel in Channel}


@dataclass
class FakeTicks:
    """Remembers for which minutes ticks were sent."""

    minutes: list[datetime] = field(default_factory=list)

    def send(self, minute: datetime) -> None:
        self.minutes.append(minute)


@dataclass
class FakeIngress:
    """Remembers what was sent. ``away``: no queue takes anything."""

    sent: list[Notification] = field(default_factory=list)
    away: bool = False

    def send(self, lane: Priority, notifications: Sequence[Notification]) -> None:
        if self.away:
            raise QueueUnavailableError("the ingress queues are away")
        assert {each.priority for each in notifications} <= {lane}
        self.sent += notifications


@dataclass
class FakeDirectoryChanges:
    """Applies changes at once. ``away``: the queue takes nothing. ``told`` counts how often changes came."""

    directory: FakeDirectory
    told: int = 0
    away: bool = False

    def tell(self, changes: Iterable[DirectoryChange]) -> None:
        if self.away:
            raise QueueUnavailableError("the queue is away")
        self.told += 1
        self.directory.changes = list(changes)


@dataclass
class FakeSwitch:
    """Counts its calls. ``broken``: it does not answer. ``sent_by_then``: see `FakeIngress`, at the last call."""

    ingress: FakeIngress
    calls: int = 0
    broken: bool = False
    sent_by_then: int = 0

    def call(self) -> None:
        self.calls += 1
        self.sent_by_then = len(self.ingress.sent)
        if self.broken:
            raise SwitchOutOfReachError("the dead-man's switch did not answer")


@dataclass
class FakeReport:
    """Remembers what was said."""

    seen: list[Seen] = field(default_factory=list)
    failures: list[StatlineError] = field(default_factory=list)

    def saw(self, seen: Sequence[Seen]) -> None:
        self.seen += seen

    def failed(self, what: StatlineError) -> None:
        self.failures.append(what)


class House:
    """The canary, and the way of its notifications up to the phones."""

    def __init__(self, real_every_minutes: Mapping[Channel, int] | None = None) -> None:
        self.clock = FakeClock()
        self.states = FakeDeliveryStates()
        self.provider = FakeProvider()
        self.ticks, self.ingress, self.report = FakeTicks(), FakeIngress(), FakeReport()
        self.switch = FakeSwitch(self.ingress)
        self.directory = FakeDirectoryChanges(FakeDirectory())
        self.quarantine = FakeQuarantine()
        self._notifications, self._outbox = FakeNotifications(), FakeOutbox()
        self.watch = CanaryWatch(
            addresses=ADDRESSES,
            real_every_minutes=real_every_minutes or {},
            states=self.states,
            ticks=self.ticks,
            ingress=self.ingress,
            directory=self.directory,
            switch=self.switch,
            report=self.report,
            clock=self.clock,
        )

    def route(self) -> list[Answer]:
        """The router works off the ingress queues."""
        producers = {ROLE: Producer("statline-canary", frozenset({TENANT}), frozenset(Priority))}
        ports = (self.directory.directory, self._notifications, self._outbox, self.quarantine)
        batch = [
            Ingress(f"m-{number}", each.model_dump_json(exclude_defaults=True), f"{ROLE}:x", each.priority)
            for number, each in enumerate(self.ingress.sent)
        ]
        self.ingress.sent.clear()
        looks, answers = FakeEscalation(), FakeAcknowledgements()
        return RouteBatch(*ports, producers, self.clock, escalation=looks, acknowledgements=answers)(batch)

    def deliver(self) -> list[Delivery]:
        """The channels work off theirs; answers what they worked off."""
        use_case = DeliverBatch(
            states=self.states,
            providers=the_only(self.provider, self.clock),
            outbox=self._outbox,
            follow_up=FollowUp(FakeReceiptDeadlines(), FakeEscalation()),
            address_book=FakeAddressBook(),
            clock=self.clock,
        )
        batch, self._outbox.sent = self._outbox.sent, []
        for number, delivery in enumerate(batch):
            use_case([delivery], f"worker-{number}")
        return batch

    def tick(self, moment: datetime | None = None) -> None:
        """A tick comes, now or for another moment."""
        self.watch.tick(moment or self.clock.now)

    def work_off(self) -> list[Delivery]:
        """Everything is routed and delivered; answers what was delivered."""
        self.route()
        return self.deliver()

    def run(self, seconds: int) -> list[Delivery]:
        """Ticks come and all is worked off, for so many seconds; answers what was delivered."""
        delivered = []
        for _ in range(0, seconds, APART.seconds):
            self.tick()
            delivered += self.work_off()
            self.clock.advance(APART.seconds)
        return delivered

    def seen_from(self, moment: datetime) -> dict[tuple[Priority, Channel], bool]:
        """Whether the canaries of each lane's first turn from a moment on arrived, as it was said."""
        return {
            (seen.canary.lane, seen.canary.channel): seen.arrived
            for seen in self.report.seen
            if moment <= seen.canary.moment < moment + EVERY
        }
