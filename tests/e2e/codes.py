"""Code teams for the end-to-end tests, and what became of their activations, from the bus and the phones."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

from local.cloud import clock
from local.sandbox.client import SandboxClient
from local.sandbox.people.calls import Happening
from statline.contract.directory import (
    BackupTarget,
    DirectoryChange,
    EscalationPolicyChange,
    EscalationStep,
    ShiftChange,
    ShiftTarget,
    TeamChange,
)
from statline.contract.events import (
    ActivationAnswered,
    DeliveryStateChanged,
    Event,
    LadderEnded,
    NotificationRouted,
    RoleCovered,
    StepFired,
)
from statline.contract.words import Channel, DeliveryState, LadderState, Priority
from tests.e2e.region import Region
from tests.e2e.waiting import SOON

Told = TypeVar("Told", bound=Event)
Duty = Literal["primary", "backup"]
Seat = tuple[str, str, Duty]
"""Who, in which role, and whether as its backup."""
SHIFT = timedelta(days=2)

TAKEN_OVER = frozenset({DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.READ})
"""A receipt may be faster than our own word that a provider took a delivery over."""


def team(region: Region, name: str, seats: Iterable[Seat], policy: str | None = None) -> Iterator[DirectoryChange]:
    """A team whose people are on shift now and for as long as a clock is driven."""
    seats, now = tuple(seats), clock.now(region.cloud)
    roles = tuple(dict.fromkeys(role for _, role, _ in seats))
    yield TeamChange(
        kind="team", tenant=region.tenant, revision=1, id=name, name=f"Team {name}", roles=roles, policy=policy
    )
    for number, (user, role, duty) in enumerate(seats):
        yield ShiftChange(
            kind="shift",
            tenant=region.tenant,
            revision=1,
            team=name,
            id=f"{name}-{number}",
            user=user,
            role=role,
            duty=duty,
            starts_at=now - timedelta(hours=1),
            ends_at=now + SHIFT,
        )


def policy(region: Region, name: str, *, wait: int, repeats: int = 0, first_wait: int | None = None) -> DirectoryChange:
    """Whoever is on shift once more, by text and call, then the backup."""
    steps = (
        EscalationStep(who=(ShiftTarget(type="shift"),), channels=(Channel.SMS, Channel.VOICE), wait=wait),
        EscalationStep(who=(BackupTarget(type="backup"),), wait=wait),
    )
    return EscalationPolicyChange(
        kind="escalation_policy",
        tenant=region.tenant,
        revision=1,
        id=name,
        name=f"Policy {name}",
        first_wait=first_wait or wait,
        steps=steps,
        repeats=repeats,
    )


def code(region: Region, name: str, **fields: object) -> dict[str, Any]:
    """A code for a team."""
    return region.message(
        priority=Priority.STAT, kind="code", to=[], recipients=[{"type": "team", "id": name}], **fields
    )


@dataclass(frozen=True)
class Activation:
    """One activation, as it is told of."""

    region: Region
    id: str

    def told(self, kind: type[Told]) -> list[Told]:
        """The events of one kind, as they came."""
        return [
            event
            for event in list(self.region.bus.events)
            if isinstance(event, kind) and getattr(event, "notification", None) == self.id
        ]

    def wait(self, probe: Callable[[], Any], seconds: float, what: str) -> Any:
        """The probe's first answer that is something."""
        return self.region.bus.wait(probe, seconds, f"{what} of {self.id}")

    def await_routed(self) -> NotificationRouted:
        """The event that it was routed."""
        routed: list[NotificationRouted] = self.wait(lambda: self.told(NotificationRouted), SOON, "the routing")
        return routed[0]

    def await_covered(self, role: str, seconds: float = SOON) -> RoleCovered:
        """The event that somebody comes for a role."""

        def covered() -> RoleCovered | None:
            return next((event for event in self.told(RoleCovered) if event.role == role), None)

        found: RoleCovered = self.wait(covered, seconds, f"somebody for the role {role}")
        return found

    def await_steps(self, role: str, count: int, seconds: float = SOON) -> list[StepFired]:
        """The first steps of a role's ladder, in the order of their firing."""

        def steps() -> list[StepFired] | None:
            found = {event.step: event for event in self.told(StepFired) if event.role == role}
            return sorted(found.values(), key=lambda event: event.at) if len(found) >= count else None

        fired: list[StepFired] = self.wait(steps, seconds, f"{count} steps of the role {role}")
        return fired

    def await_end(self, role: str, seconds: float = SOON) -> LadderState:
        """How a role's ladder ended."""

        def ended() -> LadderEnded | None:
            return next((event for event in self.told(LadderEnded) if event.role == role), None)

        found: LadderEnded = self.wait(ended, seconds, f"the end of the role {role}")
        return found.state

    def accepted_at(self, step: str, people: Collection[str] = ()) -> datetime | None:
        """When a provider first took over a delivery of a step, to these people or to any. No step: the first page."""
        taken = [
            self.claimed_at(event)
            for event in self.told(DeliveryStateChanged)
            if event.step == step and event.state in TAKEN_OVER and (not people or event.recipient in people)
        ]
        return min(taken, default=None)

    def claimed_at(self, event: DeliveryStateChanged) -> datetime:
        """When the attempt that an event is of was claimed; the event's own moment where that was not told."""
        claims = [
            each.at
            for each in self.told(DeliveryStateChanged)
            if each.delivery == event.delivery and each.state is DeliveryState.SENDING and each.attempt == event.attempt
        ]
        return max(claims, default=event.at)

    def covered_at(self, role: str) -> datetime | None:
        """When somebody accepted a role."""
        return next((event.at for event in self.told(RoleCovered) if event.role == role), None)

    def acknowledged_at(self, role: str) -> datetime | None:
        """When a role's ladder ended because somebody had accepted."""
        ends = (event for event in self.told(LadderEnded) if event.role == role)
        return next((event.at for event in ends if event.state is LadderState.ACKNOWLEDGED), None)

    def told_routed_at(self) -> datetime:
        """When it was routed."""
        return self.told(NotificationRouted)[0].at

    def told_ends(self) -> dict[str, LadderState]:
        """How the ladders ended that are at their end, by role."""
        return {event.role: event.state for event in self.told(LadderEnded)}

    @property
    def answers(self) -> list[ActivationAnswered]:
        """What people said."""
        return self.told(ActivationAnswered)


def happened_since(sandbox: SandboxClient, seq: int, phones: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Who (by name) did or lived through what, after a position of the feed."""
    return [(phones[each.phone], each.what, each.text) for each in sandbox.happenings(seq) if each.phone in phones]


def position(happenings: Sequence[Happening]) -> int:
    """Where a feed is."""
    return happenings[-1].seq if happenings else 0
