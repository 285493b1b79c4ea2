"""Fire one step of a ladder: ask who is there now, keep the plan, let replies find it, send it.

A step that was kept is never planned anew: a worker that died after that is followed by one that sends the kept plan.

    died before                 is found next time             and ends as
    the plan is kept            nothing                        a new plan
    the phones are entered      the plan                       the same phones
    all deliveries are sent     the plan                       the same deliveries again; channels know them
"""

from collections.abc import Iterator
from dataclasses import dataclass

from functions.core.domain.answers.acknowledgement import OpenActivation
from functions.core.domain.delivering.standing import ways_of
from functions.core.domain.directory.entries import Snapshot
from functions.core.domain.errors import QueueUnavailableError
from functions.core.domain.escalation.climbing import Region, Step, plan_of_step, teams_of, users_of
from functions.core.domain.ports.clock import Clock
from functions.core.domain.ports.delivering import Outbox
from functions.core.domain.ports.directory import Directory
from functions.core.domain.ports.escalation import ReplyBook
from functions.core.domain.ports.routing import Notifications
from functions.core.domain.routing.plan import Plan
from statline.contract.words import Channel

ANSWERED_BY = frozenset({Channel.SMS, Channel.VOICE})
"""A text may come back from a phone that was called."""


@dataclass(frozen=True, slots=True)
class FireStep:
    """The use case, with its ports."""

    directory: Directory
    notifications: Notifications
    reply_book: ReplyBook
    outbox: Outbox
    region: Region
    clock: Clock

    def __call__(self, step: Step) -> Plan:
        """Have a step's people paged, and answer its plan: the one that was kept first, whoever kept it.

        Raises `StoreUnavailableError`, `QueueUnavailableError`: the step is to be fired again.
        """
        plan = self.notifications.find(step.plan.tenant, step.id) or self.notifications.keep(self._planned(step))
        enter_phones(self.reply_book, step.plan, plan)
        unsent = self.outbox.send(plan.deliveries) if plan.deliveries else []
        if unsent:
            raise QueueUnavailableError(f"the channels' queues left out {len(unsent)} deliveries of a step")
        return plan

    def _planned(self, step: Step) -> Plan:
        now = self.clock()
        tenant = step.plan.tenant
        shifts = {(tenant, team): tuple(self.directory.on_shift(tenant, team, now)) for team in teams_of(step)}
        users = users_of(step, Snapshot({}, shifts))
        return plan_of_step(step, Snapshot(self.directory.find(users) if users else {}, shifts), self.region, now)


def enter_phones(book: ReplyBook, activation: Plan, paged: Plan) -> None:
    """Let an answer from any phone that a page reaches, or may reach yet, find the activation."""
    entries = list(dict.fromkeys(_entries(activation, paged)))
    if entries:
        book.enter(entries)


def _entries(activation: Plan, paged: Plan) -> Iterator[tuple[str, OpenActivation]]:
    code = activation.activation.code if activation.activation else ""
    for way in ways_of(paged):
        if way.key.channel in ANSWERED_BY:
            yield (
                way.address,
                OpenActivation(
                    tenant=activation.tenant,
                    activation=activation.notification,
                    user=way.key.recipient,
                    code=code,
                    opened_at=activation.routed_at,
                    expires_at=activation.expires_at,
                ),
            )
