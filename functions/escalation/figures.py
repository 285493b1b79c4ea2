"""What escalation did, as metrics and log lines: traces and figures, and no person's or role's name."""

from datetime import timedelta

from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics, Metric
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.delivering.delivery import trace_of
from functions.core.domain.escalation.ladder import Ladder
from functions.core.domain.escalation.step_name import activation_of
from functions.core.domain.routing.plan import Plan


class EscalationLog:
    """The ports `EscalationFigures` and `SweepFigures`."""

    def __init__(self, metrics: EmbeddedMetrics, log: Log) -> None:
        self._metrics = metrics
        self._log = log

    def step_late(self, step: Plan, late: timedelta) -> None:
        """See `EscalationFigures.step_late`."""
        seconds = round(late.total_seconds(), 3)
        self._metrics.put({Metric.STEP_LATE_SECONDS: seconds})
        self._log.write(
            "step fired",
            trace=trace_of(step.tenant, activation_of(step.notification)),
            lane=step.priority,
            count=len({delivery.key.recipient for delivery in step.deliveries}),
            milliseconds=round(seconds * 1000),
        )

    def ended(self, ladder: Ladder, *, unanswered: bool) -> None:
        """See `EscalationFigures.ended`."""
        trace = trace_of(ladder.tenant, ladder.activation)
        if unanswered:
            self._metrics.put({Metric.LADDERS_EXHAUSTED: 1})
            self._log.warn("nobody answered", trace=trace, state=ladder.state, count=ladder.at)
        else:
            self._log.write("ladder ended", trace=trace, state=ladder.state, count=ladder.at)

    def overdue(self, ladders: int) -> None:
        """See `SweepFigures.overdue`."""
        self._metrics.put({Metric.LADDERS_OVERDUE: ladders})
        if ladders:
            self._log.warn("ladders overdue", count=ladders)

    def left(self, tenant: str, activation: str, cause: Exception) -> None:
        """An activation is to be looked at again. The error's type, and nothing of its text."""
        self._log.warn("look failed", trace=trace_of(tenant, activation), error=type(cause).__name__)

    def unreadable(self, message_id: str) -> None:
        """A message on the queue is no look of any version that this code reads."""
        self._log.warn("unreadable look", message_id=message_id)
