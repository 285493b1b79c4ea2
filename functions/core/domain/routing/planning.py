"""From a notification to its plan: pure, so that the same message over the same directory is the same plan.

The service reads the directory and stores the plan; what is decided is decided here.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from functions.core.domain.delivering.delivery import (
    Delivery,
    DeliveryKey,
    Endpoint,
    Fallback,
    PushStyle,
    Screen,
    digest,
    trace_of,
)
from functions.core.domain.delivering.rendering import Renderer
from functions.core.domain.directory.entries import EntryKey, EntryKind, Snapshot, User
from functions.core.domain.escalation.activating import Opening, ladders_of, openings, roles_by_person
from functions.core.domain.escalation.activation import Activation, code_of
from functions.core.domain.escalation.step_name import MARK
from functions.core.domain.routing.channels import reachable_channels, wanted_channels
from functions.core.domain.routing.plan import Plan, RecipientTrouble, Trouble
from functions.core.domain.routing.quiet_hours import is_quiet
from functions.core.domain.routing.recipients import Person, resolved
from statline.contract.directory import TenantPolicyChange
from statline.contract.notification import Notification
from statline.contract.words import Channel, Priority

Endpoints = Mapping[Channel, tuple[Endpoint, ...]]
"""Everything that reaches one person, the first one first. A channel without an endpoint is absent."""
NO_SECOND_PROVIDERS: Mapping[Channel, str] = {}
MOST_TROUBLES = 700
"""How many troubles a plan tells at most. Teams may be of any size; an event is at most 256 KB, and an item 400 KB:
what is larger is never told, or never kept. Names may have 128 letters."""


def digest_of(notification: Notification) -> str:
    """A digest of what the message means, not of how it is spelled: order of fields, zone of a time, a default said.

    A field that a later version of the contract adds changes nothing while it has its default, so that a message which
    waits on its queue over a deployment keeps its digest.
    """
    in_utc = {"sent_at": notification.sent_at.astimezone(UTC), "expires_at": notification.expires_at.astimezone(UTC)}
    return digest(notification.model_copy(update=in_utc).model_dump_json(exclude={"version"}, exclude_defaults=True))


def plan_of(
    notification: Notification,
    snapshot: Snapshot,
    *,
    producer: str,
    now: datetime,
    channels: Set[Channel] = frozenset(Channel),
    second_providers: Mapping[Channel, str] = NO_SECOND_PROVIDERS,
) -> Plan:
    """The plan of a notification over what the directory says now. Without deliveries, where it reaches nobody.

    ``channels`` are the ones that the region has: Connect, and with it voice, is not in every region.
    ``second_providers``: the provider beside a channel's first one; a stat's last way goes by it.
    """
    policy = _policy(notification.tenant, snapshot)
    who = resolved(notification, snapshot, now)
    opened = openings(notification, snapshot, who)
    region = _Region(channels, second_providers)
    planning = _Planning(notification, policy, Renderer(notification, policy), now, region, roles_by_person(opened))
    deliveries = [delivery for person in who.people for delivery in planning.deliveries(person)]
    activation, open_roles = planning.activation(opened, deliveries)
    troubles = [*who.troubles, *open_roles, *_troubles(notification, who.people, deliveries)]
    return Plan(
        tenant=notification.tenant,
        notification=notification.id,
        digest=digest_of(notification),
        producer=producer,
        priority=notification.priority,
        kind=notification.kind,
        sent_at=_to_millisecond(notification.sent_at),
        routed_at=_to_millisecond(now),
        expires_at=_to_millisecond(notification.expires_at),
        deliveries=tuple(deliveries),
        troubles=tuple(troubles[:MOST_TROUBLES]),
        activation=activation,
    )


def endpoints_of(user: User) -> Endpoints:
    """Everything that reaches a user: all devices, and the phones of each use by rank."""
    phones = sorted(user.phones, key=lambda phone: (phone.rank, phone.id))
    found = {
        Channel.PUSH: tuple(
            Endpoint(channel=Channel.PUSH, id=device.id, address=device.token, rehearsed=device.rehearsed)
            for device in sorted(user.devices, key=lambda device: device.id)
        )
    } | {
        channel: tuple(
            Endpoint(channel=channel, id=phone.id, address=phone.number, rehearsed=phone.rehearsed)
            for phone in phones
            if channel in phone.uses
        )
        for channel in (Channel.SMS, Channel.VOICE)
    }
    return {channel: endpoints for channel, endpoints in found.items() if endpoints}


def by_second_provider(endpoint: Endpoint, provider: str) -> Endpoint:
    """The same phone as another endpoint: one that only this provider may be asked for."""
    return endpoint.model_copy(update={"id": f"{endpoint.id}{MARK}{provider}", "provider": provider})


@dataclass(frozen=True, slots=True)
class _Region:
    """What there is where the plan is made."""

    channels: Set[Channel]
    second_providers: Mapping[Channel, str]


@dataclass(frozen=True, slots=True)
class _Planning:
    """What is the same for every person of one notification."""

    notification: Notification
    policy: TenantPolicyChange
    renderer: Renderer
    now: datetime
    region: _Region
    roles: Mapping[str, tuple[str, ...]]

    def activation(
        self, opened: Sequence[Opening], deliveries: Sequence[Delivery]
    ) -> tuple[Activation | None, list[RecipientTrouble]]:
        """What is stored so that the notification can be answered, and which of its roles nobody was paged for."""
        if not opened:
            return None, []
        reached = {delivery.key.recipient for delivery in deliveries}
        ladders, troubles = ladders_of(opened, reached, wanted_channels(self.notification, self.policy))
        activation = Activation(
            code=code_of(self.notification.tenant, self.notification.id),
            ladders=ladders,
            screens={channel: self.renderer.unreferenced(channel) for channel in Channel},
            push=self._style(quiet=False),
        )
        return activation, troubles

    def deliveries(self, person: Person) -> list[Delivery]:
        found = endpoints_of(person.user)
        endpoints = {channel: points for channel, points in found.items() if channel in self.region.channels}
        quiet = self._is_quiet(person)
        chosen = self._chosen(endpoints, quiet=quiet)
        ways = self._other_ways(endpoints, chosen) if self.notification.priority is Priority.STAT else []
        fallbacks = tuple(Fallback(endpoint=way, screen=self._screen(person, way)) for way in ways)
        style = self._style(quiet=quiet)
        return [
            Delivery(
                key=self._key(person, endpoint),
                priority=self.notification.priority,
                kind=self.notification.kind,
                address=endpoint.address,
                rehearsed=endpoint.rehearsed,
                screen=self._screen(person, endpoint),
                push=style if any(way.channel is Channel.PUSH for way in (endpoint, *ways)) else None,
                roles=self.roles.get(person.id, ()),
                fallbacks=fallbacks,
                sent_at=_to_millisecond(self.notification.sent_at),
                routed_at=_to_millisecond(self.now),
                expires_at=_to_millisecond(self.notification.expires_at),
            )
            for endpoint in chosen
        ]

    def _is_quiet(self, person: Person) -> bool:
        return self.notification.priority is Priority.ROUTINE and is_quiet(person.user.profile.quiet_hours, self.now)

    def _chosen(self, endpoints: Endpoints, *, quiet: bool) -> list[Endpoint]:
        """Every device for push, the first phone for SMS and for voice."""
        wanted = wanted_channels(self.notification, self.policy)
        if quiet and Channel.PUSH in endpoints:
            wanted = (Channel.PUSH,)
        channels = reachable_channels(self.notification, wanted, endpoints)
        return [
            endpoint
            for channel in channels
            for endpoint in (endpoints[channel] if channel is Channel.PUSH else endpoints[channel][:1])
        ]

    def _other_ways(self, endpoints: Endpoints, chosen: Sequence[Endpoint]) -> list[Endpoint]:
        """What is left of a person's endpoints: texts before calls before devices, each by rank.

        Behind them all the first endpoint of a channel that has a second provider, by that one.
        """
        order = (Channel.SMS, Channel.VOICE, Channel.PUSH)
        ways = [way for channel in order for way in endpoints.get(channel, ()) if way not in chosen]
        return ways + [
            by_second_provider(endpoints[channel][0], self.region.second_providers[channel])
            for channel in order
            if channel in endpoints and channel in self.region.second_providers
        ]

    def _style(self, *, quiet: bool) -> PushStyle:
        return PushStyle(
            interruption="passive" if quiet else _interruption(self.notification.priority, self.policy),
            collapse_id=_collapse_id(self.notification),
        )

    def _screen(self, person: Person, endpoint: Endpoint) -> Screen:
        return self.renderer.screen(self._key(person, endpoint))

    def _key(self, person: Person, endpoint: Endpoint) -> DeliveryKey:
        return DeliveryKey(
            tenant=self.notification.tenant,
            notification=self.notification.id,
            recipient=person.id,
            channel=endpoint.channel,
            endpoint=endpoint.id,
        )


def _policy(tenant: str, snapshot: Snapshot) -> TenantPolicyChange:
    """The tenant's policy; where it never said one, the contract's defaults, which let no patient content out."""
    found = snapshot.entries.get(EntryKey(tenant, EntryKind.POLICY))
    if isinstance(found, TenantPolicyChange):
        return found
    return TenantPolicyChange(kind="tenant_policy", tenant=tenant, revision=1)


def _interruption(priority: Priority, policy: TenantPolicyChange) -> Literal["active", "time-sensitive", "critical"]:
    if priority is Priority.STAT and policy.critical_sound:
        return "critical"
    return "active" if priority is Priority.ROUTINE else "time-sensitive"


def _collapse_id(notification: Notification) -> str:
    """One text on a device's screen for each: of a tenant's collapse key, else of this notification."""
    if notification.collapse_key is None:
        return trace_of(notification.tenant, notification.id)
    return digest("collapse", notification.tenant, notification.collapse_key)


def _troubles(
    notification: Notification, people: Sequence[Person], deliveries: Sequence[Delivery]
) -> list[RecipientTrouble]:
    """Who gets nothing, and who gets a stat by push alone."""
    channels: dict[str, set[Channel]] = {person.id: set() for person in people}
    for delivery in deliveries:
        channels[delivery.key.recipient].add(delivery.key.channel)
    found = []
    for person, used in channels.items():
        if not used:
            found.append(RecipientTrouble(recipient=f"user:{person}", trouble=Trouble.NO_ENDPOINT))
        elif used == {Channel.PUSH} and notification.priority is Priority.STAT:
            found.append(RecipientTrouble(recipient=f"user:{person}", trouble=Trouble.PUSH_ONLY))
    return found


def _to_millisecond(moment: datetime) -> datetime:
    """As the table stores it, so that a stored plan equals the one that was made."""
    utc = moment.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)
