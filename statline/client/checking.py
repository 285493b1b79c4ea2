"""Checks that a producer can make before it sends, by the very code that the router runs."""

from functions.core.domain.delivering.delivery import DeliveryKey
from functions.core.domain.delivering.rendering import Renderer
from functions.core.domain.routing.reading import Unreadable, read_notification
from functions.core.domain.routing.refusals import SENTENCES, Reason
from statline.client.errors import InvalidNotificationError, TooLargeError, WouldBeCutError
from statline.contract.directory import TenantPolicyChange
from statline.contract.events import Fault
from statline.contract.notification import MAXIMUM_BODY_BYTES, Notification
from statline.contract.words import Channel, Priority


def parse(body: str) -> Notification:
    """The notification in a JSON text. Raises `InvalidNotificationError`, `TooLargeError`."""
    found = read_notification(body)
    if not isinstance(found, Unreadable):
        return found
    if found.reason is Reason.TOO_LARGE:
        raise TooLargeError(len(body.encode()), MAXIMUM_BODY_BYTES)
    faults = [Fault(path=fault.path, rule=fault.rule) for fault in found.faults]
    raise InvalidNotificationError(faults or [Fault(path="(message)", rule=SENTENCES[found.reason])])


def body_of(notification: Notification) -> str:
    """The message's body as it goes on the queue. Raises `TooLargeError`."""
    body = notification.model_dump_json(exclude_none=True)
    size = len(body.encode())
    if size > MAXIMUM_BODY_BYTES:
        raise TooLargeError(size, MAXIMUM_BODY_BYTES)
    return body


def refuse_cut_sms(notification: Notification, *, segments: int = 3, patient_content: bool = False) -> None:
    """Raise `WouldBeCutError` for a text that an SMS would show only the beginning of.

    Statline sends such a text with a visible mark at its end; a producer that does not want that asks here first.

    Args:
        notification: Checked unless its channels leave SMS out. A stat may always come to SMS.
        segments: The tenant's limit, `sms_segments` of its policy.
        patient_content: Whether the tenant's policy lets patient content into SMS; where not, a short text stands
            for it, and nothing is cut.
    """
    chosen = notification.channels or (Channel.SMS,)
    if Channel.SMS not in chosen and notification.priority is not Priority.STAT:
        return
    policy = TenantPolicyChange(
        kind="tenant_policy",
        tenant=notification.tenant,
        revision=1,
        sms_segments=segments,
        patient_content=(Channel.SMS,) if patient_content else (),
    )
    # Only the length matters, and every recipient's text has the same.
    anybody = DeliveryKey(
        tenant=notification.tenant, notification=notification.id, recipient="-", channel=Channel.SMS, endpoint="-"
    )
    if Renderer(notification, policy).screen(anybody).cut:
        raise WouldBeCutError(segments)
