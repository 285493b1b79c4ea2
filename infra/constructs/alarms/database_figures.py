"""What the alarms on a database instance have in common: figures, what silence means, and whom it concerns."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aws_cdk import aws_cloudwatch as cloudwatch

from infra.config.database import Instance, Role
from infra.constructs.alarms.rows import Figure, Formula, Missing
from infra.constructs.alarms.topics import Severity
from infra.constructs.alarms.wholes import Whole

SILENT_DATABASE = Missing(
    cloudwatch.TreatMissingData.BREACHING,
    "RDS publishes every minute while the instance runs: no figures for so long is an instance that is down, or a"
    " monitor that is blind, and on 10 January the monitor was blind for 70 minutes",
)
SAID_ELSEWHERE = Missing(
    cloudwatch.TreatMissingData.MISSING, "a silent instance is said once, by the alarm on its IOPS"
)
NO_LOAD = Missing(
    cloudwatch.TreatMissingData.NOT_BREACHING, "the load is published only while there is any; none is none too much"
)
REPLICATION_STOPPED = Missing(
    cloudwatch.TreatMissingData.BREACHING,
    "a replica without a lag does not replicate: nothing may be backed up from it",
)


@dataclass(frozen=True, slots=True)
class Concern:
    """How an instance's trouble is heard, and what it means for clinicians.

    alone: of what goes on until somebody does something about it. It speaks by itself, because a whole that spoke as
        long would hide the next trouble.
    """

    heard_as: Whole
    alone: Severity
    means: str


CONCERNS: Mapping[Role, Concern] = MappingProxyType(
    {
        Role.PRIMARY: Concern(
            Whole.DATABASE,
            Severity.PAGE,
            "The applications that clinicians work in are slow or stand still. Notifications do not use this database"
            " and go on; the directory ages.",
        ),
        Role.REPLICA: Concern(
            Whole.REPLICA,
            Severity.TICKET,
            "Clinicians feel nothing yet: the replica serves backups and the directory. While this lasts the directory"
            " ages and no backup starts.",
        ),
    }
)


def instance_figure(name: str, instance: Instance, statistic: str = "Average") -> Figure:
    """A figure of one instance."""
    return Figure(
        namespace="AWS/RDS",
        name=name,
        statistic=statistic,
        dimensions={"DBInstanceIdentifier": instance.identifier},
    )


def iops_share(instance: Instance, *, of: int, what: str) -> Formula:
    """Reads and writes a second, as per cent of a limit. what: whose limit it is."""
    # The names carry the role: a graph may show both instances, and takes each name once.
    reads, writes = f"{instance.role}_reads", f"{instance.role}_writes"
    return Formula(
        expression=f"100 * ({reads} + {writes}) / {of}",
        label=f"{instance.identifier}: IOPS used, % of {what} {of}",
        figures={
            reads: instance_figure("ReadIOPS", instance),
            writes: instance_figure("WriteIOPS", instance),
        },
    )


def provisioned_share(instance: Instance) -> Formula:
    """Reads and writes a second, as per cent of what the instance's storage is provisioned for."""
    return iops_share(instance, of=instance.iops, what="the storage's")
