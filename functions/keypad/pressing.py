"""A key that was pressed on a call: what Amazon Connect's contact flow tells of it, and what it is to say.

The flow calls the function with the call's attributes, which we gave it ourselves when we placed it, and with the
parameter ``statline_answer``. Source of the event: docs.aws.amazon.com/connect/latest/adminguide, "Grant Connect access
to your Lambda functions". The answer is a flat map of texts, as the flow's STRING_MAP wants it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.answers.replies import spoken
from functions.core.domain.delivering.delivery import DeliveryKey, trace_of
from functions.core.domain.errors import QueueUnavailableError
from functions.core.domain.escalation.step_name import activation_of
from functions.core.domain.ports.clock import Clock
from functions.core.domain.receipts.callbacks import KeyPress
from functions.core.services.acknowledge import Acknowledge, UnseenAnswerError
from statline.contract.words import Answer, Channel, Via


class Presses(Protocol):
    """Where it is told that a key was pressed."""

    def put(self, callback: KeyPress) -> None:
        """Keep it. Raises `QueueUnavailableError`."""
        ...


@dataclass(frozen=True, slots=True)
class KeypadEntrance:
    """Where keys come in."""

    acknowledge: Acknowledge
    presses: Presses
    log: Log
    clock: Clock

    def __call__(self, event: Mapping[str, Any]) -> dict[str, str]:
        """Take the answer down, and say what became of it. The same key again is the same answer.

        Raises `StoreUnavailableError`, and `UnseenAnswerError` of who declines: the flow then says that it could not be
        taken down, and asks again. Who accepts and is stored, covers the role: to say anything else would keep that
        person away from where nobody else is sent.
        """
        details = event["Details"]
        contact, pressed = details["ContactData"], details["Parameters"]
        call = contact["Attributes"]
        tenant, activation = call["statline_tenant"], activation_of(call["statline_notification"])
        answer = Answer(pressed["statline_answer"])
        try:
            said = self.acknowledge(tenant, activation, call["statline_recipient"], answer, Via.KEY)
        except UnseenAnswerError as unseen:
            if answer is Answer.DECLINE:
                raise
            self.log.warn("key pressed, and no look sent", trace=trace_of(tenant, activation), kind=answer)
            said = unseen.said
        else:
            self._note(call, contact["ContactId"])
        self.log.write("key pressed", trace=trace_of(tenant, activation), kind=answer, state=said.result)
        return {"statline_said": spoken(said), "statline_result": said.result.value}

    def _note(self, call: Mapping[str, str], contact: str) -> None:
        """Have the call's record say that a person was on it. The answer stands without: so nobody waits for it."""
        key = DeliveryKey(
            tenant=call["statline_tenant"],
            notification=call["statline_notification"],
            recipient=call["statline_recipient"],
            channel=Channel.VOICE,
            endpoint=call["statline_endpoint"],
        )
        try:
            self.presses.put(KeyPress(key=key, contact=contact, at=self.clock()))
        except QueueUnavailableError:
            self.log.warn("key pressed, and not noted on its call", trace=key.trace, delivery=key.id)
