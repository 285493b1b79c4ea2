"""Holds what the alarms said against what an incident's file expects."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from statline.alarms.model import State, Transition
from statline.contract.words import Channel
from statline.drills.incident import Must, Topic
from statline.drills.levers import PROVIDER_OF
from statline.drills.play import Played


@dataclass(frozen=True, slots=True)
class Fault:
    """An expectation that was not met. expected, actual: in words."""

    about: str
    expected: str
    actual: str


def clock(seconds: float) -> str:
    """A time after the start, as ``t+MM:SS``, or with days and hours where minutes are no measure any more."""
    sign, whole = ("-" if seconds < 0 else "+"), abs(round(seconds))
    if whole < 10 * 3600:
        return f"t{sign}{whole // 60:02}:{whole % 60:02}"
    days, rest = divmod(whole, 86_400)
    return f"t{sign}{days}d {rest // 3600:02}:{rest // 60 % 60:02}"


def topics_of(transition: Transition) -> frozenset[Topic]:
    """Whom a transition told, by on-call's words."""
    return frozenset(topic for topic in Topic for told in transition.told if topic.value in told.lower())


def faults(played: Played) -> list[Fault]:
    """Every expectation that was not met; none, where the drill went as it must."""
    return [
        *_before(played),
        *_musts(played),
        *_silences(played),
        *_rest(played),
        *_slowness(played),
        *_outside(played),
    ]


def spoke(played: Played, alarm: str) -> Iterator[Transition]:
    """When an alarm came into ALARM, from the incident's start on."""
    return (one for one in raised(played) if one.alarm == alarm and one.at >= played.start)


def raised(played: Played) -> Iterator[Transition]:
    """Everything that came into ALARM."""
    return (one for one in played.transitions if one.after is State.ALARM)


def _before(played: Played) -> Iterator[Fault]:
    early = {one.alarm for one in raised(played) if one.at < played.start} | played.in_alarm_before
    for alarm in sorted(early):
        yield Fault(alarm, "at rest before the incident begins", "it was in ALARM, or came into it")


def _musts(played: Played) -> Iterator[Fault]:
    for must in _applying(played):
        first = _first_heard(played, must)
        expected = f"by {clock(must.by)}" + (f", told to {must.topic}" if must.topic else "")
        if first is None:
            yield Fault(must.alarm, expected, _instead(played, must))
        elif first.at - played.start > must.by:
            yield Fault(must.alarm, expected, f"at {clock(first.at - played.start)}")
        yield from _too_early(played, must)
        if first is not None:
            yield from _over(played, must, first)
            yield from _unheard(played, must, first)
        if must.rest_by is not None and first is not None:
            yield from _resting(played, must, must.rest_by)


def _applying(played: Played) -> list[Must]:
    """What must be said in this region: of a channel that it does not have, nothing."""
    lacking = {
        word for channel in Channel if channel not in played.channels for word in (channel, PROVIDER_OF[channel])
    }
    return [must for must in played.incident.musts if not lacking & set(must.alarm.split())]


def _first_heard(played: Played, must: Must) -> Transition | None:
    said = spoke(played, must.alarm)
    return next(
        (one for one in said if must.topic is None or (must.topic in topics_of(one) and not one.suppressed)), None
    )


def _too_early(played: Played, must: Must) -> Iterator[Fault]:
    first = next(spoke(played, must.alarm), None)
    if first is not None and first.at - played.start < must.not_before:
        yield Fault(must.alarm, f"not before {clock(must.not_before)}", f"at {clock(first.at - played.start)}")


def _over(played: Played, must: Must, first: Transition) -> Iterator[Fault]:
    """Whoever was told that an alarm speaks is told that it does not any more; to fall silent tells nobody."""
    later = [one for one in played.transitions if one.alarm == must.alarm and one.at > first.at]
    left = next((one for one in later if one.after is not State.ALARM), None)
    if left is not None and left.at - played.start < must.rest_not_before:
        actual = f"{left.after} at {clock(left.at - played.start)}"
        yield Fault(must.alarm, f"in ALARM until {clock(must.rest_not_before)}", actual)
    if left is None or must.topic is None:
        return
    over = next((one for one in later if one.after is State.OK), None)
    if over is None:
        actual = f"at {clock(left.at - played.start)} it had no figures any more"
        yield Fault(must.alarm, f"that it is over, told to {must.topic}", actual)
    elif not over.suppressed and must.topic not in topics_of(over):
        yield Fault(must.alarm, f"that it is over, told to {must.topic}", _told(played, over))


def _unheard(played: Played, must: Must, first: Transition) -> Iterator[Fault]:
    """An alarm that tells nobody itself needs a composite that speaks for it: what it sees would reach no person."""
    if must.topic is not None or topics_of(first) or played.heard_through is None:
        return
    through = played.heard_through.get(must.alarm, ())
    if not any(_in_alarm(played, name, first.at) for name in through):
        others = f"{', '.join(through)} did not speak" if through else "no other's rule names it"
        yield Fault(must.alarm, "told by itself or through another", f"it told nobody, and {others}")


def _in_alarm(played: Played, alarm: str, at: float) -> bool:
    last = [one for one in played.transitions if one.alarm == alarm and one.at <= at]
    return last[-1].after is State.ALARM if last else alarm in played.in_alarm_before


def _instead(played: Played, must: Must) -> str:
    silent = next(spoke(played, must.alarm), None)
    if silent is None:
        return "it never spoke"
    return _told(played, silent) + (" (held back)" if silent.suppressed else "")


def _told(played: Played, transition: Transition) -> str:
    told = ", ".join(sorted(topics_of(transition))) or "nobody"
    return f"at {clock(transition.at - played.start)} it told {told}"


def _resting(played: Played, must: Must, by: float) -> Iterator[Fault]:
    until = [one for one in played.transitions if one.alarm == must.alarm and one.at <= played.start + by]
    if until and until[-1].after is State.ALARM:
        rest = next(
            (one.at for one in played.transitions if one.alarm == must.alarm and one.at > played.start + by), None
        )
        actual = f"at rest at {clock(rest - played.start)}" if rest else "still in ALARM at the end"
        yield Fault(must.alarm, f"at rest by {clock(by)}", actual)


def _silences(played: Played) -> Iterator[Fault]:
    incident = played.incident
    named = {must.alarm for must in _applying(played)}
    for one in raised(played):
        if one.at < played.start or one.alarm in named:
            continue
        at = clock(one.at - played.start)
        if _any(incident.silent, one.alarm):
            yield Fault(one.alarm, "silent", f"in ALARM at {at}")
        elif Topic.PAGE in topics_of(one) and not one.suppressed and not _any(incident.may, one.alarm):
            yield Fault(one.alarm, "no page but those that the incident names", f"a page at {at}")


def _rest(played: Played) -> Iterator[Fault]:
    by = played.incident.at_rest_by
    if by is None:
        return
    last = {one.alarm: one for one in played.transitions if one.at <= played.start + by}
    for alarm in sorted(name for name, one in last.items() if one.after is State.ALARM):
        yield Fault(alarm, f"at rest by {clock(by)}", "in ALARM")


def _slowness(played: Played) -> Iterator[Fault]:
    for lane, limit in played.incident.slowest.items():
        slowest = max((one for one in played.latency[lane] if one.at >= played.start), key=lambda one: one.seconds)
        if slowest.seconds > limit:
            yield Fault(
                f"{lane} delivery",
                f"90 % of every minute's within {limit:g} s",
                f"{slowest.seconds:.1f} s at {clock(slowest.at - played.start)}",
            )


def _outside(played: Played) -> Iterator[Fault]:
    by, at = played.incident.outside_by, played.outside_at
    if by is not None and (at is None or at - played.start > by):
        actual = "never" if at is None else f"at {clock(at - played.start)}"
        yield Fault("dead-man's switch", f"its owner tells on-call by {clock(by)}", actual)
    if by is None and at is not None:
        yield Fault("dead-man's switch", "called every minute", f"silent, told at {clock(at - played.start)}")


def _any(patterns: Iterable[str], name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
