"""Builds notifications with the defaults that most producers want."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from pydantic import ValidationError

from statline.client.errors import InvalidNotificationError, faults_of
from statline.contract.notification import (
    Content,
    Notification,
    PagerRecipient,
    Recipient,
    TeamRecipient,
    UserRecipient,
)
from statline.contract.words import Channel, Kind, Priority, Sensitivity

USUAL_LIFE: Mapping[Priority, timedelta] = {
    Priority.STAT: timedelta(minutes=30),
    Priority.URGENT: timedelta(hours=2),
    Priority.ROUTINE: timedelta(hours=12),
}
"""How long after ``sent_at`` a notification is still worth delivering, unless its producer says otherwise."""


def user(user_id: str) -> UserRecipient:
    """One person, by the directory's id."""
    return UserRecipient(type="user", id=user_id)


def team(team_id: str) -> TeamRecipient:
    """Everybody who is on shift in a team."""
    return TeamRecipient(type="team", id=team_id)


def pager(number: str) -> PagerRecipient:
    """Whoever holds a virtual-pager number."""
    return PagerRecipient(type="pager", number=number)


def new_notification(
    *,
    tenant: str,
    to: Sequence[Recipient],
    title: str,
    body: str = "",
    priority: Priority = Priority.ROUTINE,
    kind: Kind = Kind.MESSAGE,
    sensitivity: Sensitivity = Sensitivity.PATIENT,
    notification_id: str | None = None,
    lives: timedelta | None = None,
    channels: Sequence[Channel] | None = None,
    collapse_key: str | None = None,
    callback: str | None = None,
    now: datetime | None = None,
) -> Notification:
    """A valid notification, sent ``now``. Raises `InvalidNotificationError`.

    Args:
        tenant: The tenant whose directory names the recipients.
        to: The recipients: `user`, `team`, `pager`.
        title: At most 120 characters.
        body: At most 4,000 characters.
        priority: The lane.
        kind: What it is about.
        sensitivity: ``patient`` unless you vouch that nothing in it is about a patient.
        notification_id: The idempotency key. Keep it with your own record and send again under the same one; without
            it a random one is made, and a message built again is a second message.
        lives: Until when it is worth delivering; `USUAL_LIFE` of the priority when unsaid.
        channels: Instead of the tenant's policy.
        collapse_key: A newer push with the same key replaces an older one.
        callback: A number to call back, E.164.
        now: The moment of sending; the clock's when unsaid.
    """
    sent_at = now or datetime.now(UTC)
    try:
        return Notification(
            tenant=tenant,
            id=notification_id or str(uuid4()),
            kind=kind,
            priority=priority,
            recipients=tuple(to),
            content=Content(sensitivity=sensitivity, title=title, body=body, callback=callback),
            sent_at=sent_at,
            expires_at=sent_at + (lives or USUAL_LIFE[priority]),
            channels=tuple(channels) if channels is not None else None,
            collapse_key=collapse_key,
        )
    except ValidationError as cause:
        raise InvalidNotificationError(faults_of(cause)) from cause
