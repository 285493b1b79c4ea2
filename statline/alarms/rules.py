"""The rule of a composite alarm: read once, true or false of the states of other alarms.

Source: PutCompositeAlarm's AlarmRule in the CloudWatch API reference, and "Composite alarms" in the user guide
(alarm-combining): ALARM, OK and INSUFFICIENT_DATA of an alarm's name or ARN, in quotes or not, TRUE, FALSE,
AT_LEAST(2, ALARM, ("a", "b", "c")) or with a percentage or NOT before the state; NOT before AND before OR.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from statline.alarms.errors import WrongRuleError
from statline.alarms.model import State
from statline.alarms.rule_tokens import Token, tokens_of

States = Mapping[str, State]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that can be asked. children: the alarms that it names, each once, in their order."""

    holds: Callable[[States], bool]
    children: tuple[str, ...]


def rule_of(text: str) -> Rule:
    """The rule that a text says. Raises WrongRuleError, which says where it is wrong."""
    parser = _Parser(text)
    return Rule(parser.whole(), tuple(dict.fromkeys(parser.children)))


def name_in(reference: str) -> str:
    """The alarm's name in an ARN of it; a name as it is."""
    head, found, name = reference.partition(":alarm:")
    return name if found and head.startswith("arn:") else reference


_Holds = Callable[[States], bool]
_STATES = frozenset(state.value for state in State)


class _Parser:
    """Goes through the tokens once, from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: Iterator[Token] = tokens_of(text)
        self._ahead = next(self._tokens)
        self.children: list[str] = []

    def whole(self) -> _Holds:
        holds = self._any()
        if self._ahead.kind != "end":
            raise self._wrong(f"unexpected {self._ahead.value!r}")
        return holds

    def _any(self) -> _Holds:
        parts = [self._all()]
        while self._sees("OR"):
            self._take()
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else lambda states: any(part(states) for part in parts)

    def _all(self) -> _Holds:
        parts = [self._not()]
        while self._sees("AND"):
            self._take()
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else lambda states: all(part(states) for part in parts)

    def _not(self) -> _Holds:
        if not self._sees("NOT"):
            return self._single()
        self._take()
        part = self._not()
        return lambda states: not part(states)

    def _single(self) -> _Holds:
        token = self._ahead
        if self._sees("("):
            self._take()
            holds = self._any()
            self._expect(")")
            return holds
        if token.kind == "word" and token.value in _STATES:
            return self._state()
        if token.kind == "word" and token.value.upper() in {"TRUE", "FALSE"}:
            self._take()
            constant = token.value.upper() == "TRUE"
            return lambda _: constant
        if self._sees("AT_LEAST"):
            return self._at_least()
        raise self._wrong("expected ALARM(...), OK(...), INSUFFICIENT_DATA(...), AT_LEAST(...), TRUE or FALSE")

    def _state(self) -> _Holds:
        wanted = State(self._take().value)
        self._expect("(")
        name = self._child()
        self._expect(")")
        return lambda states: states[name] is wanted

    def _at_least(self) -> _Holds:
        self._take()
        self._expect("(")
        threshold = self._number()
        self._expect(",")
        negated = self._sees("NOT")
        if negated:
            self._take()
        if self._ahead.value not in _STATES:
            raise self._wrong("expected ALARM, OK or INSUFFICIENT_DATA")
        wanted = State(self._take().value)
        self._expect(",")
        names = self._names()
        self._expect(")")
        enough = threshold(len(names))
        return lambda states: sum((states[name] is wanted) != negated for name in names) >= enough

    def _number(self) -> Callable[[int], int]:
        """How many of so many alarms are wanted."""
        token = self._take()
        digits, percent = token.value.rstrip("%"), token.value.endswith("%")
        if not digits.isdigit():
            raise WrongRuleError(self._text, token.position, "expected a number or a percentage")
        return (lambda whole: math.ceil(int(digits) * whole / 100)) if percent else (lambda _: int(digits))

    def _names(self) -> tuple[str, ...]:
        self._expect("(")
        names = [self._child()]
        while self._sees(","):
            self._take()
            names.append(self._child())
        self._expect(")")
        return tuple(names)

    def _child(self) -> str:
        if self._ahead.kind not in {"text", "word"}:
            raise self._wrong("expected an alarm's name or ARN")
        name = name_in(self._take().value)
        self.children.append(name)
        return name

    def _sees(self, value: str) -> bool:
        return self._ahead.kind in {"word", "sign"} and self._ahead.value == value

    def _expect(self, sign: str) -> None:
        if not self._sees(sign):
            raise self._wrong(f"expected {sign!r}")
        self._take()

    def _take(self) -> Token:
        token = self._ahead
        if token.kind != "end":
            self._ahead = next(self._tokens)
        return token

    def _wrong(self, problem: str) -> WrongRuleError:
        return WrongRuleError(self._text, self._ahead.position, problem)
