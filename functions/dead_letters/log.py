"""What is logged of dead letters: ids and kinds, and the trace wherever a letter says which notification it is of."""

from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.routing.reading import names_in
from functions.core.services.bury import DeadDelivery, Letter

_LANE = "stat"
"""The only lane whose dead letters come here."""


class LetterLog:
    """Writes the log lines of dead letters."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def taken_up(self, letter: Letter) -> None:
        """A letter came."""
        self._log.warn(
            "dead letter",
            trace=trace_in(letter),
            message_id=letter.message_id,
            lane=_LANE,
            reason=type(letter).__name__,
            delivery=letter.delivery.key.id if isinstance(letter, DeadDelivery) and letter.delivery else "",
        )

    def stays(self, letter: Letter, cause: Exception) -> None:
        """A letter stays on its queue. The error's type, and nothing of its text."""
        self._log.warn(
            "dead letter stays",
            trace=trace_in(letter),
            message_id=letter.message_id,
            lane=_LANE,
            error=type(cause).__name__,
        )


def trace_in(letter: Letter) -> str:
    """The trace of a letter's notification; empty where its body names none, or is no delivery that we can read."""
    if isinstance(letter, DeadDelivery):
        return letter.delivery.key.trace if letter.delivery else ""
    return names_in(letter.body).trace
