"""What an incident can turn in the simulated region, by name. Nothing else about the region changes in a drill."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import MappingProxyType

from statline.contract.words import Channel, Priority

PROVIDER_OF: Mapping[Channel, str] = MappingProxyType(
    {Channel.PUSH: "fcm", Channel.SMS: "sms", Channel.VOICE: "connect"}
)
STAGES = ("ingress", *(channel.value for channel in Channel))
SECOND_PROVIDERS = ("twilio",)
SIDE_QUEUES = ("escalation", "receipts", "receipt-deadlines", "roll-calls")
TICKING = ("outstanding", "canary")
FUNCTIONS = (
    "router", "push", "sms", "voice", "escalation", "receipts", "late-receipts", "keypad", "virtual-pager",
    "webhooks", "roll-call", "events", "directory", "dead-letters",
    "canary", "outstanding", "reconcile", "backup-watch", "backup-upkeep",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lever:
    """What one name turns. usual: its value in health. least, most: what makes sense."""

    usual: float
    least: float
    most: float
    means: str


_SWITCH = (0.0, 0.0, 1.0)
_SHARE = (0.0, 0.0, 1.0)
_COUNT = (0.0, 0.0, 1e6)
_TIMES = (1.0, 0.0, 1000.0)


def _each(names: Sequence[str], pattern: str, lever: Lever) -> Iterator[tuple[str, Lever]]:
    return ((pattern.format(name), lever) for name in names)


def _all() -> Iterator[tuple[str, Lever]]:
    lanes = [lane.value for lane in Priority]
    queues = [f"{stage}.{lane}" for stage in STAGES for lane in lanes]
    yield "region.silent", Lever(*_SWITCH, "nothing in the region works or publishes any more")
    yield from _each(lanes, "producers.{}", Lever(*_TIMES, "times as many notifications as usual"))
    ways = [f"{lane}.{channel}" for lane in lanes for channel in Channel]
    yield from _each(ways, "producers.{}", Lever(0, 0, 100, "of each notification, deliveries on top"))
    yield from _each(queues, "stage.{}.stopped", Lever(*_SWITCH, "nobody takes messages from the queue"))
    yield from _each(queues, "stage.{}.per_minute", Lever(1e9, 0, 1e9, "messages a minute that are taken at most"))
    yield from _each(queues, "stage.{}.poison", Lever(*_COUNT, "messages that crash whoever takes them, put in once"))
    yield from _each(FUNCTIONS, "function.{}.errors", Lever(*_SHARE, "of its calls, how many crash"))
    yield from _each(FUNCTIONS, "function.{}.throttled", Lever(*_SHARE, "of its calls, how many get no concurrency"))
    yield from _each(FUNCTIONS, "function.{}.slowness", Lever(*_TIMES, "times as long a call as usual"))
    providers = (*PROVIDER_OF.values(), *SECOND_PROVIDERS)
    yield from _each(providers, "provider.{}.down", Lever(*_SWITCH, "no call is answered"))
    yield from _each(providers, "provider.{}.errors", Lever(*_SHARE, "of the calls, how many are put off"))
    yield from _each(providers, "provider.{}.refusals", Lever(*_SHARE, "of the calls, how many are refused for good"))
    yield from _each(providers, "provider.{}.slowness", Lever(*_TIMES, "times as long an answer as usual"))
    yield from _following()
    yield from _database(("primary", "replica"))
    yield from _around()


def _following() -> Iterator[tuple[str, Lever]]:
    yield "producers.activations", Lever(*_TIMES, "times as many activations as usual")
    yield "people.silent", Lever(0.05, 0, 1, "of those who are paged for an activation, how many do not answer")
    yield "escalation.timers_lost", Lever(*_SHARE, "of the ladders' timers, how many never end")
    yield from _each(SIDE_QUEUES, "queue.{}.stopped", Lever(*_SWITCH, "nobody takes messages from the queue"))
    yield from _each(SIDE_QUEUES, "queue.{}.dead", Lever(*_COUNT, "messages that were given up, put in once"))
    yield from _each(
        [channel.value for channel in Channel],
        "receipts.{}.lost",
        Lever(*_SHARE, "of the receipts, how many do not come"),
    )
    yield "receipts.refused", Lever(*_COUNT, "texts' receipts that SNS cannot hand over, put in once")
    yield "replies.refused", Lever(*_COUNT, "people's texts that SNS cannot hand over, put in once")
    yield "calls.refused", Lever(*_COUNT, "Connect's events that EventBridge cannot hand over, put in once")
    yield from _each(TICKING, "ticks.{}.stopped", Lever(*_SWITCH, "nobody takes the ticks that it sends itself"))
    yield from _each(
        [channel.value for channel in Channel],
        "canary.{}.missed",
        Lever(*_COUNT, "real canaries that no provider took over, put in once"),
    )
    yield "callbacks.forged", Lever(0, 0, 1e6, "callbacks a minute whose signature is wrong")


def _database(roles: Sequence[str]) -> Iterator[tuple[str, Lever]]:
    yield from _each(roles, "database.{}.extra_reads", Lever(0, 0, 10, "of the provisioned IOPS, reads on top"))
    yield from _each(roles, "database.{}.extra_writes", Lever(0, 0, 10, "of the provisioned IOPS, writes on top"))
    yield from _each(roles, "database.{}.provisioned", Lever(1, 0, 10, "times the IOPS that the alarms know of"))
    yield from _each(
        roles, "database.{}.connections", Lever(0, 0, 1, "of all connections, how many are taken at least")
    )
    yield from _each(roles, "database.{}.sessions", Lever(0, 0, 10_000, "active sessions that come on top"))
    yield from _each(roles, "database.{}.disk_slowness", Lever(*_TIMES, "times as long a read or write as usual"))
    yield from _each(roles, "database.{}.storage", Lever(0.45, 0, 1, "of the storage, how much is free"))
    yield from _each(roles, "database.{}.memory", Lever(0.35, 0, 1, "of the memory, how much is free"))
    yield from _each(roles, "database.{}.silent", Lever(*_SWITCH, "the instance publishes nothing"))
    yield "database.replica.lag", Lever(0, 0, 1e6, "seconds that the replica is behind on top")
    yield "database.replica.broken", Lever(*_SWITCH, "the replica does not replicate, and says no lag")


def _around() -> Iterator[tuple[str, Lever]]:
    yield "backup.on_primary", Lever(*_SWITCH, "somebody backs up or dumps the primary")
    yield "backup.failed", Lever(*_COUNT, "backups that end badly, put in once")
    yield "backup.halted", Lever(*_COUNT, "backups that stop for an alarm, put in once")
    yield "backup.age", Lever(0, 0, 1e4, "hours that the last good backup is older than usual")
    yield "directory.held_back", Lever(*_COUNT, "deletions that wait for a person")
    yield "directory.refused", Lever(*_COUNT, "rows that break the contract")
    yield "directory.disagreeing", Lever(*_COUNT, "rows that disagree without saying that they are newer")
    yield "directory.backlog", Lever(*_SWITCH, "nobody takes changes of the directory")
    yield "directory.dead", Lever(*_COUNT, "changes of the directory that were given up, put in once")
    yield "events.behind", Lever(0, 0, 1e6, "seconds that events are behind the state")
    yield "events.stopped", Lever(*_SWITCH, "nobody reads the state table's stream")
    yield "events.lost", Lever(*_COUNT, "parts of the stream that could not be told, put in once")
    yield "quarantine", Lever(*_COUNT, "refused messages, put in once")
    yield "on_call.lost_pages", Lever(*_COUNT, "pages that did not reach everybody, put in once")


LEVERS: Mapping[str, Lever] = MappingProxyType(dict(_all()))
USUAL: Mapping[str, float] = MappingProxyType({name: lever.usual for name, lever in LEVERS.items()})
_ONCE = (
    "poison",
    "backup.failed",
    "backup.halted",
    ".dead",
    ".refused",
    "events.lost",
    "quarantine",
    "lost_pages",
    ".missed",
)
_WHILE = ("directory.refused",)


def matching(pattern: str) -> list[str]:
    """The levers that a name means; ``*`` stands for anything."""
    return [name for name in LEVERS if fnmatchcase(name, pattern)]


def put_in_once(name: str) -> bool:
    """Whether it is put in at a moment, rather than being so for a while."""
    return name.endswith(_ONCE) and name not in _WHILE
