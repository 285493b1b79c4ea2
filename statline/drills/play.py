"""Plays an incident: the region lives, the alarms are evaluated, and what they said is kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from statline.alarms.evaluator import run
from statline.alarms.model import Alarm, CompositeAlarm, State, Transition
from statline.alarms.rules import rule_of
from statline.contract.words import Channel, Priority
from statline.drills.deployment import Deployment
from statline.drills.errors import TemplatesError
from statline.drills.felt import Minute, accepted_within, oldest_waiting
from statline.drills.incident import Incident
from statline.drills.region import Region
from statline.drills.series import History
from statline.drills.traffic import STEP

_ZONE = UTC
_A_MONDAY = datetime(2026, 1, 5, tzinfo=_ZONE)
_BEFORE, _SETTLED = timedelta(minutes=90), timedelta(minutes=40)
_MINUTE = 60.0
_OUTSIDE_PATIENCE = 180.0
"""How long the dead-man's switch may be silent before its owner tells on-call."""


@dataclass(frozen=True, slots=True)
class Played:
    """An incident that was played. Times are seconds of the epoch.

    transitions: what alarms did from `settled` on; before that they learn what is usual.
    latency: by lane, within how many seconds 90 % of a minute's deliveries were accepted.
    outstanding: by lane, how long the oldest has waited that is not.
    outside_at: when the owner of the dead-man's switch told on-call; None: never.
    heard_through: the composites whose rules name an alarm, by its name; None where that is not asked.
    """

    incident: Incident
    region: str
    channels: tuple[Channel, ...]
    start: float
    settled: float
    end: float
    transitions: Sequence[Transition]
    in_alarm_before: frozenset[str]
    in_alarm_after: frozenset[str]
    latency: Mapping[Priority, Sequence[Minute]]
    outstanding: Mapping[Priority, Sequence[Minute]]
    outside_at: float | None
    heard_through: Mapping[str, Sequence[str]] | None = None


@dataclass(frozen=True, slots=True)
class Lived:
    """An incident that a region lived through, before anybody asks what its alarms said. Times as in `Played`."""

    incident: Incident
    deployment: Deployment
    start: float
    settled: float
    end: float
    history: History
    outside_calls: Sequence[float]


def play(incident: Incident, deployment: Deployment, *, seed: int = 1) -> Played:
    """Live through an incident and hear the alarms. The region has lived for some hours before, and so have they."""
    return hear(live(incident, deployment, seed=seed), deployment.alarms)


def live(incident: Incident, deployment: Deployment, *, seed: int = 1) -> Lived:
    """Let the region live through an incident. No alarm changes anything in it."""
    if incident.about_a_database and not deployment.databases:
        raise TemplatesError(f"{deployment.region} has no database that alarms watch; this drill is about one")
    if incident.about_a_second_provider and not deployment.seconds:
        raise TemplatesError(f"{deployment.region} has no second provider that alarms watch; this drill is about one")
    weekday, seconds = incident.weekday_and_time
    start = (_A_MONDAY + timedelta(days=weekday, seconds=seconds)).timestamp() + _within_the_minute(seed)
    end = start + incident.lasts
    settled = (start - _SETTLED.total_seconds()) // _MINUTE * _MINUTE
    began = settled - _BEFORE.total_seconds()
    region = Region(deployment, began=began, zone=_ZONE, seed=seed)
    region.advance(end, incident.course(start))
    return Lived(incident, deployment, start, settled, end, region.history, region.watching.outside_calls)


def hear(lived: Lived, alarms: Sequence[Alarm]) -> Played:
    """What these alarms say of it."""
    deployment, history, start, settled, end = lived.deployment, lived.history, lived.start, lived.settled, lived.end
    said = run(alarms, history, settled - _SETTLED.total_seconds(), end)
    before = [one for one in said if one.at < settled]
    return Played(
        incident=lived.incident,
        region=deployment.region,
        channels=deployment.channels,
        start=start,
        settled=settled,
        end=end,
        transitions=[one for one in said if one.at >= settled],
        in_alarm_before=_in_alarm(before),
        in_alarm_after=_in_alarm(said),
        latency=accepted_within(history, deployment, settled, end),
        outstanding=oldest_waiting(history, deployment, settled, end),
        outside_at=_outside(lived.outside_calls, start, end),
        heard_through=_heard_through(alarms),
    )


def _heard_through(alarms: Sequence[Alarm]) -> Mapping[str, Sequence[str]]:
    through: dict[str, list[str]] = {}
    for alarm in alarms:
        for child in rule_of(alarm.rule).children if isinstance(alarm, CompositeAlarm) else ():
            through.setdefault(child, []).append(alarm.name)
    return through


def _within_the_minute(seed: int) -> float:
    """An incident does not wait for a minute's beginning, and how long an alarm takes depends on it."""
    return seed * STEP % _MINUTE


def _in_alarm(transitions: Iterable[Transition]) -> frozenset[str]:
    last = {one.alarm: one.after for one in transitions}
    return frozenset(alarm for alarm, state in last.items() if state is State.ALARM)


def _outside(calls: Sequence[float], start: float, end: float) -> float | None:
    """When the outside misses a call: the first silence of three minutes within the incident."""
    known = [call for call in calls if call >= start - _OUTSIDE_PATIENCE]
    for call, following in zip(known, [*known[1:], float("inf")], strict=True):
        if following - call > _OUTSIDE_PATIENCE and start <= call + _OUTSIDE_PATIENCE <= end:
            return call + _OUTSIDE_PATIENCE
    return None
