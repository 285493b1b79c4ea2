"""A house with lines and a pager, the real planning of its pages, and who holds the pager."""

from dataclasses import dataclass, field, replace
from typing import Any

from functions.core.domain.paging.pager_call import PagerAnswer, PagerCall
from functions.core.domain.routing.admission import Ingress
from functions.core.domain.routing.planning import plan_of
from functions.core.domain.routing.producers import EVERY_TENANT, Producer
from functions.core.services.page_by_number import PageByNumber
from functions.core.services.route import Answer, RouteBatch, read_snapshot
from statline.contract.directory import DirectoryChange
from statline.contract.notification import Notification
from statline.contract.words import Channel, Priority
from tests.fakes.acknowledgements import FakeAcknowledgements
from tests.fakes.clock import FakeClock
from tests.fakes.directory import FakeDirectory
from tests.fakes.directory_changes import (
    a_device,
    a_line,
    a_pager,
    a_phone,
    a_policy,
    a_step,
    a_team,
    a_user,
    an_escalation_policy,
)
from tests.fakes.doors import FakeDoors
from tests.fakes.escalation import FakeEscalation
from tests.fakes.notifications import FakeNotifications
from tests.fakes.queues import FakeOutbox, FakeQuarantine

LINE, SHARED, CALLER, SWITCHBOARD = "+14165550199", "+14165550198", "+14165550111", "+14165550100"
CALL = PagerCall(line=LINE, caller=CALLER, id="contact-1")
TO_ONE = an_escalation_policy("climb", a_step({"type": "user", "id": "u-2"}))
TEXT = replace(CALL, text="Mr Doe in bed 12 is short of breath")


@dataclass
class Scene:
    """A house with a line for pager 4471, a line for any pager, and a switchboard."""

    changes: list[DirectoryChange]
    clock: FakeClock = field(default_factory=FakeClock)
    doors: FakeDoors = field(default_factory=FakeDoors)
    channels: frozenset[Channel] = frozenset(Channel)

    def __post_init__(self) -> None:
        shared = a_line(SHARED, pager=None)
        self.directory = FakeDirectory([a_line(LINE), shared, a_policy(switchboard=SWITCHBOARD), *self.changes])

    @property
    def page(self) -> PageByNumber:
        return PageByNumber(self.directory, self.doors, self.clock, self.channels)

    def route(self) -> list[Answer]:
        """What the real router answers to what was sent."""
        route = RouteBatch(
            directory=self.directory,
            notifications=FakeNotifications(),
            acknowledgements=FakeAcknowledgements(),
            outbox=FakeOutbox(),
            escalation=FakeEscalation(),
            quarantine=FakeQuarantine(),
            producers={"pager": Producer("virtual_pager", frozenset({EVERY_TENANT}), frozenset(Priority))},
            clock=self.clock,
        )
        sent = [(message, message.model_dump_json()) for message in self.doors.sent]
        return route([Ingress(message.id, body, "pager:session", message.priority) for message, body in sent])

    def recipients(self) -> set[str]:
        """Whom the router would reach with what was sent, at this moment."""
        plans = [self.plan(message) for message in self.doors.sent]
        return {delivery.key.recipient for plan in plans for delivery in plan.deliveries}

    def plan(self, message: Notification) -> Any:
        now = self.clock()
        return plan_of(message, read_snapshot(self.directory, [message], now), producer="p", now=now)


def held_by_a_user() -> list[DirectoryChange]:
    return [a_pager(), a_user("u-1", name="Dr. Ada Lee"), a_phone("u-1"), a_device("u-1")]


def held_by_a_team(*more: DirectoryChange, **fields: Any) -> list[DirectoryChange]:
    return [a_pager("4471", "team", "stroke", **fields), a_team("stroke", name="Stroke"), *more]


def assert_nobody_is_said_to_be_paged(answer: PagerAnswer) -> None:
    assert not answer.paged
    assert not answer.reference
    assert "was paged" not in answer.said
    assert "switchboard" in answer.said
