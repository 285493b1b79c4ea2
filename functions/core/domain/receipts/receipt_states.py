"""What comes back about a delivery, and which state it means. The tables are the only place that knows.

A word that no table has means nothing: providers add words, and a receipt that is not understood must move nothing.

Sources:
    End User Messaging  docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-types.html and
                        .../configuration-sets-event-format.html (``isFinal``; a carrier may take up to 72 hours)
    Connect             docs.aws.amazon.com/connect/latest/adminguide/contact-events.html
    Twilio              twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from functions.core.domain.delivering.delivery import DeliveryKey
from functions.core.domain.delivering.record import Attempt, DeliveryRecord
from functions.core.domain.delivering.states import TRANSITIONS, State
from statline.contract.words import Channel

S = State


@dataclass(frozen=True, slots=True)
class Receipt:
    """A provider, or the app, says what became of a delivery.

    provider, provider_id: whose word it is, and its name for the message; empty where an app says so.
    reason: the provider's word for why; a plain word, or empty.
    """

    key: DeliveryKey
    state: State
    at: datetime
    provider: str = ""
    provider_id: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word of End User Messaging means. ``only_final``: nothing, unless the event says that it is the last."""

    channel: Channel
    state: State
    only_final: bool = True


def _text(state: State, *, only_final: bool = True) -> Meaning:
    return Meaning(Channel.SMS, state, only_final)


def _call(state: State) -> Meaning:
    return Meaning(Channel.VOICE, state, only_final=False)


END_USER_MESSAGING: Mapping[str, Meaning] = {
    "TEXT_DELIVERED": _text(S.DELIVERED, only_final=False),
    # The carrier took it. In countries whose carriers say no more, this is the last word, and says so.
    "TEXT_SUCCESSFUL": _text(S.DELIVERED),
    # A carrier that is out of reach for a time is tried again until the event says that it was the last.
    "TEXT_CARRIER_UNREACHABLE": _text(S.UNDELIVERED),
    "TEXT_UNREACHABLE": _text(S.UNDELIVERED),
    "TEXT_INVALID": _text(S.UNDELIVERED),
    "TEXT_INVALID_MESSAGE": _text(S.UNDELIVERED),
    "TEXT_BLOCKED": _text(S.UNDELIVERED),
    "TEXT_CARRIER_BLOCKED": _text(S.UNDELIVERED),
    "TEXT_PROTECT_BLOCKED": _text(S.UNDELIVERED),
    "TEXT_SPAM": _text(S.UNDELIVERED),
    "TEXT_TTL_EXPIRED": _text(S.UNDELIVERED),
    "TEXT_UNKNOWN": _text(S.UNDELIVERED),
    "VOICE_ANSWERED": _call(S.DELIVERED),
    # It was played to somebody or to something: an answering machine is no person, and covers no role.
    "VOICE_COMPLETED": _call(S.DELIVERED),
    "VOICE_BUSY": _call(S.UNDELIVERED),
    "VOICE_NO_ANSWER": _call(S.UNDELIVERED),
    "VOICE_FAILED": _call(S.UNDELIVERED),
    "VOICE_TTL_EXPIRED": _call(S.UNDELIVERED),
}
"""By ``eventType``. On their way, and so without a meaning: TEXT_SENT, TEXT_QUEUED, TEXT_PENDING, VOICE_INITIATED,
VOICE_RINGING."""

TWILIO: Mapping[str, State] = {
    "delivered": S.DELIVERED,
    "read": S.READ,
    "undelivered": S.UNDELIVERED,
    "failed": S.UNDELIVERED,
    "canceled": S.UNDELIVERED,
}
"""By ``MessageStatus``. On their way: queued, accepted, scheduled, sending, sent (which is a carrier's taking it)."""

CONNECT_ENDS = frozenset({"DISCONNECTED", "COMPLETED"})
CONNECT_ANSWERED = "CONNECTED_TO_SYSTEM"


def connect_state(event_type: str, *, was_answered: bool) -> State | None:
    """What a contact event means; None where it means nothing.

    Answered, by a person or a voicemail: the flow speaks. Ended without having been answered: the dial attempt failed,
    nobody took it, or it was ended by us.
    """
    if event_type == CONNECT_ANSWERED or (event_type in CONNECT_ENDS and was_answered):
        return S.DELIVERED
    return S.UNDELIVERED if event_type in CONNECT_ENDS else None


class NotYet:
    """The receipt is of a call whose answer we do not have yet: it is to be asked again in a moment."""


NOT_YET = NotYet()
_MAY_END = frozenset({S.SENDING, S.UNKNOWN, S.ACCEPTED})


def after_receipt(stored: DeliveryRecord, receipt: Receipt, now: datetime) -> DeliveryRecord | NotYet | None:
    """The record that follows a receipt; None where it says nothing new.

    DELIVERED and READ count whichever attempt they are of: the person has it. UNDELIVERED ends a delivery only where it
    is of the latest attempt: an older one's is written beside that attempt, and what was sent since goes on.
    """
    attempt = _attempt_of(stored, receipt)
    if receipt.state is S.UNDELIVERED:
        if attempt is None and stored.state is S.SENDING:
            return NOT_YET
        if attempt is None:
            return None
        if attempt.number != stored.attempt or stored.state not in _MAY_END:
            return _noted(stored, attempt, receipt, now)
    if receipt.state not in TRANSITIONS[stored.state]:
        return None
    if attempt is not None:
        stored = stored.with_outcome(_code(attempt, receipt), receipt.provider_id, attempt=attempt.number)
    return stored.moved(receipt.state, now, reason=receipt.reason)


def _attempt_of(stored: DeliveryRecord, receipt: Receipt) -> Attempt | None:
    """The attempt that a receipt is of; None where that cannot be said.

    One whose answer is not known, or was lost, has no provider's id. If it is the only one of that provider's without
    an id, an unknown id is its.
    """
    if not receipt.provider_id:
        return None
    same = [attempt for attempt in stored.attempts if attempt.provider == receipt.provider]
    named = [attempt for attempt in same if attempt.provider_id == receipt.provider_id]
    if named:
        return named[-1]
    nameless = [attempt for attempt in same if not attempt.provider_id]
    return nameless[0] if len(nameless) == 1 and stored.state is not S.SENDING else None


def _noted(stored: DeliveryRecord, attempt: Attempt, receipt: Receipt, now: datetime) -> DeliveryRecord | None:
    """The receipt's word beside its attempt, and nothing moved; None where it stands there already."""
    noted = stored.with_outcome(_code(attempt, receipt), receipt.provider_id, attempt=attempt.number)
    return None if noted == stored else noted.noted(now)


def _code(attempt: Attempt, receipt: Receipt) -> str:
    return receipt.reason or attempt.code
