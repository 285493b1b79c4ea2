"""Whether a restored copy holds what the replica held around its snapshot.

A rule looks at one question's answers, before, after and on the copy, and says what is wrong, each in a few words and
by how much. An empty list is a pass. What the replica was asked twice and answered the same twice must be the same on
the copy; what changed meanwhile must lie between.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from functions.core.domain.backup.facts import Answer
from functions.core.domain.backup.record import CheckRow

_NAMED = 5
"""So many faults of one check are named; the others are counted."""

_LONGEST = 4000
"""Characters of a sentence about everything: it ends up in alarms and events."""


class Rule(StrEnum):
    """What the copy's answer must be."""

    KEPT = "kept"
    """What is there, and the same, before and after is there, and the same."""
    SAME = "same"
    """Likewise, and nothing besides: for what acts by itself, and does not come and go within minutes."""
    NONE = "none"
    """Nothing, but what the replica answers, too."""
    BETWEEN = "between"
    """A number between before and after."""


Faults = Sequence[str]


def kept(before: Answer, after: Answer, copy: Answer) -> Faults:
    """What stood still must be there, unchanged."""
    still = [name for name, value in before.items() if after.get(name) == value]
    return [
        f"{name} is missing" if name not in copy else f"{name} is not what it was"
        for name in sorted(still)
        if copy.get(name) != before[name]
    ]


def same(before: Answer, after: Answer, copy: Answer) -> Faults:
    """What stood still is there, unchanged, and nothing that neither look has seen."""
    return [*kept(before, after, copy), *(f"{name} is new" for name in none(before, after, copy))]


def none(before: Answer, after: Answer, copy: Answer) -> Faults:
    """The copy has no fault that the replica does not have."""
    return sorted(copy.keys() - before.keys() - after.keys())


def between(before: Answer, after: Answer, copy: Answer) -> Faults:
    """A number that both know lies between the two."""
    faults = []
    for name in sorted(before.keys() & after.keys()):
        low, high = sorted((float(before[name]), float(after[name])))
        if name not in copy:
            faults.append(f"{name} is missing")
        elif (words := off(float(copy[name]), low, high)) is not None:
            faults.append(f"{name} is {words}")
    return faults


def off(value: float, low: float, high: float) -> str | None:
    """By how much a value misses a range, in words; None where it does not."""
    if value < low:
        return f"{low - value:,.12g} below what it was"
    if value > high:
        return f"{value - high:,.12g} above what it was"
    return None


RULES: Mapping[Rule, Callable[[Answer, Answer, Answer], Faults]] = {
    Rule.KEPT: kept,
    Rule.SAME: same,
    Rule.NONE: none,
    Rule.BETWEEN: between,
}


def verdict(name: str, faults: Faults, *, looked_at: str) -> CheckRow:
    """One check's row. looked_at: what was looked at, for the words of a pass."""
    if not faults:
        return CheckRow(name, passed=True, words=looked_at)
    named = "; ".join(faults[:_NAMED])
    more = f"; and {len(faults) - _NAMED} more" if len(faults) > _NAMED else ""
    return CheckRow(name, passed=False, words=f"{named}{more}")


def counted(number: int, what: str) -> str:
    """So many of something, in words: ``1 row``, ``3,000 rows``."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def summary(rows: Sequence[CheckRow]) -> str:
    """All rows in one sentence: which failed and why, or how many passed."""
    failed = [row for row in rows if not row.passed]
    if not failed:
        return f"all {counted(len(rows), 'check')} passed"
    said = " | ".join(f"{row.name}: {row.words}" for row in failed)
    return f"{len(failed)} of {counted(len(rows), 'check')} failed. {said}"[:_LONGEST]
