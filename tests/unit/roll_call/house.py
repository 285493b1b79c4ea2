"""A team whose roll is called: planned by the real planning, kept in the fakes."""

from dataclasses import dataclass, field

from functions.core.domain.answers.acknowledgement import Acknowledgement, Word
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.record import Worker, first_claim, first_record
from functions.core.domain.delivering.states import State
from functions.core.domain.paging.roll_call import RollCall, roll_call_of
from functions.core.domain.routing.plan import Plan
from functions.core.domain.routing.planning import plan_of
from functions.core.services.route import read_snapshot
from functions.core.services.see_roll_call import SeeRollCall
from statline.contract.directory import DirectoryChange
from statline.contract.words import Answer, Channel, Via
from tests.fakes.acknowledgements import FakeAcknowledgements
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.delivery_states import FakeDeliveryStates
from tests.fakes.directory import FakeDirectory
from tests.fakes.directory_changes import TENANT, a_device, a_phone, a_shift, a_team, a_user
from tests.fakes.notifications import FakeNotifications

TEAM = "stroke"


def somebody(user: str, *, device: bool = True, phone: bool = True) -> list[DirectoryChange]:
    """A person on shift."""
    changes: list[DirectoryChange] = [a_user(user), a_shift(user, team=TEAM)]
    return changes + ([a_device(user)] if device else []) + ([a_phone(user)] if phone else [])


@dataclass
class House:
    """``changes``: who is on shift."""

    changes: list[DirectoryChange]
    clock: FakeClock = field(default_factory=FakeClock)
    notifications: FakeNotifications = field(default_factory=FakeNotifications)
    states: FakeDeliveryStates = field(default_factory=FakeDeliveryStates)
    answers: FakeAcknowledgements = field(default_factory=FakeAcknowledgements)

    @property
    def see(self) -> SeeRollCall:
        return SeeRollCall(self.notifications, self.states, self.answers)

    def call(self) -> Plan:
        """Have the router plan the roll call of noon, and keep it."""
        message = roll_call_of(TENANT, TEAM, NOON, sent_at=NOON)
        directory = FakeDirectory([a_team(TEAM), *self.changes])
        plan = plan_of(message, read_snapshot(directory, [message], NOON), producer="roll_call", now=NOON)
        return self.notifications.keep(plan)

    def seen(self) -> RollCall:
        plan = next(iter(self.notifications.plans.values()))
        found = self.see(TENANT, plan.notification)
        assert found is not None
        return found

    def becomes(self, plan: Plan, user: str, channel: Channel, state: State, reason: str = "") -> None:
        """Record what became of one delivery."""
        delivery = delivery_to(plan, user, channel)
        if state is State.EXPIRED:
            self.states.write([first_record(delivery, state, NOON, reason=reason)])
            return
        claimed = first_claim(delivery, Worker("w", "p", NOON))
        steps = [claimed]
        if state in {State.DELIVERED, State.UNDELIVERED}:
            steps.append(claimed.moved(State.ACCEPTED, NOON))
        if state is not State.SENDING:
            steps.append(steps[-1].moved(state, NOON, reason=reason))
        for step in steps:
            self.states.write([step])

    def says(self, user: str, answer: Answer) -> None:
        """What the acknowledger stores."""
        notification, role = next(iter(self.notifications.plans.values())).notification, f"person/{user}"
        if answer is Answer.ACCEPT:
            self.answers.acknowledge(Acknowledgement(TENANT, notification, role, user, Via.APP, NOON))
        self.answers.note(Word(TENANT, notification, user, (role,), answer, Via.APP, NOON))


def delivery_to(plan: Plan, user: str, channel: Channel) -> Delivery:
    return next(d for d in plan.deliveries if (d.key.recipient, d.key.channel) == (user, channel))
