"""Reads a message of the receipts queue: who sent it decides what it may be.

A sender that the deployment knows is an app's backend: it may say what its own tenants' devices showed and its users
answered, and nothing else, however its message looks. Whoever else can send is a service that the queue's policy lets
in (SNS, EventBridge, our webhooks and keypad); of those, none says an app's words.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from functions.core.domain.delivering.delivery import DeliveryKey
from functions.core.domain.delivering.states import State
from functions.core.domain.receipts.callbacks import CALLBACK, InboundText, KeyPress, TwilioStatus
from functions.core.domain.receipts.receipt_states import TWILIO, Receipt
from functions.core.services.answer_text import IncomingText
from functions.receipts.events import CONNECT_NAME, from_connect, from_topic, plain
from functions.receipts.settings import AppSender
from functions.receipts.words import Nothing, Refused, Word
from statline.contract.receipts import APP_WORD, MAXIMUM_RECEIPT_BYTES, AppReceipt
from statline.contract.words import Channel, RefusalReason

EVERY_TENANT = "*"
TWILIO_NAME = "twilio"
_APP_KINDS = frozenset({"receipt", "answer"})


def read_word(body: str, sender_id: str, apps: Mapping[str, AppSender]) -> Word:
    """What a message says; `Refused` where it is not in order, or says what its sender may not say."""
    app = apps.get(sender_id) or apps.get(sender_id.partition(":")[0])
    if app is not None:
        return _from_app(body, app)
    try:
        said: Any = json.loads(body)
    except ValueError:
        return Refused(RefusalReason.NOT_JSON)
    if not isinstance(said, dict):
        return Refused(RefusalReason.INVALID)
    if said.get("kind") in _APP_KINDS and "source" not in said:
        return Refused(RefusalReason.UNKNOWN_SENDER)
    return _from_service(said)


def _from_service(said: Mapping[str, Any]) -> Word:
    read = _SERVICES.get(str(said.get("source") or said.get("Type")))
    if read is None:
        return Refused(RefusalReason.INVALID)
    try:
        return read(said)
    except (KeyError, TypeError, ValueError, AttributeError):
        # Another shape than is documented: whoever keeps it aside for people does not know more.
        return Refused(RefusalReason.INVALID)


def _from_ourselves(said: Mapping[str, Any]) -> Word:
    match CALLBACK.validate_python(said, strict=False):
        case TwilioStatus() as callback:
            return _status(callback)
        case InboundText() as text:
            return IncomingText(
                id=text.message_id,
                sender=text.sender,
                line=text.line,
                body=text.body,
                at=text.at,
                provider=TWILIO_NAME,
            )
        case KeyPress() as pressed:
            return Receipt(pressed.key, State.READ, pressed.at, provider=CONNECT_NAME, provider_id=pressed.contact)


def _status(callback: TwilioStatus) -> Word:
    state = TWILIO.get(callback.status)
    if state is None:
        return Nothing(plain(callback.status))
    code = f"twilio_{callback.error_code}" if callback.error_code.isdigit() else plain(callback.status)
    return Receipt(
        key=callback.key,
        state=state,
        at=callback.at,
        provider=TWILIO_NAME,
        provider_id=callback.message_id,
        reason=code if state is State.UNDELIVERED else "",
    )


_SERVICES: Mapping[str, Callable[[Mapping[str, Any]], Word]] = {
    "Notification": from_topic,
    "aws.connect": from_connect,
    "twilio": _from_ourselves,
    "keypad": _from_ourselves,
}
"""By the ``source`` of an event or of what we heard, else the ``Type`` of an envelope."""


def _from_app(body: str, app: AppSender) -> Word:
    if len(body.encode()) > MAXIMUM_RECEIPT_BYTES:
        return Refused(RefusalReason.TOO_LARGE)
    try:
        word = APP_WORD.validate_json(body)
    except ValidationError:
        return Refused(RefusalReason.INVALID)
    if word.tenant not in app.tenants and EVERY_TENANT not in app.tenants:
        return Refused(RefusalReason.UNKNOWN_TENANT)
    return _shown(word) if isinstance(word, AppReceipt) else word


def _shown(word: AppReceipt) -> Receipt:
    """A device's word. FCM says of no push that it arrived: only this does."""
    key = DeliveryKey(
        tenant=word.tenant,
        notification=word.notification,
        recipient=word.user,
        channel=Channel.PUSH,
        endpoint=word.device,
    )
    return Receipt(key=key, state=word.state, at=word.at)
