"""RDS's events, as its user guide lists them: number → what they are about, their category, their message."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class About(StrEnum):
    """What an event is about; the value is its `SourceType`."""

    INSTANCE = "DB_INSTANCE"
    SNAPSHOT = "SNAPSHOT"


DETAIL_TYPES: Mapping[About, str] = MappingProxyType(
    {About.INSTANCE: "RDS DB Instance Event", About.SNAPSHOT: "RDS DB Snapshot Event"}
)
LISTED_AS: Mapping[About, str] = MappingProxyType({About.INSTANCE: "db-instance", About.SNAPSHOT: "db-snapshot"})
"""How `DescribeEvents` calls the same source types."""


@dataclass(frozen=True, slots=True)
class Message:
    """One event. text: with `{name}` for the resource, `{source}` and `{region}` for where a copy comes from."""

    about: About
    category: str
    text: str


MESSAGES: Mapping[int, Message] = MappingProxyType(
    {
        1: Message(About.INSTANCE, "backup", "Backing up DB instance"),
        2: Message(About.INSTANCE, "backup", "Finished DB Instance backup"),
        3: Message(About.INSTANCE, "deletion", "DB instance deleted"),
        4: Message(About.INSTANCE, "availability", "DB instance shutdown"),
        5: Message(About.INSTANCE, "creation", "DB instance created"),
        6: Message(About.INSTANCE, "availability", "DB instance restarted"),
        40: Message(About.SNAPSHOT, "creation", "Creating manual snapshot"),
        41: Message(About.SNAPSHOT, "deletion", "Deleted user snapshot"),
        42: Message(About.SNAPSHOT, "creation", "Manual snapshot created"),
        43: Message(About.SNAPSHOT, "restoration", "Restored from snapshot {name}"),
        59: Message(About.SNAPSHOT, "notification", "Started copy of snapshot {source} from region {region}"),
        60: Message(About.SNAPSHOT, "notification", "Finished copy of snapshot {source} from region {region}"),
        61: Message(About.SNAPSHOT, "notification", "Canceled snapshot copy request of {source} from region {region}"),
        87: Message(About.INSTANCE, "notification", "DB instance stopped"),
        88: Message(About.INSTANCE, "notification", "DB instance started"),
        159: Message(About.SNAPSHOT, "notification", "The snapshot export task failed"),
        160: Message(About.SNAPSHOT, "notification", "The snapshot export task was canceled"),
        161: Message(About.SNAPSHOT, "notification", "The snapshot export task completed"),
        190: Message(About.SNAPSHOT, "notification", "Canceled snapshot copy request of {source} in region {region}"),
        196: Message(About.SNAPSHOT, "notification", "Started copy of snapshot {source} in region {region}"),
        197: Message(About.SNAPSHOT, "notification", "Finished copy of snapshot {source} in region {region}"),
    }
)
CANCELED_COPY: Mapping[bool, int] = MappingProxyType({True: 61, False: 190})
"""The event of a copy that was cancelled, by whether it came from another region."""


def event_id(number: int) -> str:
    """RDS's name of an event."""
    return f"RDS-EVENT-{number:04d}"
