"""Plays an incident: the region lives, the alarms are evaluated, and what they said is kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from statline.alarms.evaluator import run
from statline.alarms.model import State, Transition
from statline.contract.words import Channel, Priority
from statline.drills.delivery import LANES
from statline.drills.deployment import Deployment
from statline.drills.errors import TemplatesError
from statline.drills.incident import Incident
from statline.drills.names import by_way
from statline.drills.region import Region
from statline.drills.series import History
from statline.drills.traffic import STEP

_ZONE = UTC
_A_MONDAY = datetime(2026, 1, 5, tzinfo=_ZONE)
_BEFORE, _SETTLED = timedelta(hours=4), timedelta(minutes=40)
_MINUTE = 60.0
_SHARE = 0.9
_OUTSIDE_PATIENCE = 180.0
"""How long the dead-man's switch may be silent before its owner tells on-call."""


@dataclass(frozen=True, slots=True)
class Minute:
    """How long a lane's deliveries took to be accepted, in a minute. at: its beginning; seconds: 90th percentile."""

    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Played:
    """An incident that was played. Times are seconds of the epoch.

    transitions: what alarms did from `settled` on; before that they learn what is usual. states: as they are at the
    end. latency: by lane. outside_at: when the owner of the dead-man's switch told on-call; None: never.
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
    outside_at: float | None


def play(incident: Incident, deployment: Deployment, *, seed: int = 1) -> Played:
    """Live through an incident. The region has lived for some hours before, and so have its alarms."""
    if incident.about_a_database and not deployment.databases:
        raise TemplatesError(f"{deployment.region} has no database that alarms watch; this drill is about one")
    weekday, seconds = incident.weekday_and_time
    start = (_A_MONDAY + timedelta(days=weekday, seconds=seconds)).timestamp() + _within_the_minute(seed)
    end = start + incident.lasts
    settled = (start - _SETTLED.total_seconds()) // _MINUTE * _MINUTE
    began = settled - _BEFORE.total_seconds()
    region = Region(deployment, began=began, zone=_ZONE, seed=seed)
    region.advance(end, incident.course(start))
    watched_from = settled - _SETTLED.total_seconds()
    said = run(deployment.alarms, region.history, watched_from, end)
    before = [one for one in said if one.at < settled]
    return Played(
        incident=incident,
        region=deployment.region,
        channels=deployment.channels,
        start=start,
        settled=settled,
        end=end,
        transitions=[one for one in said if one.at >= settled],
        in_alarm_before=_in_alarm(before),
        in_alarm_after=_in_alarm(said),
        latency=_latency(region.history, deployment, settled, end),
        outside_at=_outside(region.watching.outside_calls, start, end),
    )


def _within_the_minute(seed: int) -> float:
    """An incident does not wait for a minute's beginning, and how long an alarm takes depends on it."""
    return seed * STEP % _MINUTE


def _in_alarm(transitions: Iterable[Transition]) -> frozenset[str]:
    last = {one.alarm: one.after for one in transitions}
    return frozenset(alarm for alarm, state in last.items() if state is State.ALARM)


def _latency(history: History, deployment: Deployment, start: float, end: float) -> Mapping[Priority, Sequence[Minute]]:
    return {
        lane: [
            Minute(at, seconds)
            for at in range(int(start), int(end), int(_MINUTE))
            if (seconds := _slow_share(history, deployment, lane, at)) is not None
        ]
        for lane in LANES
    }


def _slow_share(history: History, deployment: Deployment, lane: Priority, at: float) -> float | None:
    samples = [
        sample
        for channel in deployment.channels
        for sample in history.samples(
            by_way("AcceptedSeconds", deployment.region, lane, channel), at, at + _MINUTE, float("inf")
        )
    ]
    if not samples:
        return None
    left = _SHARE * sum(sample.weight for sample in samples)
    for sample in sorted(samples, key=lambda one: one.value):
        left -= sample.weight
        if left <= 0:
            return sample.value
    return samples[-1].value


def _outside(calls: Sequence[float], start: float, end: float) -> float | None:
    """When the outside misses a call: the first silence of three minutes within the incident."""
    known = [call for call in calls if call >= start - _OUTSIDE_PATIENCE]
    for call, following in zip(known, [*known[1:], float("inf")], strict=True):
        if following - call > _OUTSIDE_PATIENCE and start <= call + _OUTSIDE_PATIENCE <= end:
            return call + _OUTSIDE_PATIENCE
    return None
