"""What the receipts function logs and measures. Ids, codes and figures; nothing of a text, and nobody's number."""

from collections.abc import Sequence

from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics, Metric, seconds_since
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.answers.replies import Said
from functions.core.domain.delivering.delivery import trace_of
from functions.core.domain.escalation.step_name import activation_of
from functions.core.services.answer_text import TextAnswered
from functions.core.services.record_receipts import Recorded
from functions.receipts.words import Nothing, Refused
from statline.contract.receipts import AppAnswer
from statline.contract.words import Channel, Priority

Outcome = Recorded | TextAnswered | Said | Nothing | Refused


class ReceiptsLog:
    """Writes the lines of one function, and its one metric."""

    def __init__(self, log: Log, metrics: EmbeddedMetrics) -> None:
        self._log = log
        self._metrics = metrics

    def done(self, message_id: str, outcome: Outcome) -> None:
        """One line for a message that was taken up."""
        match outcome:
            case Recorded():
                self._recorded(message_id, outcome)
            case TextAnswered(became=became, opened=None, detail=detail):
                self._log.write("text of no activation answered", message_id=message_id, kind=became, state=detail)
            case TextAnswered(became=became, opened=opened, detail=detail) if opened is not None:
                trace = trace_of(opened.tenant, opened.activation)
                self._log.write("text answered", trace=trace, message_id=message_id, kind=became, state=detail)
            case Nothing(kind=kind):
                self._log.write("receipt without a meaning", message_id=message_id, kind=kind)
            case Refused(reason=reason):
                self._log.warn("receipt refused", message_id=message_id, reason=reason)

    def answered(self, message_id: str, word: AppAnswer, said: Said) -> None:
        """One line for an answer that the app brought."""
        trace = trace_of(word.tenant, activation_of(word.notification))
        self._log.write("app answered", trace=trace, message_id=message_id, kind=word.answer, state=said.result)

    def staying(self, message_id: str, cause: Exception) -> None:
        """A message that stays on its queue, and the type of the error that keeps it there."""
        self._log.warn("receipt stays", message_id=message_id, error=type(cause).__name__)

    def measure(self, recorded: Sequence[Recorded]) -> None:
        """How long it took from the producer to the phone: a line for each lane and channel."""
        seconds: dict[tuple[Priority, Channel], list[float]] = {}
        for each in recorded:
            if each.record and each.reached_at and each.sent_at:
                way = (each.record.priority, each.record.key.channel)
                seconds.setdefault(way, []).append(seconds_since(each.sent_at, each.reached_at))
        for (lane, channel), values in seconds.items():
            self._metrics.put({Metric.RECEIPT_SECONDS: values}, lane=lane, channel=channel)

    def _recorded(self, message_id: str, recorded: Recorded) -> None:
        receipt = recorded.receipt
        self._log.write(
            "receipt recorded" if recorded.moved else "receipt changes nothing",
            trace=receipt.key.trace,
            delivery=receipt.key.id,
            message_id=message_id,
            channel=receipt.key.channel,
            kind=receipt.state,
            state=recorded.record.state if recorded.record else "",
            reason=receipt.reason,
            provider=receipt.provider,
        )
