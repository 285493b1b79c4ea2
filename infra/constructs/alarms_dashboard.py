"""The region's dashboard: what clinicians feel on top, where it waits below, why at the bottom."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from functions.core.adapters.embedded_metrics import Metric
from infra.config.database import DatabaseConfig, DirectorySource
from infra.constructs.alarms_database import IOPS_SHARE, instance_figure, iops_share
from infra.constructs.alarms_delivery import INGRESS, PATIENCE, function, functions_of, queue
from infra.constructs.alarms_directory import directory_figure, oldest
from statline.contract.words import Channel, Priority

_WIDTH = 24
_MINUTE = Duration.minutes(1)


class RegionDashboard(Construct):
    """One page for a region."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        region: str,
        channels: Sequence[Channel],
        database: DatabaseConfig | None,
    ) -> None:
        super().__init__(scope, construct_id)
        stages = [INGRESS, *(channel.value for channel in channels)]
        rows: list[list[cloudwatch.IWidget]] = [
            [_ages(priority, stages) for priority in (Priority.STAT, Priority.URGENT, Priority.ROUTINE)],
            [_dead_letters(stages), _directory()],
            [_functions(figure, functions_of(channels)) for figure in ("Errors", "Throttles")],
            *([_database(database)] if database else []),
            *([_directory_source(region, database.directory)] if database and database.directory else []),
        ]
        cloudwatch.Dashboard(self, "Dashboard", dashboard_name=f"statline-{region}", widgets=rows)


def _graph(
    title: str, width: int, metrics: Sequence[cloudwatch.IMetric], limit: float | None
) -> cloudwatch.GraphWidget:
    annotations = [] if limit is None else [cloudwatch.HorizontalAnnotation(value=limit, label="alarm")]
    return cloudwatch.GraphWidget(
        title=title, width=width, height=6, left=list(metrics), left_annotations=annotations, period=_MINUTE
    )


def _ages(priority: Priority, stages: Sequence[str]) -> cloudwatch.GraphWidget:
    ages = [queue("ApproximateAgeOfOldestMessage", f"statline-{stage}-{priority}").over(_MINUTE) for stage in stages]
    return _graph(f"{priority}: age of the oldest message, s", _WIDTH // 3, ages, PATIENCE[priority].age)


def _dead_letters(stages: Sequence[str]) -> cloudwatch.GraphWidget:
    names = [f"statline-{stage}-{priority}-dlq" for stage in stages for priority in Priority]
    depths = [queue("ApproximateNumberOfMessagesVisible", name).over(_MINUTE) for name in names]
    return _graph("dead letters", _WIDTH // 2, depths, None)


def _directory() -> cloudwatch.GraphWidget:
    age = queue("ApproximateAgeOfOldestMessage", "statline-directory-changes").over(_MINUTE)
    return _graph("directory changes: age of the oldest, s", _WIDTH // 2, [age], None)


def _functions(figure: str, names: Sequence[str]) -> cloudwatch.GraphWidget:
    return _graph(
        f"functions: {figure.lower()}", _WIDTH // 2, [function(figure, name).over(_MINUTE) for name in names], None
    )


def _database(database: DatabaseConfig) -> list[cloudwatch.IWidget]:
    instances = (database.primary, database.replica)
    lag = instance_figure("ReplicaLag", database.replica, "Maximum").over(_MINUTE)
    return [
        _graph(
            "database: IOPS, % of provisioned",
            _WIDTH // 2,
            [iops_share(instance).over(_MINUTE) for instance in instances],
            IOPS_SHARE,
        ),
        _graph("database: replica lag, s", _WIDTH // 2, [lag], None),
    ]


def _directory_source(region: str, source: DirectorySource) -> list[cloudwatch.IWidget]:
    period = Duration.minutes(source.every_minutes)
    repairs = (
        Metric.DIRECTORY_REPAIRED,
        Metric.DIRECTORY_DELETED,
        Metric.DIRECTORY_DELETIONS_HELD_BACK,
        Metric.DIRECTORY_ROWS_REFUSED,
        Metric.DIRECTORY_ROWS_DISAGREEING,
    )
    return [
        _graph(
            "directory: age after each reconcile, s",
            _WIDTH // 2,
            [directory_figure(Metric.DIRECTORY_AGE, region=region).over(period)],
            oldest(period),
        ),
        _graph(
            "directory: what each reconcile repaired, and what it left",
            _WIDTH // 2,
            [directory_figure(metric, region=region).over(period) for metric in repairs],
            None,
        ),
    ]
