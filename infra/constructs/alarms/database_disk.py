"""The alarms on an instance's disk: its limits, what waits for it, and how long it takes."""

from infra.config.database import Instance
from infra.constructs.alarms.database_figures import (
    CONCERNS,
    SAID_ELSEWHERE,
    SILENT_DATABASE,
    instance_figure,
    iops_share,
    provisioned_share,
)
from infra.constructs.alarms.rows import AlarmRow

IOPS_SHARE = 80
DISK_QUEUE = 32
LATENCY_SECONDS = 0.02
BURST_SHARE = 20
_STOP_IT = "Look for a backup, a dump (pg_dump, COPY) or a long report, and end it."


def disk_alarms(instance: Instance) -> list[AlarmRow]:
    """The rows of one instance. Only a class that bursts can use its burst up."""
    latencies = [
        _slow(instance, figure, word) for figure, word in (("ReadLatency", "reads"), ("WriteLatency", "writes"))
    ]
    bursts = [_burst(instance)] if instance.limits.bursts else []
    return [_near_limit(instance), _near_instance_limit(instance), *bursts, _queue(instance), *latencies]


def _near_limit(instance: Instance) -> AlarmRow:
    # A checkpoint or an index scan fills a minute; two in a row at four fifths is where the next request waits.
    role, concern = instance.role, CONCERNS[instance.role]
    return AlarmRow(
        name=f"Statline database {role} is near its IOPS limit or silent",
        means=f"{concern.means} {instance.identifier} uses more than {IOPS_SHARE} % of its {instance.iops} IOPS, or"
        " publishes nothing.",
        first=_STOP_IT,
        runbook="database-iops",
        heard_as=concern.heard_as,
        figure=provisioned_share(instance),
        threshold=IOPS_SHARE,
        datapoints=(2, 2),
        missing=SILENT_DATABASE,
    )


def _near_instance_limit(instance: Instance) -> AlarmRow:
    # Storage can be provisioned for more than the server lets through; then this is the limit that is met.
    role, concern, most = instance.role, CONCERNS[instance.role], instance.limits.iops
    return AlarmRow(
        name=f"Statline database {role} is near its instance limit",
        means=f"{concern.means} {instance.identifier} uses more than {IOPS_SHARE} % of the {most} IOPS that its"
        " instance class lets through, whatever its storage has.",
        first=_STOP_IT,
        runbook="database-iops",
        heard_as=concern.heard_as,
        figure=iops_share(instance, of=most, what="the class's"),
        threshold=IOPS_SHARE,
        datapoints=(2, 2),
        missing=SAID_ELSEWHERE,
    )


def _burst(instance: Instance) -> AlarmRow:
    # It lasts half an hour at the most: a fifth is six minutes, in which something can still be stopped.
    role, concern, limits = instance.role, CONCERNS[instance.role], instance.limits
    return AlarmRow(
        name=f"Statline database {role} has little disk burst left",
        means=f"{concern.means} In some minutes {instance.identifier} falls back to the {limits.sustained_iops} IOPS"
        " that its instance class sustains.",
        first=_STOP_IT,
        runbook="database-iops",
        heard_as=concern.heard_as,
        figure=instance_figure("EBSIOBalance%", instance, "Minimum"),
        threshold=BURST_SHARE,
        below=True,
        datapoints=(3, 3),
        missing=SAID_ELSEWHERE,
    )


def _queue(instance: Instance) -> AlarmRow:
    role, concern = instance.role, CONCERNS[instance.role]
    return AlarmRow(
        name=f"Statline database {role} waits for its disk",
        means=f"{concern.means} In {instance.identifier} more than {DISK_QUEUE} operations wait for the disk.",
        first=_STOP_IT,
        runbook="database-iops",
        heard_as=concern.heard_as,
        figure=instance_figure("DiskQueueDepth", instance),
        threshold=DISK_QUEUE,
        datapoints=(2, 2),
        missing=SAID_ELSEWHERE,
    )


def _slow(instance: Instance, figure: str, word: str) -> AlarmRow:
    # gp3 takes one to three milliseconds. In a quiet minute a handful of cold reads can take twenty; three such minutes
    # in a row are no accident.
    role, concern = instance.role, CONCERNS[instance.role]
    return AlarmRow(
        name=f"Statline database {role} {word} slowly",
        means=f"{concern.means} {instance.identifier} needs more than {LATENCY_SECONDS * 1000:g} ms for one operation"
        f" when it {word}; one to three are usual.",
        first=_STOP_IT,
        runbook="database-latency",
        heard_as=concern.heard_as,
        figure=instance_figure(figure, instance),
        threshold=LATENCY_SECONDS,
        datapoints=(3, 3),
        missing=SAID_ELSEWHERE,
    )
