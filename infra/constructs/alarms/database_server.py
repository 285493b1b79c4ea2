"""The alarms on an instance's server: its processors, its connections, its memory and its storage's room."""

from infra.config.database import Instance
from infra.constructs.alarms.database_figures import CONCERNS, NO_LOAD, SAID_ELSEWHERE, instance_figure
from infra.constructs.alarms.rows import AlarmRow

CONNECTIONS_SHARE = 80
MEMORY_SHARE = 5
STORAGE_SHARE = 10
_GIB = 2**30


def server_alarms(instance: Instance) -> list[AlarmRow]:
    """The rows of one instance."""
    return [_load(instance), _connections(instance), _memory(instance), _storage(instance)]


def _load(instance: Instance) -> AlarmRow:
    # More sessions at work than processors is where each new one makes the others slower.
    role, concern, vcpus = instance.role, CONCERNS[instance.role], instance.limits.vcpus
    return AlarmRow(
        name=f"Statline database {role} has more work than processors",
        means=f"{concern.means} In {instance.identifier} more sessions work or wait than it has processors ({vcpus}).",
        first="Look which application and statement make the load (Performance Insights), and who can stop it.",
        runbook="database-load",
        heard_as=concern.heard_as,
        figure=instance_figure("DBLoad", instance),
        threshold=vcpus,
        datapoints=(3, 3),
        missing=NO_LOAD,
    )


def _connections(instance: Instance) -> AlarmRow:
    # On 2 March the rest was gone within minutes: two figures, not three.
    role, concern = instance.role, CONCERNS[instance.role]
    return AlarmRow(
        name=f"Statline database {role} runs out of connections",
        means=f"{concern.means} More than {CONNECTIONS_SHARE} % of the {instance.max_connections} connections of"
        f" {instance.identifier} are taken; when all are, nobody can log in, on-call included.",
        first="Find the application that holds most connections, and ask its team to restart or shrink its pool.",
        runbook="database-connections",
        heard_as=concern.heard_as,
        figure=instance_figure("DatabaseConnections", instance, "Maximum"),
        threshold=instance.max_connections * CONNECTIONS_SHARE / 100,
        datapoints=(2, 2),
        missing=SAID_ELSEWHERE,
    )


def _memory(instance: Instance) -> AlarmRow:
    # What PostgreSQL caches counts as freeable, so a healthy instance has a third and more.
    role, concern, memory = instance.role, CONCERNS[instance.role], instance.limits.memory_gib
    return AlarmRow(
        name=f"Statline database {role} runs out of memory",
        means=f"{concern.means} {instance.identifier} has less than {MEMORY_SHARE} % of its {memory:g} GiB to spare;"
        " without any, the server restarts.",
        first="Look for sessions that sort or hash much (long reports), and for a crowd of connections; end them.",
        runbook="database-memory",
        heard_as=concern.heard_as,
        figure=instance_figure("FreeableMemory", instance, "Minimum"),
        threshold=memory * _GIB * MEMORY_SHARE / 100,
        below=True,
        datapoints=(5, 5),
        missing=SAID_ELSEWHERE,
    )


def _storage(instance: Instance) -> AlarmRow:
    role, concern, storage = instance.role, CONCERNS[instance.role], instance.storage_gib
    return AlarmRow(
        name=f"Statline database {role} runs out of storage",
        means=f"Clinicians feel nothing yet. {instance.identifier} has less than {STORAGE_SHARE} % of its {storage} GiB"
        " free; when it is full, the database stops.",
        first="Enlarge the storage now (it takes minutes and interrupts nothing), then find what grew.",
        runbook="database-storage",
        heard_as=concern.alone,
        figure=instance_figure("FreeStorageSpace", instance, "Minimum"),
        threshold=storage * _GIB * STORAGE_SHARE / 100,
        below=True,
        datapoints=(5, 5),
        missing=SAID_ELSEWHERE,
    )
