"""A model check of the router: workers die between any two effects, shifts change, stores go away, messages come twice.

What must hold at the end: every accepted message was routed or refused, every activation is looked at, the people paged
are those of one plan, and everybody of that plan has their deliveries on the queues.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.escalation.ladder import Look
from functions.core.domain.routing.admission import Ingress
from functions.core.domain.routing.plan import Plan
from functions.core.domain.routing.producers import Producer
from functions.core.domain.routing.refusals import Reason, Refusal
from functions.core.services.call_off import PATIENCE
from functions.core.services.route import Retry, RouteBatch
from statline.contract.words import Priority
from tests.fakes.acknowledgements import FakeAcknowledgements
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.directory import FakeDirectory
from tests.fakes.directory_changes import TENANT, a_device, a_phone, a_shift, a_team, a_user
from tests.fakes.escalation import FakeEscalation
from tests.fakes.messages import a_body, a_stand_down
from tests.fakes.notifications import FakeNotifications
from tests.fakes.queues import FakeOutbox, FakeQuarantine

PEOPLE = tuple(f"u-{n}" for n in range(6))
EFFECTS = ("keep", "kept", "send", "sent", "look", "aside", "refuse", "refused", "delete")
PRODUCERS = {"AROA1": Producer("ehr", frozenset({TENANT}), frozenset(Priority))}


class Killed(BaseException):
    """The worker's process is gone."""


@dataclass
class World:
    """The router's ports, each with the places where its worker may die."""

    clock: FakeClock = field(default_factory=FakeClock)
    directory: FakeDirectory = field(default_factory=FakeDirectory)
    plans: FakeNotifications = field(default_factory=FakeNotifications)
    outbox: FakeOutbox = field(default_factory=FakeOutbox)
    aside: FakeQuarantine = field(default_factory=FakeQuarantine)
    escalation: FakeEscalation = field(default_factory=FakeEscalation)
    answers: FakeAcknowledgements = field(default_factory=FakeAcknowledgements)
    queue: list[Ingress] = field(default_factory=list)
    crash_at: str | None = None

    def reach(self, effect: str) -> None:
        if self.crash_at == effect:
            self.crash_at = None
            raise Killed(effect)

    def keep(self, plan: Plan) -> Plan:
        self.reach("keep")
        kept = self.plans.keep(plan)
        self.reach("kept")
        return kept

    def find(self, tenant: str, notification: str) -> Plan | None:
        return self.plans.find(tenant, notification)

    def refuse(self, refusals: Sequence[Refusal]) -> None:
        self.reach("refuse")
        self.plans.refuse(refusals)
        self.reach("refused")

    def work(self) -> None:
        """One worker takes up to ten messages; what it does not settle stays on the queue."""
        taken = self.queue[:10]
        route = RouteBatch(
            self.directory,
            self,
            _Outbox(self),
            _Aside(self),
            PRODUCERS,
            self.clock,
            escalation=_Escalation(self),
            acknowledgements=self.answers,
        )
        try:
            answers = route(taken)
            self.reach("delete")
        except Killed:
            return
        for message, answer in zip(taken, answers, strict=True):
            if not isinstance(answer, Retry):
                self.queue.remove(message)


@dataclass
class _Outbox:
    world: World

    def send(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """Dies, if it must, with half of the deliveries sent."""
        self.world.reach("send")
        half = len(deliveries) // 2
        unsent = self.world.outbox.send(deliveries[:half])
        self.world.reach("sent")
        return [*unsent, *self.world.outbox.send(deliveries[half:])]


@dataclass
class _Escalation:
    world: World

    def look(self, looks: Sequence[Look]) -> None:
        self.world.reach("look")
        self.world.escalation.look(looks)


@dataclass
class _Aside:
    world: World

    def keep(self, body: str, reason: str) -> None:
        self.world.reach("aside")
        self.world.aside.keep(body, reason)


class Routing(RuleBasedStateMachine):
    """Random lives of messages to a team whose shifts change."""

    @initialize()
    def begin(self) -> None:
        self.world = World()
        self.world.directory.changes += [a_team()]
        for user in PEOPLE:
            self.world.directory.changes += [a_user(user), a_device(user), a_phone(user)]
        self.numbers = iter(range(10_000))
        self.accepted: dict[str, set[str]] = {}
        self.called_off: dict[str, set[str]] = {}

    @rule(number=st.integers(0, 5), title=st.sampled_from(["Bed 4", "Bed 5"]), good=st.booleans())
    def accept(self, number: int, title: str, good: bool) -> None:
        """A message for the team; sometimes with an id that another body has, sometimes from nobody that is known."""
        name, message_id = f"n-{number}", f"m-{next(self.numbers)}"
        body = a_body(id=name, priority="stat", kind="code", recipients=[{"type": "team", "id": "stroke"}],
                      content={"title": title}, expires_at=(NOON + timedelta(days=1)).isoformat())  # fmt: skip
        self.world.queue.append(Ingress(message_id, body, "AROA1:app" if good else "AIDA2", Priority.STAT))
        self.accepted.setdefault(name if good else "nobody", set()).add(message_id)

    @rule(number=st.integers(0, 5))
    def call_off(self, number: int) -> None:
        """Somebody calls an activation off, perhaps before it was routed, perhaps one that never was."""
        name, message_id = f"n-{number}", f"off-{next(self.numbers)}"
        body = a_stand_down(id=name)
        self.world.queue.append(Ingress(message_id, body, "AROA1:app", Priority.STAT))
        self.called_off.setdefault(name, set()).add(message_id)

    @rule()
    def duplicate(self) -> None:
        if self.world.queue:
            self.world.queue.append(self.world.queue[0])

    @rule(user=st.sampled_from(PEOPLE))
    def change_shift(self, user: str) -> None:
        shift, changes = a_shift(user), self.world.directory.changes
        changes.remove(shift) if shift in changes else changes.append(shift)

    @rule(crash_at=st.sampled_from([None, *EFFECTS]))
    def work(self, crash_at: str | None) -> None:
        self.world.crash_at = crash_at
        self.world.work()
        self.world.crash_at = None

    @rule(away=st.sampled_from(["directory", "plans", "aside", "outbox", "escalation", "answers"]))
    def work_while_something_is_away(self, away: str) -> None:
        if away == "outbox":
            self.world.outbox.closed = {(d.key.channel, d.priority) for p in self._plans() for d in p.deliveries[:1]}
        else:
            getattr(self.world, away).away = True
        self.world.work()
        for port in (self.world.directory, self.world.plans, self.world.aside):
            port.away = False
        self.world.escalation.away = self.world.answers.away = False
        self.world.outbox.closed = set()

    def _plans(self) -> list[Plan]:
        return list(self.world.plans.plans.values())

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        self.world.clock.advance(PATIENCE.total_seconds())
        for _ in range(len(self.world.queue) + 1):
            self.world.work()
        assert self.world.queue == []
        self._everything_was_answered()
        self._the_people_of_one_plan_were_paged()
        self._every_activation_is_looked_at()

    def _everything_was_answered(self) -> None:
        planned = {plan.notification for plan in self._plans()}
        refused = self.world.plans.refusals
        for name, messages in self.accepted.items():
            unanswered = {m for m in messages if m not in refused}
            assert not unanswered or name in planned
        for name, words in self.called_off.items():
            assert (TENANT, name) in self.world.answers.stood_down or words <= set(refused)
        assert {r.reason for r in refused.values()} <= {
            Reason.UNKNOWN_SENDER, Reason.ID_TAKEN, Reason.UNKNOWN_ACTIVATION
        }  # fmt: skip
        assert len(self.world.aside.kept) >= len(refused)

    def _the_people_of_one_plan_were_paged(self) -> None:
        sent: dict[str, set[str]] = {}
        for delivery in self.world.outbox.sent:
            sent.setdefault(delivery.key.notification, set()).add(delivery.key.id)
        assert sent == {p.notification: {d.key.id for d in p.deliveries} for p in self._plans() if p.deliveries}

    def _every_activation_is_looked_at(self) -> None:
        looked_at = {look.activation for look in self.world.escalation.looks}
        assert looked_at == {plan.notification for plan in self._plans() if plan.activation}


TestRouting = Routing.TestCase
TestRouting.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
