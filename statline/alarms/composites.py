"""Composite alarms: their states follow the states of other alarms, of other composites too."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from statline.alarms.errors import UnreadableAlarmError, WrongRuleError
from statline.alarms.model import Alarm, CompositeAlarm, State, Transition, told_of
from statline.alarms.rules import Rule, rule_of
from statline.alarms.suppression import Suppressor, Verdict


@dataclass(frozen=True, slots=True)
class _Composite:
    alarm: CompositeAlarm
    rule: Rule
    suppressor: Suppressor | None


class Composites:
    """The composite alarms of a region, children before parents."""

    def __init__(self, alarms: Iterable[Alarm]) -> None:
        """Raises UnreadableAlarmError: a rule cannot be read, names an alarm that is not there, or makes a circle."""
        named = {alarm.name: alarm for alarm in alarms}
        made = {name: _made(alarm, named) for name, alarm in named.items() if isinstance(alarm, CompositeAlarm)}
        self._ordered = [made[name] for name in _children_first(made)]

    def step(self, now: float, states: dict[str, State]) -> Iterator[Transition]:
        """Bring the composites' states, in `states`, to what their rules say; what changed or is told now, in order."""
        for one in self._ordered:
            before = states[one.alarm.name]
            after = State.ALARM if one.rule.holds(states) else State.OK
            states[one.alarm.name] = after
            verdict = _verdict(one, now, changed=after is not before, states=states)
            if verdict is not Verdict.NOTHING:
                yield _transition(one, now, before, states, verdict)

    @property
    def due(self) -> float | None:
        """When the next wait or extension period ends."""
        ends = [one.suppressor.until for one in self._ordered if one.suppressor and one.suppressor.until is not None]
        return min(ends, default=None)


def _made(alarm: CompositeAlarm, named: Mapping[str, Alarm]) -> _Composite:
    try:
        rule = rule_of(alarm.rule)
    except WrongRuleError as error:
        raise UnreadableAlarmError(alarm.name, str(error)) from error
    for child in (*rule.children, *([alarm.suppression.suppressor] if alarm.suppression else [])):
        if child not in named:
            raise UnreadableAlarmError(alarm.name, f"it names the alarm {child!r}, which is not among the given ones")
    return _Composite(alarm, rule, Suppressor(alarm.suppression) if alarm.suppression else None)


def _children_first(made: Mapping[str, _Composite]) -> list[str]:
    """The names, each after those that it depends on. Raises UnreadableAlarmError where they go in a circle."""
    ordered: list[str] = []

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            circle = " -> ".join((*above[above.index(name) :], name))
            raise UnreadableAlarmError(name, f"its state depends on itself: {circle}")
        if name in ordered or name not in made:
            return
        suppression = made[name].alarm.suppression
        for child in (*made[name].rule.children, *([suppression.suppressor] if suppression else [])):
            visit(child, (*above, name))
        ordered.append(name)

    for name in made:
        visit(name, ())
    return ordered


def _verdict(one: _Composite, now: float, *, changed: bool, states: Mapping[str, State]) -> Verdict:
    if one.suppressor is None:
        return Verdict.TAKEN if changed else Verdict.NOTHING
    speaking = states[one.suppressor.rule.suppressor] is State.ALARM
    return one.suppressor.step(now, changed=changed, speaking=speaking)


def _transition(
    one: _Composite, now: float, before: State, states: Mapping[str, State], verdict: Verdict
) -> Transition:
    after, held = states[one.alarm.name], verdict is Verdict.HELD
    told = () if held else told_of(one.alarm, after)
    return Transition(now, one.alarm.name, before, after, _reason(one, states), told, suppressed=held)


def _reason(one: _Composite, states: Mapping[str, State]) -> str:
    met = "is met" if states[one.alarm.name] is State.ALARM else "is not met"
    speaking = [child for child in one.rule.children if states[child] is State.ALARM]
    return f"The rule {met}: {', '.join(speaking) or 'none of its alarms'} in ALARM."
