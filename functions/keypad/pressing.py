"""A key that was pressed on a call: what Amazon Connect's contact flow tells of it, and what it is to say.

The flow calls the function with the call's attributes, which we gave it ourselves when we placed it, and with the
parameter ``statline_answer``. Source of the event: docs.aws.amazon.com/connect/latest/adminguide, "Grant Connect access
to your Lambda functions". The answer is a flat map of texts, as the flow's STRING_MAP wants it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.answers.replies import spoken
from functions.core.domain.delivering.delivery import trace_of
from functions.core.domain.escalation.step_name import activation_of
from functions.core.services.acknowledge import Acknowledge, UnseenAnswerError
from statline.contract.words import Answer, Via


@dataclass(frozen=True, slots=True)
class KeypadEntrance:
    """Where keys come in."""

    acknowledge: Acknowledge
    log: Log

    def __call__(self, event: Mapping[str, Any]) -> dict[str, str]:
        """Take the answer down, and say what became of it. The same key again is the same answer.

        Raises `StoreUnavailableError`, and `UnseenAnswerError` of who declines: the flow then says that it could not be
        taken down, and asks again. Who accepts and is stored, covers the role: to say anything else would keep that
        person away from where nobody else is sent.
        """
        details = event["Details"]
        call, pressed = details["ContactData"]["Attributes"], details["Parameters"]
        tenant, activation = call["statline_tenant"], activation_of(call["statline_notification"])
        answer = Answer(pressed["statline_answer"])
        try:
            said = self.acknowledge(tenant, activation, call["statline_recipient"], answer, Via.KEY)
        except UnseenAnswerError as unseen:
            if answer is Answer.DECLINE:
                raise
            self.log.warn("key pressed, and no look sent", trace=trace_of(tenant, activation), kind=answer)
            said = unseen.said
        self.log.write("key pressed", trace=trace_of(tenant, activation), kind=answer, state=said.result)
        return {"statline_said": spoken(said), "statline_result": said.result.value}
