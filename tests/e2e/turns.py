"""Which test comes when.

What waits long is begun in the background before the first test, and looked at once it is over. Beside it go tests that
do not mind it, and that it does not mind; then what has the cloud for itself; last what puts its clock forward, which
stays so.
"""

from pathlib import Path

import pytest

BACKUPS, UNANSWERED, BURIED, DRILLED, DUMPED, DRIVEN = (
    "stories",
    "unanswered",
    "buried",
    "drilled",
    "dumped",
    "driven",
)
"""Fixtures by which a test says what it looks at, or does to the clock."""
BEGUN = (BACKUPS, UNANSWERED, BURIED, DUMPED, DRILLED)
"""What begins before the first test. Where alarms matter, it waits for the backups itself."""
_BESIDE = frozenset({"test_main_job", "test_rights", "test_bad_input", "test_discretion", "test_on_call_commands"})
_ALONE, _LAST = 5, 6
_TURNS = {BACKUPS: 1, DRILLED: 2, DUMPED: 3, UNANSWERED: 4, BURIED: 4, DRIVEN: _LAST}


def turn_of(item: pytest.Item) -> int:
    """The lower, the earlier. Tests of the same turn keep their order."""
    asked = getattr(item, "fixturenames", ())
    return max((_TURNS[name] for name in _TURNS if name in asked), default=_usual(Path(item.path).stem))


def _usual(file: str) -> int:
    return 0 if file in _BESIDE else _ALONE


def begun_for(items: list[pytest.Item]) -> list[str]:
    """What has to begin for these tests."""
    asked = {name for item in items for name in getattr(item, "fixturenames", ())}
    return [name for name in BEGUN if name in asked]
