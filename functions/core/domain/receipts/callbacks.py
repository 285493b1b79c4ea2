"""What our own functions put on the receipts queue: callbacks whose signature was right, and keys that were pressed.

The values are the provider's own: which state a status means is a table of whoever reads it.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from functions.core.domain.delivering.delivery import DeliveryKey
from statline.contract.model import ContractModel


class TwilioStatus(ContractModel):
    """Twilio says what became of a text: ``queued``, ``sent``, ``delivered``, ``undelivered``, ``failed``, ...

    key: the delivery's, as its status callback's address carried it.
    message_id: Twilio's name of the text (SM...), which an attempt has as its provider's id.
    error_code: why it failed, in Twilio's numbers; empty where it did not.
    at: when the callback came. Twilio says no moment of its own.
    """

    version: Literal[1] = 1
    source: Literal["twilio"] = "twilio"
    kind: Literal["status"] = "status"
    key: DeliveryKey
    message_id: str
    status: str
    error_code: str = ""
    at: datetime


class InboundText(ContractModel):
    """Somebody texted one of our numbers at Twilio. ``sender`` and ``line`` are as Twilio has them: E.164."""

    version: Literal[1] = 1
    source: Literal["twilio"] = "twilio"
    kind: Literal["text"] = "text"
    message_id: str
    sender: str
    line: str
    body: str
    at: datetime


class KeyPress(ContractModel):
    """Somebody pressed a key on a call of ours: a person has heard what it said, and no voicemail.

    key: the call's delivery. contact: Amazon Connect's name of the call, which an attempt has as its provider's id.
    """

    version: Literal[1] = 1
    source: Literal["keypad"] = "keypad"
    kind: Literal["key"] = "key"
    key: DeliveryKey
    contact: str
    at: datetime


Heard = TwilioStatus | InboundText | KeyPress
CALLBACK: TypeAdapter[Heard] = TypeAdapter(Annotated[Heard, Field(discriminator="kind")])
