"""The plan of a notification: every delivery that the router decided on, stored before the first one is sent.

A router that runs again sends the stored plan: a shift change in between pages nobody else.
"""

from datetime import datetime

from pydantic import Field

from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.escalation.activation import Activation
from statline.contract.model import ContractModel
from statline.contract.words import Kind, Priority, RecipientProblem

Trouble = RecipientProblem


class RecipientTrouble(ContractModel):
    """One recipient of the message (``user:u-17``, ``team:code-blue``, ``pager:4471``) and what is wrong with it."""

    recipient: str
    trouble: Trouble


class Plan(ContractModel):
    """What becomes of one notification."""

    tenant: str
    notification: str
    digest: str = Field(description="Of the message's meaning: the same id with another digest is refused.")
    producer: str
    priority: Priority
    kind: Kind
    sent_at: datetime
    routed_at: datetime
    expires_at: datetime
    deliveries: tuple[Delivery, ...]
    troubles: tuple[RecipientTrouble, ...] = ()
    activation: Activation | None = Field(default=None, description="Set where somebody is to acknowledge it.")
