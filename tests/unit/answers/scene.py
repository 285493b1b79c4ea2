"""An activation with a leader and two nurses, and everything that an answer to it touches, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from functions.core.domain.answers.acknowledgement import OpenActivation
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.errors import QueueUnavailableError
from functions.core.domain.escalation.activation import Activation, LadderPlan, Rung
from functions.core.domain.escalation.ladder import Ladder
from functions.core.domain.escalation.step_name import step_id
from functions.core.domain.paging.pager_call import PagerAnswer, PagerCall
from functions.core.domain.receipts.callbacks import KeyPress
from functions.core.domain.routing.plan import Plan
from functions.core.services.acknowledge import Acknowledge
from functions.core.services.answer_text import AnswerText, IncomingText
from statline.contract.directory import ShiftTarget
from statline.contract.words import Channel, Kind, LadderState, Priority
from tests.fakes.acknowledgements import FakeAcknowledgements, FakeReplyBook
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.deliveries import a_delivery
from tests.fakes.directory import FakeDirectory
from tests.fakes.directory_changes import a_line
from tests.fakes.escalation import FakeEscalation, FakeLadders
from tests.fakes.notifications import FakeNotifications
from tests.fakes.queues import FakeOutbox

TENANT = "northshore"
LEADER, NURSE, SECOND_NURSE, BACKUP = "u-1", "u-2", "u-3", "u-4"
LINE = "+14165550199"
OURS = "+14165550100"
"""A lane's own number, which is no line."""
_RUNGS = tuple(
    Rung(round=1, step=step, who=(ShiftTarget(type="shift"),), channels=(Channel.SMS,), wait=60) for step in (1, 2)
)


def phone_of(user: str) -> str:
    return f"+1416555{int(user[2:]):04}"


def a_page(user: str, *roles: str, notification: str = "code-1", channel: Channel = Channel.SMS) -> Delivery:
    page = a_delivery(channel, Priority.STAT, notification=notification, recipient=user)
    return page.model_copy(update={"roles": roles, "kind": Kind.CODE, "address": phone_of(user)})


def a_plan(*deliveries: Delivery, notification: str = "code-1", code: str = "7Q4", **changes: Any) -> Plan:
    """A code to a leader and two nurses, each role with a ladder of two rungs. A step's plan has no activation."""
    ladders = tuple(LadderPlan(role=role, team="stroke", rungs=_RUNGS) for role in ("leader", "nurse"))
    plan = Plan(
        tenant=TENANT,
        notification=notification,
        digest="d",
        producer="ward-app",
        priority=Priority.STAT,
        kind=Kind.CODE,
        sent_at=NOON,
        routed_at=NOON,
        expires_at=NOON + timedelta(hours=1),
        deliveries=deliveries,
        activation=Activation(code=code, ladders=ladders),
    )
    return plan.model_copy(update=changes)


@dataclass
class FakePresses:
    """Remembers the keys that were pressed. ``away``: the queue takes nothing."""

    kept: list[KeyPress] = field(default_factory=list)
    away: bool = False

    def put(self, callback: KeyPress) -> None:
        if self.away:
            raise QueueUnavailableError("the receipts queue is away")
        self.kept.append(callback)


class Scene:
    """Everything around an answer."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.notifications = FakeNotifications()
        self.ladders = FakeLadders()
        self.answers = FakeAcknowledgements()
        self.escalation = FakeEscalation()
        self.book = FakeReplyBook()
        self.outbox = FakeOutbox()
        self.presses = FakePresses()
        self.calls: list[PagerCall] = []
        self.acknowledge = Acknowledge(self.notifications, self.ladders, self.answers, self.escalation, self.clock)
        self.answer_text = AnswerText(
            directory=FakeDirectory([a_line(LINE)]),
            page=self._page,
            reply_book=self.book,
            acknowledgements=self.answers,
            ladders=self.ladders,
            acknowledge=self.acknowledge,
            outbox=self.outbox,
            clock=self.clock,
        )
        self._texts = 0

    def activate(self, notification: str = "code-1", code: str = "7Q4", *, minutes: int = 0) -> Plan:
        """Page the team, as router and escalation do."""
        paged = [(LEADER, "leader"), (NURSE, "nurse"), (SECOND_NURSE, "nurse")]
        pages = [a_page(user, role, notification=notification) for user, role in paged]
        plan = self.notifications.keep(a_plan(*pages, notification=notification, code=code))
        self.enter(plan, code, opened_minutes=minutes)
        for role in ("leader", "nurse"):
            self.ladders.write(_ladder(notification, role))
        return plan

    def enter(self, plan: Plan, code: str, *, opened_minutes: int = 0) -> None:
        opened_at = NOON + timedelta(minutes=opened_minutes)
        self.clock.now = max(self.clock.now, opened_at)
        self.book.enter(
            [
                (
                    page.address,
                    OpenActivation(TENANT, plan.notification, page.key.recipient, code, opened_at, plan.expires_at),
                )
                for page in plan.deliveries
            ]
        )

    def share(self, number: str, user: str, code: str) -> None:
        """Somebody was paged on a phone that others are paged on, too."""
        opened = OpenActivation(TENANT, "code-1", user, code, NOON, NOON + timedelta(hours=1))
        self.book.enter([(number, opened)])

    def climb(self, role: str, user: str, *, step: int = 1, recorded: bool = True) -> None:
        """Page somebody by a step, whose plan is kept before the ladder says that it was climbed."""
        name = LadderPlan(role=role, rungs=_RUNGS).name(step)
        notification = step_id("code-1", name)
        page = a_page(user, role, notification=notification)
        self.notifications.keep(a_plan(page, notification=notification, activation=None))
        if recorded:
            ladder = self.ladders.stored[TENANT, "code-1", role]
            self.ladders.write(replace(ladder, at=step, revision=ladder.revision + 1))

    def end(self, notification: str, state: LadderState) -> None:
        for role in ("leader", "nurse"):
            ladder = self.ladders.stored[TENANT, notification, role]
            self.ladders.write(replace(ladder, state=state, revision=ladder.revision + 1))

    def text(self, body: str, user: str = LEADER, **changes: Any) -> IncomingText:
        """A new text of somebody to a lane's number."""
        self._texts += 1
        text = IncomingText(f"text-{self._texts}", phone_of(user), OURS, body, self.clock())
        return replace(text, **changes)

    def says(self, body: str, user: str = LEADER, **changes: Any) -> str:
        """What somebody is answered to a text; empty where nothing is."""
        return self.hears(self.text(body, user, **changes))

    def hears(self, text: IncomingText) -> str:
        """What the sender of this text is answered."""
        before = len(self.outbox.sent)
        self.answer_text(text)
        return " / ".join(sent.screen.body for sent in self.outbox.sent[before:])

    def _page(self, call: PagerCall) -> PagerAnswer:
        self.calls.append(call)
        return PagerAnswer("The one on call was paged; reference 9XK", "9XK", paged=True)

    @property
    def looked_at(self) -> Sequence[str]:
        return [look.activation for look in self.escalation.looks]


def _ladder(activation: str, role: str) -> Ladder:
    return Ladder(
        tenant=TENANT,
        activation=activation,
        role=role,
        state=LadderState.CLIMBING,
        revision=1,
        at=0,
        opened_at=NOON,
        due_at=NOON + timedelta(seconds=90),
        wake_at=NOON + timedelta(seconds=5),
        changed_at=NOON,
        expires_at=NOON + timedelta(hours=1),
    )
