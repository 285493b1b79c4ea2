"""Whom a rung pages, and how: pure, over what the directory says at that moment. A step is a notification with a plan.

Somebody who declined is not paged again for the same role: that would keep the next one waiting. Who changes their mind
can accept at any time.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from functions.core.domain.delivering.delivery import (
    Delivery,
    DeliveryKey,
    Endpoint,
    Fallback,
    PushStyle,
    Screen,
    digest,
)
from functions.core.domain.delivering.rendering import reference
from functions.core.domain.directory.entries import EntryKey, EntryKind, Shift, Snapshot, User
from functions.core.domain.escalation.activation import Activation, LadderPlan, Rung
from functions.core.domain.escalation.step_name import ANYBODY, step_id
from functions.core.domain.routing.channels import BESIDE_PUSH, INSTEAD
from functions.core.domain.routing.plan import Plan, RecipientTrouble, Trouble
from functions.core.domain.routing.planning import MOST_TROUBLES, Endpoints, by_second_provider, endpoints_of
from statline.contract.directory import BackupTarget, ShiftTarget, Target, TeamTarget, UserTarget
from statline.contract.words import Channel, Priority

OTHER_WAYS = (Channel.SMS, Channel.VOICE, Channel.PUSH)
"""In this order a stat's other ways are taken."""


@dataclass(frozen=True, slots=True)
class Region:
    """What a region has to page by. second: the provider beside a channel's first one."""

    channels: Collection[Channel]
    second: Mapping[Channel, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """The rung of a ladder that is to be fired."""

    plan: Plan
    activation: Activation
    ladder: LadderPlan
    at: int
    declined: Collection[str] = ()

    @property
    def rung(self) -> Rung:
        """The rung at the position."""
        return self.ladder.rungs[self.at - 1]

    @property
    def id(self) -> str:
        """The notification's id of the step."""
        return step_id(self.plan.notification, self.ladder.name(self.at))


def teams_of(step: Step) -> list[str]:
    """The teams whose shifts are read to know whom a step pages."""
    found = [team for target in step.rung.who for team in _teams_of(target, step.ladder)]
    return list(dict.fromkeys(found))


def users_of(step: Step, snapshot: Snapshot) -> list[EntryKey]:
    """The people whose entries are read after that."""
    named = [user for target in step.rung.who for user in _people(target, step, snapshot)]
    return [EntryKey(step.plan.tenant, EntryKind.USER, user) for user in dict.fromkeys(named)]


def plan_of_step(step: Step, snapshot: Snapshot, region: Region, now: datetime) -> Plan:
    """The plan of a step. Without deliveries, where it reaches nobody; its troubles say why.

    It was sent when it was fired: how late it is accepted is measured from then on.
    """
    troubles: dict[str, RecipientTrouble] = {}
    people: dict[str, User] = {}
    for target in step.rung.who:
        _resolve(target, step, snapshot, people, troubles)
    paging = _Paging(step, region, now)
    deliveries = [delivery for user, entry in people.items() for delivery in paging.deliveries(user, entry)]
    reached = {delivery.key.recipient for delivery in deliveries}
    for user in people.keys() - reached:
        _note(troubles, f"user:{user}", Trouble.NO_ENDPOINT)
    return Plan(
        tenant=step.plan.tenant,
        notification=step.id,
        digest=digest("step", step.plan.digest, step.id),
        producer=step.plan.producer,
        priority=step.plan.priority,
        kind=step.plan.kind,
        sent_at=now,
        routed_at=now,
        expires_at=step.plan.expires_at,
        deliveries=tuple(deliveries),
        troubles=tuple(troubles[name] for name in sorted(troubles)[:MOST_TROUBLES]),
    )


def _resolve(
    target: Target,
    step: Step,
    snapshot: Snapshot,
    people: dict[str, User],
    troubles: dict[str, RecipientTrouble],
) -> None:
    """Add the people of one target."""
    named = _people(target, step, snapshot)
    if not named:
        _note(troubles, _name_of(target, step.ladder), Trouble.NOBODY_ON_SHIFT)
    for user in named:
        entry = snapshot.entries.get(EntryKey(step.plan.tenant, EntryKind.USER, user))
        if not isinstance(entry, User):
            _note(troubles, f"user:{user}", Trouble.UNKNOWN_RECIPIENT)
        elif user not in step.declined:
            people[user] = entry


def _note(troubles: dict[str, RecipientTrouble], recipient: str, trouble: Trouble) -> None:
    troubles.setdefault(recipient, RecipientTrouble(recipient=recipient, trouble=trouble))


def _teams_of(target: Target, ladder: LadderPlan) -> Sequence[str]:
    match target:
        case TeamTarget(id=team):
            return (team,)
        case BackupTarget() if ladder.teams:
            return ladder.teams
        case ShiftTarget() | BackupTarget():
            return (ladder.team,) if ladder.team else ()
        case UserTarget():
            return ()


def _name_of(target: Target, ladder: LadderPlan) -> str:
    """A target as troubles name it."""
    match target:
        case TeamTarget(id=team):
            return f"team:{team}"
        case UserTarget(id=user):
            return f"user:{user}"
        case ShiftTarget():
            return f"role:{ladder.role}"
        case BackupTarget():
            return f"backup:{ladder.role}"


def _people(target: Target, step: Step, snapshot: Snapshot) -> list[str]:
    """Whom a target means now."""
    if isinstance(target, UserTarget):
        return [target.id]
    teams = [snapshot.shifts.get((step.plan.tenant, team), ()) for team in _teams_of(target, step.ladder)]
    return list(dict.fromkeys(user for shifts in teams for user in _on_shift(target, step.ladder, shifts)))


def _on_shift(
    target: ShiftTarget | BackupTarget | TeamTarget, ladder: LadderPlan, shifts: Sequence[Shift]
) -> list[str]:
    """Whom a target means of one team's shifts."""
    role = _role_in_team(ladder)
    match target:
        case TeamTarget(role=wanted):
            return _on(shifts, wanted or ANYBODY, backup=False)
        case ShiftTarget():
            return _on(shifts, role, backup=False)
        case BackupTarget():
            return _on(shifts, role, backup=True) or _on(shifts, ANYBODY, backup=True)


def _role_in_team(ladder: LadderPlan) -> str:
    """With several teams in one message a role is called ``team/role``; its team's shifts know it as ``role``."""
    return ladder.role.removeprefix(f"{ladder.team}/")


def _on(shifts: Sequence[Shift], role: str, *, backup: bool) -> list[str]:
    found = [shift.user for shift in shifts if shift.backup is backup and role in {shift.role, ANYBODY}]
    return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class _Paging:
    """What is the same for everybody whom a step pages."""

    step: Step
    region: Region
    now: datetime

    def deliveries(self, user: str, entry: User) -> list[Delivery]:
        plan = self.step.plan
        endpoints = {
            channel: points
            for channel, points in endpoints_of(entry).items()
            if channel in self.region.channels and channel in self.step.activation.screens
        }
        chosen = self._chosen(endpoints)
        ways = list(self._other_ways(endpoints, chosen)) if plan.priority is Priority.STAT else []
        style = self.step.activation.push or PushStyle(collapse_id=digest(plan.tenant, plan.notification))
        return [
            Delivery(
                key=self._key(user, endpoint),
                priority=plan.priority,
                kind=plan.kind,
                address=endpoint.address,
                rehearsed=endpoint.rehearsed,
                screen=self._screen(user, endpoint),
                push=style if any(way.channel is Channel.PUSH for way in (endpoint, *ways)) else None,
                roles=(self.step.ladder.role,),
                fallbacks=tuple(Fallback(endpoint=way, screen=self._screen(user, way)) for way in ways),
                sent_at=self.now,
                routed_at=self.now,
                expires_at=plan.expires_at,
            )
            for endpoint in chosen
        ]

    def _chosen(self, endpoints: Endpoints) -> list[Endpoint]:
        """Every device for push, the first phone for SMS and for voice; others where the rung's channels reach nobody.

        A stat is never by push alone.
        """
        priority = self.step.plan.priority
        channels = [channel for channel in self.step.rung.channels if channel in endpoints]
        if not channels:
            channels = _first(INSTEAD[priority], endpoints)
        if priority is Priority.STAT and channels == [Channel.PUSH]:
            channels += _first(BESIDE_PUSH, endpoints)
        return [
            endpoint
            for channel in channels
            for endpoint in (endpoints[channel] if channel is Channel.PUSH else endpoints[channel][:1])
        ]

    def _other_ways(self, endpoints: Endpoints, chosen: Sequence[Endpoint]) -> Iterator[Endpoint]:
        """A stat's other ways: what is left of a person's endpoints, then the second provider's to the same phones."""
        for channel in OTHER_WAYS:
            yield from (way for way in endpoints.get(channel, ()) if way not in chosen)
        for channel, provider in self.region.second.items():
            for way in endpoints.get(channel, ())[:1]:
                yield by_second_provider(way, provider)

    def _screen(self, user: str, endpoint: Endpoint) -> Screen:
        """As the router rendered it; the reference of an SMS is the delivery's own."""
        screen = self.step.activation.screens[endpoint.channel]
        if endpoint.channel is not Channel.SMS:
            return screen
        return screen.model_copy(update={"body": screen.body + reference(self._key(user, endpoint).id)})

    def _key(self, user: str, endpoint: Endpoint) -> DeliveryKey:
        return DeliveryKey(
            tenant=self.step.plan.tenant,
            notification=self.step.id,
            recipient=user,
            channel=endpoint.channel,
            endpoint=endpoint.id,
        )


def _first(channels: Sequence[Channel], endpoints: Endpoints) -> list[Channel]:
    return [channel for channel in channels if channel in endpoints][:1]
