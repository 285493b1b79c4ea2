"""Our answer to a text that somebody sent us: a delivery like any other, on the lane of stat texts.

It belongs to no activation and has no plan. Its key is named after what is answered: a text that comes twice is
answered once, because the second delivery finds the record of the first.
"""

from datetime import datetime, timedelta

from functions.core.domain.delivering.delivery import Delivery, DeliveryKey, Screen
from functions.core.domain.escalation.step_name import reply_id
from statline.contract.words import Channel, Kind, Priority

NOBODYS_TENANT = "statline-replies"
"""The tenant of an answer to somebody whom no tenant's activation had paged."""
SOMEBODY = "somebody"
"""The recipient of an answer to a phone that is nobody's whom we know."""
ENDPOINT = "reply"
LIFE = timedelta(minutes=5)
"""Later than this, an answer would be taken for one to something else."""


def reply_to(
    message: str,
    number: str,
    text: str,
    now: datetime,
    *,
    sender: str = "",
    provider: str = "",
    tenant: str = "",
    user: str = "",
) -> Delivery:
    """The delivery that answers a text.

    message: what names it: the provider's id of the text that is answered.
    number: whom it goes to (E.164); sender: the number that it comes from, empty for the lane's own.
    provider: the one that brought the text, where the answer must go back by it; empty: whichever is up.
    """
    return Delivery(
        key=DeliveryKey(
            tenant=tenant or NOBODYS_TENANT,
            notification=reply_id(message),
            recipient=user or SOMEBODY,
            channel=Channel.SMS,
            endpoint=ENDPOINT,
        ),
        priority=Priority.STAT,
        kind=Kind.SYSTEM,
        address=number,
        screen=Screen(title="", body=text),
        sender=sender,
        provider=provider,
        sent_at=now,
        routed_at=now,
        expires_at=now + LIFE,
    )
