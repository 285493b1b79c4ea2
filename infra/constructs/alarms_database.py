"""The alarms on the database: causes, not symptoms, because delivery does not use it. They explain a late directory.

RDS publishes one figure a minute, and does so while the instance runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aws_cdk import aws_cloudwatch as cloudwatch

from infra.config.database import DatabaseConfig, Instance, Role
from infra.constructs.alarms import AlarmRow, Figure, Formula, Missing, Whole
from infra.constructs.alarms_topics import Severity

IOPS_SHARE = 80
CONNECTIONS_SHARE = 80
DISK_QUEUE = 32
# The lag of a PostgreSQL replica grows for up to five minutes while nobody writes to the primary, until the next
# segment of the write-ahead log. That is no lag.
REPLICA_LAG_SECONDS = 360

SILENT_DATABASE = Missing(
    cloudwatch.TreatMissingData.BREACHING,
    "RDS publishes every minute while the instance runs: no figures for so long is an instance that is down, or a"
    " monitor that is blind, and on 10 January the monitor was blind for 70 minutes",
)
SAID_ELSEWHERE = Missing(
    cloudwatch.TreatMissingData.MISSING, "a silent instance is said once, by the alarm on its IOPS"
)
REPLICATION_STOPPED = Missing(
    cloudwatch.TreatMissingData.BREACHING,
    "a replica without a lag does not replicate: nothing may be backed up from it",
)


@dataclass(frozen=True, slots=True)
class _Concern:
    """How soon a person must look at an instance, and what its trouble means for clinicians."""

    severity: Severity
    means: str


_CONCERNS: Mapping[Role, _Concern] = MappingProxyType(
    {
        Role.PRIMARY: _Concern(
            Severity.PAGE,
            "The applications that clinicians work in are slow or stand still. Notifications do not use this database"
            " and go on; the directory ages.",
        ),
        Role.REPLICA: _Concern(
            Severity.TICKET,
            "Clinicians feel nothing yet: the replica serves backups and the directory. While this lasts the directory"
            " ages and no backup starts.",
        ),
    }
)


def database_alarms(database: DatabaseConfig) -> list[AlarmRow]:
    """The rows of a region's database."""
    instances = (database.primary, database.replica)
    return [*(row for instance in instances for row in _instance(instance)), _lag(database.replica)]


def instance_figure(name: str, instance: Instance, statistic: str = "Average") -> Figure:
    """A figure of one instance."""
    return Figure(
        namespace="AWS/RDS",
        name=name,
        statistic=statistic,
        dimensions={"DBInstanceIdentifier": instance.identifier},
    )


def iops_share(instance: Instance) -> Formula:
    """Reads and writes a second, as per cent of what the instance's storage is provisioned for."""
    # The names carry the role: a graph may show both instances, and takes each name once.
    reads, writes = f"{instance.role}_reads", f"{instance.role}_writes"
    return Formula(
        expression=f"100 * ({reads} + {writes}) / {instance.iops}",
        label=f"{instance.identifier}: IOPS used, % of {instance.iops}",
        figures={
            reads: instance_figure("ReadIOPS", instance),
            writes: instance_figure("WriteIOPS", instance),
        },
    )


def _instance(instance: Instance) -> tuple[AlarmRow, ...]:
    role, concern = instance.role, _CONCERNS[instance.role]
    return (
        AlarmRow(
            name=f"Statline database {role} is near its IOPS limit or silent",
            means=f"{concern.means} {instance.identifier} uses more than {IOPS_SHARE} % of its {instance.iops} IOPS, or"
            " publishes nothing.",
            first="Look for a backup, a dump (pg_dump, COPY) or a long report, and end it.",
            runbook="database-iops",
            severity=concern.severity,
            figure=iops_share(instance),
            threshold=IOPS_SHARE,
            datapoints=(3, 3),
            missing=SILENT_DATABASE,
            part_of=Whole.DATABASE,
        ),
        AlarmRow(
            name=f"Statline database {role} waits for its disk",
            means=f"{concern.means} In {instance.identifier} more than {DISK_QUEUE} operations wait for the disk.",
            first="Look for a backup, a dump (pg_dump, COPY) or a long report, and end it.",
            runbook="database-iops",
            severity=concern.severity,
            figure=instance_figure("DiskQueueDepth", instance),
            threshold=DISK_QUEUE,
            datapoints=(3, 3),
            missing=SAID_ELSEWHERE,
            part_of=Whole.DATABASE,
        ),
        AlarmRow(
            name=f"Statline database {role} runs out of connections",
            means=f"{concern.means} More than {CONNECTIONS_SHARE} % of the {instance.max_connections} connections of"
            f" {instance.identifier} are taken; when all are, nobody can log in, on-call included.",
            first="Find the application that holds most connections, and ask its team to restart or shrink its pool.",
            runbook="database-connections",
            severity=concern.severity,
            figure=instance_figure("DatabaseConnections", instance, "Maximum"),
            threshold=instance.max_connections * CONNECTIONS_SHARE / 100,
            datapoints=(3, 3),
            missing=SAID_ELSEWHERE,
            part_of=Whole.DATABASE,
        ),
    )


def _lag(replica: Instance) -> AlarmRow:
    return AlarmRow(
        name="Statline database replica lags",
        means=f"{_CONCERNS[Role.REPLICA].means} {replica.identifier} is over {REPLICA_LAG_SECONDS} seconds behind.",
        first="Look for a long query on the replica, and for heavy writing on the primary.",
        runbook="replica-lag",
        severity=Severity.TICKET,
        figure=instance_figure("ReplicaLag", replica, "Maximum"),
        threshold=REPLICA_LAG_SECONDS,
        datapoints=(5, 5),
        missing=REPLICATION_STOPPED,
        part_of=Whole.DATABASE,
    )
