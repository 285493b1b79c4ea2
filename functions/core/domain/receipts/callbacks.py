"""What our own webhooks put on the receipts queue: a callback whose signature was right, in words of ours.

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


Callback = Annotated[TwilioStatus | InboundText, Field(discriminator="kind")]
CALLBACK: TypeAdapter[TwilioStatus | InboundText] = TypeAdapter(Callback)
