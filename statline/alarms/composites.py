"""Composite alarms: their states follow the states of other alarms, of other composites too."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from statline.alarms.errors import UnreadableAlarmError, WrongRuleError
from statline.alarms.model import Alarm, CompositeAlarm, State, Transition, told_of
from statline.alarms.rules import Rule, rule_of
from statline.alarms.suppression import Suppressor, Verdict


@dataclass(slots=True)
class _Composite:
    """seen: the states of its rule's alarms when the rule was looked at last."""

    alarm: CompositeAlarm
    rule: Rule
    suppressor: Suppressor | None
    seen: tuple[State, ...] | None = None


class Composites:
    """The composite alarms of a region, children before parents.

    As in CloudWatch a rule is looked at when an alarm in it has changed: a state that somebody sets stays until then.
    """

    def __init__(self, alarms: Iterable[Alarm], before: "Composites | None" = None) -> None:
        """before: whose memory goes on for each alarm that is the same.

        Raises UnreadableAlarmError: a rule cannot be read, names an alarm that is not there, or makes a circle.
        """
        named = {alarm.name: alarm for alarm in alarms}
        made = {name: _made(alarm, named) for name, alarm in named.items() if isinstance(alarm, CompositeAlarm)}
        known = (
            {one.alarm.name: one for one in before._ordered if named.get(one.alarm.name) == one.alarm} if before else {}
        )
        made |= known
        self._ordered: list[_Composite] = [made[name] for name in _children_first(made)]

    def step(self, now: float, states: dict[str, State]) -> Iterator[Transition]:
        """Bring the composites' states, in `states`, to what their rules say; what changed or is told now, in order."""
        for one in self._ordered:
            before = states[one.alarm.name]
            after = _looked_at(one, states)
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


def _looked_at(one: _Composite, states: Mapping[str, State]) -> State:
    """The state that the rule says, or the present one where nothing in the rule has changed."""
    children = tuple(states[child] for child in one.rule.children)
    if children == one.seen:
        return states[one.alarm.name]
    one.seen = children
    return State.ALARM if one.rule.holds(states) else State.OK


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
