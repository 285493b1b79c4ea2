"""The lower half of the dashboard: providers, functions, the database, the directory's source and the backups."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from functions.core.adapters.telemetry.embedded_metrics import Metric
from infra.config.database import DatabaseConfig, DirectorySource, Instance
from infra.config.providers import Providers
from infra.constructs.alarms.database_disk import DISK_QUEUE, IOPS_SHARE, LATENCY_SECONDS
from infra.constructs.alarms.database_figures import instance_figure, provisioned_share
from infra.constructs.alarms.directory import oldest
from infra.constructs.alarms.figures import function, measured
from infra.constructs.alarms.providers import ERRORS_SHARE, QUOTA_SHARE, errors_share, quota_share
from infra.constructs.alarms.rows import Figure
from infra.constructs.dashboard.graphs import graph

Row = list[cloudwatch.IWidget]


def delivery_causes(region: str, functions: Sequence[str], providers: Providers) -> list[Row]:
    """Why delivery is late. functions: by their names behind ``statline-``."""
    rates = providers.calls_per_minute
    return [
        [
            graph(
                "providers: put off, refused, unknown, % of calls",
                [errors_share(provider, region=region) for provider in rates],
                of=2,
                alarm=ERRORS_SHARE,
            ),
            graph(
                "providers: calls, % of the rate that they take",
                [quota_share(provider, rate, region=region) for provider, rate in rates.items()],
                of=2,
                alarm=QUOTA_SHARE,
            ),
        ],
        [
            graph(f"functions: {figure.lower()}", [function(figure, name) for name in functions], of=2)
            for figure in ("Errors", "Throttles")
        ],
    ]


def database_graphs(region: str, database: DatabaseConfig) -> list[Row]:
    """Why the database is slow; and what of the directory and the backups hangs on it."""
    instances = (database.primary, database.replica)
    return [
        _disk(instances),
        _server(instances, database.replica),
        *([_directory_source(region, database.directory)] if database.directory is not None else []),
        _backups(region),
    ]


def _each(figure: str, instances: Sequence[Instance], statistic: str = "Average") -> list[Figure]:
    return [instance_figure(figure, instance, statistic) for instance in instances]


def _disk(instances: Sequence[Instance]) -> Row:
    latencies = [*_each("ReadLatency", instances), *_each("WriteLatency", instances)]
    shares = [provisioned_share(instance) for instance in instances]
    return [
        graph("database: IOPS, % of provisioned", shares, of=3, alarm=IOPS_SHARE),
        graph(
            "database: operations that wait for the disk", _each("DiskQueueDepth", instances), of=3, alarm=DISK_QUEUE
        ),
        graph("database: reads and writes, s each", latencies, of=3, alarm=LATENCY_SECONDS),
    ]


def _server(instances: Sequence[Instance], replica: Instance) -> Row:
    vcpus = min(instance.limits.vcpus for instance in instances)
    return [
        graph("database: sessions at work", _each("DBLoad", instances), of=4, alarm=vcpus),
        graph("database: connections", _each("DatabaseConnections", instances, "Maximum"), of=4),
        graph("database: free memory, bytes", _each("FreeableMemory", instances, "Minimum"), of=4),
        graph("database: replica lag, s", [instance_figure("ReplicaLag", replica, "Maximum")], of=4),
    ]


def _directory_source(region: str, source: DirectorySource) -> Row:
    period = Duration.minutes(source.every_minutes)
    repairs = (
        Metric.DIRECTORY_REPAIRED,
        Metric.DIRECTORY_DELETED,
        Metric.DIRECTORY_DELETIONS_HELD_BACK,
        Metric.DIRECTORY_ROWS_REFUSED,
        Metric.DIRECTORY_ROWS_DISAGREEING,
    )
    return [
        graph(
            "directory: age after each reconcile, s",
            [measured(Metric.DIRECTORY_AGE, "Maximum", region=region)],
            of=2,
            alarm=oldest(period),
            period=period,
        ),
        graph(
            "directory: what each reconcile repaired, and what it left",
            [measured(metric, "Maximum", region=region) for metric in repairs],
            of=2,
            period=period,
        ),
    ]


def _backups(region: str) -> Row:
    return [
        graph("backup on the primary (1: yes)", [measured(Metric.BACKUP_ON_PRIMARY, "Maximum", region=region)], of=2),
        graph(
            "age of the last verified backup, h", [measured(Metric.VERIFIED_BACKUP_AGE, "Minimum", region=region)], of=2
        ),
    ]
