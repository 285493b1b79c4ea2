"""Answers a step, and writes a line about it: never who called, and nothing that was keyed in."""

from functions.core.adapters.telemetry.logs import Log
from functions.virtual_pager.conversation import Answer, Conversation, Details


class PagerEntrance:
    """Where the steps of calls come in."""

    def __init__(self, conversation: Conversation, log: Log) -> None:
        self._conversation = conversation
        self._log = log

    def __call__(self, details: Details) -> Answer:
        """What is said next."""
        answer = self._conversation(details)
        outcome = answer.get("statline_paged", answer.get("statline_wants", ""))
        self._log.write(
            "caller answered",
            trace=answer.get("statline_trace", ""),
            message_id=details.contact.id,
            kind=details.said.step,
            state=outcome,
        )
        return answer
