"""The reconcile's figures as metrics."""

from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics, Metric
from functions.core.domain.directory.reconciling import Report


class ReconcileFigures:
    """The port `Figures`."""

    def __init__(self, metrics: EmbeddedMetrics) -> None:
        self._metrics = metrics

    def age(self, seconds: float) -> None:
        """See `Figures.age`."""
        self._metrics.put({Metric.DIRECTORY_AGE: round(seconds, 1)})

    def report(self, report: Report) -> None:
        """See `Figures.report`."""
        self._metrics.put(
            {
                Metric.DIRECTORY_REPAIRED: report.repaired,
                Metric.DIRECTORY_DELETED: report.deleted,
                Metric.DIRECTORY_DELETIONS_HELD_BACK: sum(held.count for held in report.held_back),
                Metric.DIRECTORY_ROWS_REFUSED: report.refused,
                Metric.DIRECTORY_ROWS_DISAGREEING: report.disagreeing,
            }
        )
        for kind, live in report.live.items():
            self._metrics.put({Metric.DIRECTORY_ENTRIES: live}, kind=kind)
