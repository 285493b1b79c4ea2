"""The alarms of a region as they stand: which of them are in ALARM, which of those speak, and for whom."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from statline.alarms.errors import AlarmError
from statline.alarms.model import State
from statline.alarms.rules import rule_of

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

OURS = "Statline"
"""What the names of our alarms begin with: an account may have others."""
_TOPIC_PREFIX = "statline-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One alarm as it stands. since: when it came into its state. topics: whom it tells, by the names of ours.

    children: for a composite, the alarms that its rule names. held_by: the alarm that keeps it from telling, if so.
    """

    name: str
    description: str
    state: State
    since: datetime
    topics: tuple[str, ...]
    children: tuple[str, ...] = ()
    held_by: str = ""
    reason: str = ""

    @property
    def severity(self) -> str:
        """Whom it tells, in a word; empty for one that is heard through a composite only."""
        return ", ".join(self.topics)


def standings(cloudwatch: "CloudWatchClient", prefix: str = OURS) -> Mapping[str, Standing]:
    """Every alarm of the region by name, or those whose name begins so. Raises what boto3 raises."""
    named = {"AlarmNamePrefix": prefix} if prefix else {}
    pages = cloudwatch.get_paginator("describe_alarms").paginate(
        AlarmTypes=["MetricAlarm", "CompositeAlarm"],
        **named,  # type: ignore[arg-type]
    )
    found: dict[str, Standing] = {}
    for page in pages:
        for one in [*page.get("MetricAlarms", []), *page.get("CompositeAlarms", [])]:
            standing = standing_of(one)
            found[standing.name] = standing
    return found


def standing_of(one: Mapping[str, Any]) -> Standing:
    """An alarm in DescribeAlarms' answer."""
    moment = one.get("StateTransitionedTimestamp") or one["StateUpdatedTimestamp"]
    held = one.get("ActionsSuppressedBy") and one.get("ActionsSuppressor", "").rpartition(":alarm:")[2]
    topics = one.get("AlarmActions", []) if one.get("ActionsEnabled", True) else []
    return Standing(
        name=one["AlarmName"],
        description=one.get("AlarmDescription", ""),
        state=State(one["StateValue"]),
        since=moment,
        topics=tuple(topic.rpartition(":")[2].removeprefix(_TOPIC_PREFIX) for topic in topics),
        children=_children(one.get("AlarmRule", "")),
        held_by=held or "",
        reason=one.get("StateReason", ""),
    )


def _children(rule: str) -> tuple[str, ...]:
    """None for a rule that cannot be read: then nobody is named, and the composite is told by itself."""
    try:
        return tuple(rule_of(rule).children) if rule else ()
    except AlarmError:
        return ()


def speaking(known: Mapping[str, Standing]) -> list[Standing]:
    """Those in ALARM that tell somebody: pages first, then by when they began; those held back at the end."""
    found = [one for one in known.values() if one.state is State.ALARM and one.topics]
    return sorted(found, key=lambda one: (bool(one.held_by), one.severity != "page", one.since))


def behind(standing: Standing, known: Mapping[str, Standing]) -> list[Standing]:
    """The alarms on figures that are in ALARM below a composite, the oldest first."""
    return sorted(
        {each.name: each for each in _below(standing, known, frozenset())}.values(), key=lambda one: one.since
    )


def _below(standing: Standing, known: Mapping[str, Standing], above: frozenset[str]) -> Iterator[Standing]:
    for name in standing.children:
        child = known.get(name)
        if child is None or child.state is not State.ALARM or name in above:
            continue
        if child.children:
            yield from _below(child, known, above | {standing.name})
        else:
            yield child


def unheard(known: Mapping[str, Standing], told: Iterable[Standing]) -> list[Standing]:
    """Those in ALARM that nobody among the told stands for."""
    told = list(told)
    covered = {one.name for one in told} | {each.name for one in told for each in behind(one, known)}
    return [one for one in known.values() if one.state is State.ALARM and not one.children and one.name not in covered]
