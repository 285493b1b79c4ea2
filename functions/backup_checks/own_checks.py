"""The checks of this deployment's own: a number each, and what it must be.

They may ask how old something is against the moment of the backup, for which the present of a restored copy is no
measure: ``current_setting('statline.taken_at')::timestamptz``.
"""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence

from functions.backup_checks.questions import Asker, NotAnsweredError, composed
from functions.backup_checks.settings import SqlCheck
from functions.core.domain.backup.record import CheckRow

TAKEN_AT = "statline.taken_at"
_WITHIN = 120.0
_HOLDS: Mapping[str, Callable[[float, float], bool]] = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "equal_to": operator.eq,
}


def own_checks(asker: Asker, checks: Sequence[SqlCheck]) -> Iterator[CheckRow]:
    """Ask each, and judge its number. What answers anything but one number fails."""
    for check in checks:
        try:
            number = _number(asker.ask(composed(check.sql), seconds=_WITHIN))
        except NotAnsweredError as why:
            yield CheckRow(check.name, passed=False, words=f"not answered: {why}")
            continue
        demand = f"must be {check.must_be.replace('_', ' ')} {check.value:,.12g}"
        yield CheckRow(check.name, passed=_HOLDS[check.must_be](number, check.value), words=f"{number:,.12g}; {demand}")


def _number(rows: Sequence[Sequence[object]]) -> float:
    match rows:
        case [(value,)] if value is not None:
            try:
                return float(str(value))
            except ValueError:
                pass
    raise NotAnsweredError("it did not answer with one number")
