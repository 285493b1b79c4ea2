"""What an app's backend tells Statline: the ``receipts`` queue takes it from the senders that the deployment knows.

FCM says that it took a push, and never that a device showed it. So only the app's own word makes a push DELIVERED or
READ; without it, a push stays ACCEPTED for ever.
"""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from statline.contract.model import ContractModel, Identifier, Moment, Tenant
from statline.contract.words import Answer, DeliveryState

MAXIMUM_RECEIPT_BYTES = 4_096


class AppReceipt(ContractModel):
    """A device showed a push, or its owner opened it.

    ``notification`` and ``device`` are those of the push's own data (``statline_notification``, and the directory's id
    of the device).
    """

    version: Literal[1] = 1
    kind: Literal["receipt"]
    tenant: Tenant
    notification: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:~/*-]{1,300}$")]
    user: Identifier
    device: Identifier
    state: Literal[DeliveryState.DELIVERED, DeliveryState.READ]
    at: Moment


class AppAnswer(ContractModel):
    """A person accepted or declined an activation in the app."""

    version: Literal[1] = 1
    kind: Literal["answer"]
    tenant: Tenant
    notification: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:~/*-]{1,300}$")]
    user: Identifier
    answer: Answer
    at: Moment


AppWord = Annotated[AppReceipt | AppAnswer, Field(discriminator="kind")]
APP_WORD: TypeAdapter[AppWord] = TypeAdapter(AppWord)
