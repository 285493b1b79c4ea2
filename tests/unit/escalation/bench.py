"""One activation on a bench: the real use cases over tables and queues in memory, timers that come at their moment."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from functions.core.domain.answers.acknowledgement import Acknowledgement, StoodDown, Word
from functions.core.domain.delivering.delivery import Delivery, DeliveryKey
from functions.core.domain.delivering.record import Attempt, DeliveryRecord, first_record
from functions.core.domain.delivering.states import State
from functions.core.domain.escalation.climbing import Region
from functions.core.domain.escalation.ladder import Asked, Ladder
from functions.core.domain.routing.plan import Plan
from functions.core.services.escalate import Escalate
from functions.core.services.fall_silent import FallSilent
from functions.core.services.fire_step import FireStep
from statline.contract.directory import DirectoryChange
from statline.contract.words import Answer, Channel, LadderState, Via
from tests.fakes.acknowledgements import FakeAcknowledgements, FakeReplyBook
from tests.fakes.activations import an_activation, stroke_team
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.delivery_states import FakeDeliveryStates
from tests.fakes.directory import FakeDirectory
from tests.fakes.escalation import FakeEscalation, FakeLadders
from tests.fakes.notifications import FakeNotifications
from tests.fakes.queues import FakeOutbox


@dataclass
class FakeCalls:
    """Remembers which calls were ended."""

    stopped: list[str] = field(default_factory=list)

    def stop(self, provider_ids: Sequence[str]) -> None:
        self.stopped += provider_ids


@dataclass
class FakeFigures:
    """Remembers what was told."""

    late: list[float] = field(default_factory=list)
    ends: list[tuple[str, LadderState, bool]] = field(default_factory=list)
    swept: list[int] = field(default_factory=list)

    def step_late(self, step: Plan, late: timedelta) -> None:
        self.late.append(late.total_seconds())

    def ended(self, ladder: Ladder, *, unanswered: bool) -> None:
        self.ends.append((ladder.role, ladder.state, unanswered))

    def overdue(self, ladders: int) -> None:
        self.swept.append(ladders)


class Bench:
    """A stroke team's activation. Nothing is delivered but what a test says."""

    def __init__(self, changes: Sequence[DirectoryChange] = (), *, second: str = "", **fields: object) -> None:
        self.clock = FakeClock()
        self.directory = FakeDirectory([*changes, *stroke_team()])
        self.notifications = FakeNotifications()
        self.states = FakeDeliveryStates()
        self.ladders = FakeLadders(notifications=self.notifications)
        self.answers = FakeAcknowledgements(self.states)
        self.book = FakeReplyBook()
        self.timers = FakeEscalation()
        self.outbox = FakeOutbox()
        self.calls = FakeCalls()
        self.figures = FakeFigures()
        self.plan = an_activation(changes, **fields)
        self.notifications.keep(self.plan)
        region = Region(frozenset(Channel), {Channel.SMS: second} if second else {})
        self.escalate = Escalate(
            notifications=self.notifications,
            states=self.states,
            ladders=self.ladders,
            acknowledgements=self.answers,
            escalation=self.timers,
            fire=FireStep(self.directory, self.notifications, self.book, self.outbox, region, self.clock),
            silent=FallSilent(self.notifications, self.states, self.calls, self.outbox, self.clock),
            figures=self.figures,
            clock=self.clock,
        )

    # what happens

    def look(self, **asked: object) -> None:
        """Somebody asks for a look."""
        self.escalate(replace(Asked(self.plan.tenant, self.plan.notification), **asked))  # type: ignore[arg-type]

    def run(self, seconds: float) -> None:
        """Time passes. Every timer comes at its moment."""
        end = self.clock() + timedelta(seconds=seconds)
        while due := sorted(self._armed(), key=lambda moment: moment)[:1]:
            if due[0] > end:
                break
            self.clock.now = max(due[0], self.clock())
            self.timers.looks = [each for each in self.timers.looks if each.wake_at != due[0]]
            self.look(timers=frozenset(due), told=False)
        self.clock.now = end

    def move(self, deliveries: Sequence[Delivery], state: State, provider_id: str = "p-1") -> None:
        """A channel's worker brought these so far, at once."""
        now = self.clock()
        for delivery in deliveries:
            stored = self.states.stored.get(delivery.key)
            record = first_record(delivery, State.SENDING, now) if stored is None else stored
            moved = replace(
                record,
                state=state,
                revision=stored.revision + 1 if stored else 1,
                changed_at=now,
                attempts=(*record.attempts, Attempt(record.attempt + 1, now, "fake", "said", provider_id)),
            )
            assert self.states.write([moved]) == [moved]

    def accept(self, user: str, *roles: str, via: Via = Via.KEY) -> None:
        """Somebody accepts, as the acknowledger stores it, and has the activation looked at."""
        for role in roles:
            self.answers.acknowledge(
                Acknowledgement(self.plan.tenant, self.plan.notification, role, user, via, self.clock())
            )
        self._say(user, roles, Answer.ACCEPT, via)

    def decline(self, user: str, *roles: str, via: Via = Via.KEY) -> None:
        self._say(user, roles, Answer.DECLINE, via)

    def stand_down(self) -> None:
        self.answers.stand_down(StoodDown(self.plan.tenant, self.plan.notification, "ward-app", self.clock()))
        self.look()

    def _say(self, user: str, roles: tuple[str, ...], answer: Answer, via: Via) -> None:
        self.answers.note(Word(self.plan.tenant, self.plan.notification, user, roles, answer, via, self.clock()))
        self.look()

    # what is found

    def ladder(self, role: str = "lead") -> Ladder:
        return self.ladders.stored[self.plan.tenant, self.plan.notification, role]

    def page(self, role: str = "lead") -> list[Delivery]:
        """What was sent at first for a role."""
        return [delivery for delivery in self.plan.deliveries if role in delivery.roles]

    def step(self, name: str) -> Plan:
        """The plan of a step, by a name like ``lead~1~1``."""
        return self.notifications.plans[self.plan.tenant, f"{self.plan.notification}~{name}"]

    @property
    def steps(self) -> list[str]:
        """The steps that were kept, in their order."""
        before = f"{self.plan.notification}~"
        return [name.removeprefix(before) for _, name in self.notifications.plans if name.startswith(before)]

    def seconds(self, moment: datetime) -> float:
        """Seconds since noon."""
        return (moment - NOON).total_seconds()

    def fired_at(self, role: str = "lead") -> list[float]:
        """When a role's ladder climbed, in seconds since noon."""
        return [
            self.seconds(each.opened_at)
            for before, each in zip([None, *self.history(role)], self.history(role), strict=False)
            if before is not None and each.at == before.at + 1
        ]

    def history(self, role: str = "lead") -> list[Ladder]:
        return [each for each in self.ladders.history if each.role == role]

    def record(self, delivery: Delivery) -> DeliveryRecord:
        return self.states.stored[delivery.key]

    def state(self, key: DeliveryKey) -> State | None:
        found = self.states.stored.get(key)
        return found.state if found else None

    def _armed(self) -> list[datetime]:
        return [each.wake_at for each in self.timers.looks if each.wake_at is not None]


def people(plan: Plan) -> list[str]:
    """Whom a plan pages, each once."""
    return list(dict.fromkeys(delivery.key.recipient for delivery in plan.deliveries))
