"""What a message of the receipts queue can be, once it is read."""

from dataclasses import dataclass

from functions.core.domain.receipts.receipt_states import Receipt
from functions.core.services.answer_text import IncomingText
from statline.contract.receipts import AppAnswer


@dataclass(frozen=True, slots=True)
class ContactEvent:
    """A call's event, of which only Amazon Connect can say which delivery it is of.

    was_answered: it had been, by a person or a machine, when the event was made. reason: why it ended, a plain word.
    """

    contact: str
    event_type: str
    was_answered: bool
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """It is in order and means nothing to us. ``kind``: its own word for what it is."""

    kind: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It is kept aside for people. ``reason``: one of the words of `RefusalReason`."""

    reason: str


Word = Receipt | AppAnswer | IncomingText | ContactEvent | Nothing | Refused
