"""Whether a restored copy's tables hold what the replica's held around its snapshot: rows, content, newest rows."""

from collections.abc import Iterator, Mapping

from functions.core.domain.backup.facts import TableFacts
from functions.core.domain.backup.record import CheckRow
from functions.core.domain.backup.verdicts import Faults, counted, off, verdict

Tables = Mapping[str, TableFacts]

THERE = "tables are there"
SLACK_ROWS = 10
SLACK_SHARE = 0.01
"""A table that changes between the two looks may also have changed there and back; so much more is let pass."""
SLACK_BYTES = 1024 * 1024
SLACK_SIZE = 0.05
"""The copy's own vacuum may cut a table's end off."""


def table_checks(before: Tables, after: Tables, copy: Tables) -> tuple[CheckRow, ...]:
    """One row each for presence, row counts, contents, newest rows, and the size of what was too large to be read."""
    both = sorted(before.keys() & after.keys())
    here = [name for name in both if name in copy]
    read = [name for name in here if before[name].was_read and after[name].was_read]
    still = [name for name in read if stands_still(before[name], after[name])]
    same_rows = [name for name in read if name not in still and keeps_its_rows(before[name], after[name])]
    large = [name for name in here if name not in read]
    missing = [f"{name} is missing" for name in both if name not in copy]
    return (
        verdict(THERE, missing, looked_at=counted(len(both), "table")),
        verdict(
            "row counts",
            [words for name in read for words in _rows(name, before[name], after[name], copy[name])],
            looked_at=f"{counted(len(read), 'table')} counted, {len(still)} of them stood still",
        ),
        verdict(
            "contents",
            [
                *(words for name in still for words in _content(name, before[name], copy[name])),
                *(words for name in same_rows for words in _keys(name, before[name], copy[name])),
            ],
            looked_at=f"the fingerprints of {counted(len(still), 'table')} that stood still"
            + (f", the keys of {counted(len(same_rows), 'table')} with the same rows" if same_rows else ""),
        ),
        verdict(
            "newest rows",
            [words for name in read for words in _newest(name, before[name], after[name], copy[name])],
            looked_at=f"{counted(sum(len(before[name].newest) for name in read), 'column')} with the times of new rows",
        ),
        verdict(
            "sizes of large tables",
            [words for name in large for words in _size(name, before[name], after[name], copy[name])],
            looked_at=f"of {counted(len(large), 'table')} that could not be read in time the sizes were compared",
        ),
    )


def stands_still(before: TableFacts, after: TableFacts) -> bool:
    """Whether nobody wrote to a table between the two looks.

    An empty table that has pages is filled and emptied all the time: that it was empty twice says nothing.
    """
    if before.rows == 0 and before.size > 0:
        return False
    return (before.rows, before.fingerprint) == (after.rows, after.fingerprint)


def keeps_its_rows(before: TableFacts, after: TableFacts) -> bool:
    """Whether a table had the same rows at both looks, by their keys, whatever was written into them.

    Keys come back seldom: such a table may have held more rows between the looks, and hardly fewer.
    """
    return before.keys is not None and (before.rows, before.keys) == (after.rows, after.keys)


def _rows(name: str, before: TableFacts, after: TableFacts, copy: TableFacts) -> Iterator[str]:
    if before.rows is None or after.rows is None:
        return
    if copy.rows is None:
        yield f"{name} was not counted on the copy in time"
        return
    low, high = sorted((before.rows, after.rows))
    slack = 0 if stands_still(before, after) else high - low + max(SLACK_ROWS, int(high * SLACK_SHARE))
    below = 0 if keeps_its_rows(before, after) else slack
    words = off(copy.rows, low - below, high + slack)
    if words is not None:
        let_pass = below if copy.rows < low else slack
        allowed = f" (with {counted(let_pass, 'row')} of slack)" if let_pass else ""
        yield f"the row count of {name} is {words}{allowed}"


def _content(name: str, before: TableFacts, copy: TableFacts) -> Iterator[str]:
    # A wrong count is told by the row counts; the same count with another fingerprint only here.
    if copy.was_read and copy.fingerprint != before.fingerprint:
        yield f"the rows of {name} are not what they were"


def _keys(name: str, before: TableFacts, copy: TableFacts) -> Iterator[str]:
    if copy.rows == before.rows and copy.keys is not None and copy.keys != before.keys:
        yield f"{name} has other rows than it had, by their keys"


def _newest(name: str, before: TableFacts, after: TableFacts, copy: TableFacts) -> Faults:
    faults = []
    for column in sorted(before.newest.keys() & after.newest.keys()):
        if not copy.was_read:
            continue
        low, high = sorted((before.newest[column], after.newest[column]))
        if column not in copy.newest:
            faults.append(f"{name}.{column} has no newest row")
        elif copy.newest[column] < low - (high - low):
            faults.append(f"the newest row by {name}.{column} is {low - copy.newest[column]:,.0f} s too old")
    return faults


def _size(name: str, before: TableFacts, after: TableFacts, copy: TableFacts) -> Iterator[str]:
    low, high = sorted((before.size, after.size))
    slack = SLACK_BYTES + high * SLACK_SIZE
    words = off(copy.size, low - slack, high + slack)
    if words is not None:
        yield f"the size of {name} is {words} (bytes, with 5 % of slack)"
