"""The events of AWS's own services, as words of ours.

SNS's envelope        docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html (raw delivery is off)
texts and their fate  docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-format.html
texts that come in    docs.aws.amazon.com/sms-voice/latest/userguide/two-way-sms-payload.html
calls                 docs.aws.amazon.com/connect/latest/adminguide/contact-events.html
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from functions.core.domain.delivering.delivery import DeliveryKey
from functions.core.domain.delivering.states import State
from functions.core.domain.receipts.receipt_states import END_USER_MESSAGING, Receipt, connect_state
from functions.core.services.answer_text import IncomingText
from functions.receipts.words import ContactEvent, Nothing, Refused, Word
from statline.contract.words import Channel, RefusalReason

END_USER_MESSAGING_NAME = "sms"
CONNECT_NAME = "connect"
"""The names that the providers' attempts have in records."""
BEGUN_BY_OTHERS = frozenset({"INBOUND"})
"""How calls are begun that are none of our deliveries."""
_WORD = re.compile(r"[A-Za-z0-9_]{1,64}")
_NOT_OURS = Nothing("not_ours")


def from_topic(envelope: Mapping[str, Any]) -> Word:
    """What an SNS envelope brings: what became of a text or a call, or a text that came in."""
    message = json.loads(envelope["Message"])
    if "eventType" in message:
        return _receipt(message)
    if "inboundMessageId" in message:
        return IncomingText(
            id=message["inboundMessageId"],
            sender=message["originationNumber"],
            line=message["destinationNumber"],
            body=message["messageBody"],
            at=datetime.fromisoformat(envelope["Timestamp"]),
        )
    return Refused(RefusalReason.INVALID)


def _receipt(event: Mapping[str, Any]) -> Word:
    kind = event["eventType"]
    meaning = END_USER_MESSAGING.get(kind)
    if meaning is None or (meaning.only_final and not event.get("isFinal", False)):
        return Nothing(plain(kind))
    key = key_of(event.get("context") or {}, meaning.channel)
    if key is None:
        return _NOT_OURS
    delivered = kind in {"TEXT_DELIVERED", "VOICE_ANSWERED", "VOICE_COMPLETED"}
    return Receipt(
        key=key,
        state=meaning.state,
        at=datetime.fromtimestamp(event["eventTimestamp"] / 1000, UTC),
        provider=END_USER_MESSAGING_NAME,
        provider_id=event.get("messageId", ""),
        reason="" if delivered else plain(kind.removeprefix("TEXT_").removeprefix("VOICE_")),
    )


def from_connect(event: Mapping[str, Any]) -> Word:
    """What EventBridge brings of a call."""
    detail = event["detail"]
    kind, answered = detail["eventType"], bool(detail.get("connectedToSystemTimestamp"))
    if detail.get("initiationMethod") in BEGUN_BY_OTHERS:
        return _NOT_OURS
    if connect_state(kind, was_answered=answered) is None:
        return Nothing(plain(kind))
    return ContactEvent(
        contact=detail["contactId"],
        event_type=kind,
        was_answered=answered,
        reason=plain(detail.get("disconnectReason") or "NOT_ANSWERED"),
        at=event["time"],
    )


def receipt_of(contact: ContactEvent, attributes: Mapping[str, str]) -> Receipt | None:
    """The receipt in a call's event, by the attributes that we gave the call; None where it is none of ours."""
    key = key_of(attributes, Channel.VOICE)
    state = connect_state(contact.event_type, was_answered=contact.was_answered)
    if key is None or state is None:
        return None
    return Receipt(
        key=key,
        state=state,
        at=datetime.fromisoformat(contact.at),
        provider=CONNECT_NAME,
        provider_id=contact.contact,
        reason=contact.reason if state is State.UNDELIVERED else "",
    )


def key_of(names: Mapping[str, str], channel: Channel) -> DeliveryKey | None:
    """The delivery that a message's context or a call's attributes name; None where they name none."""
    try:
        return DeliveryKey(
            tenant=names["statline_tenant"],
            notification=names["statline_notification"],
            recipient=names["statline_recipient"],
            channel=channel,
            endpoint=names["statline_endpoint"],
        )
    except KeyError:
        return None


def plain(word: str) -> str:
    """A provider's word as it may stand in events and logs; empty where it is none."""
    return word.lower() if _WORD.fullmatch(word) else ""
