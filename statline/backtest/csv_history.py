"""A history from CSV: ``timestamp,value``, with a header or without."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import PurePath

from statline.backtest.errors import HistoryError
from statline.backtest.history import History, series_of
from statline.backtest.moments import NoMomentError, moment_in

MOST_FAULTS = 20
_SEPARATORS = ",;\t"
_NO_NUMBER = frozenset({"", "nan", "null", "none", "na", "n/a", "-"})
_MOMENTS = frozenset({"timestamp", "time", "date", "datetime", "@timestamp"})
_COLUMNS = 2


class _RowError(ValueError):
    """What is wrong with a row, in words."""


def read_csv(lines: Iterable[str], *, name: str, utc: bool) -> History:
    """The history in CSV lines. name: the file's; without its ending it is the series' id and label.

    Raises `HistoryError`, with line numbers.
    """
    rows = _Rows(utc)
    id_ = PurePath(name).stem
    series = series_of(id_, id_, rows.read(iter(lines)))
    if rows.faults:
        more = f"and {rows.more:,} more lines like these"
        raise HistoryError([f"{name}, {fault}" for fault in rows.faults] + ([more] if rows.more else []))
    if not series.points:
        raise HistoryError([f"{name} holds no figure: a line is like 2026-11-22T10:15:00Z,12.5"])
    return History([series])


class _Rows:
    """Reads rows and notes what is wrong with them, line by line, so that all faults are told at once."""

    def __init__(self, utc: bool) -> None:
        self._utc = utc
        self._moment, self._value = 0, 1
        self._columns = _COLUMNS
        self.faults: list[str] = []
        self.more = 0

    def read(self, lines: Iterator[str]) -> Iterator[tuple[float, float | None]]:
        first = next(lines, "")
        separator = max(_SEPARATORS, key=first.count)
        reader = csv.reader(chain([first], lines), delimiter=separator)
        header: list[str] | None = None
        try:
            for number, cells in enumerate(row for row in reader if any(cell.strip() for cell in row)):
                if number == 0 and self._is_header(cells):
                    header = cells
                elif cells != header:  # files that were put after each other have it again
                    yield from self._checked(cells, reader.line_num)
        except _RowError as cause:
            self._fault(reader.line_num, str(cause))
        except csv.Error as cause:
            self._fault(reader.line_num + 1, f"it is no CSV: {cause}")

    def _checked(self, cells: Sequence[str], line: int) -> Iterator[tuple[float, float | None]]:
        try:
            yield self._row(cells)
        except _RowError as cause:
            self._fault(line, str(cause))

    def _is_header(self, cells: Sequence[str]) -> bool:
        """A first row without a moment and without a number. It may name its columns, and then have more of them.

        Raises `_RowError` where it leaves open which column the figures are in.
        """
        names = [cell.strip().lower() for cell in cells]
        moments = [place for place, name in enumerate(names) if name in _MOMENTS]
        others = [place for place in range(len(names)) if place not in moments]
        values = [place for place in others if names[place] == "value"] or others
        if moments and len(values) > 1:
            named = ", ".join(_quoted(cells[place]) for place in values)
            raise _RowError(f"which column has the figures: {named}? Call that one 'value', or leave the others out")
        if moments and values:
            self._moment, self._value, self._columns = moments[0], values[0], len(names)
        return bool(moments) or not any(_is_moment(name) or _is_number(name) for name in names)

    def _row(self, cells: Sequence[str]) -> tuple[float, float | None]:
        if len(cells) != self._columns:
            raise _RowError(f"it has {len(cells)} column{'s' * (len(cells) != 1)} and not {self._columns}")
        try:
            moment = moment_in(cells[self._moment], utc=self._utc)
        except NoMomentError as cause:
            raise _RowError(f"{_quoted(cells[self._moment])} {cause}") from cause
        return moment, _number(cells[self._value])

    def _fault(self, line: int, words: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(f"line {line}: {words}")
        else:
            self.more += 1


def _number(text: str) -> float | None:
    """The number in a cell; None where it says that there is none."""
    stripped = text.strip()
    if stripped.lower() in _NO_NUMBER:
        return None
    try:
        return float("no digits" if "_" in stripped else stripped)
    except ValueError as cause:
        hint = ": write it with a point" if "," in text else ""
        raise _RowError(f"{_quoted(text)} is no number{hint}") from cause


def _is_number(text: str) -> bool:
    try:
        return _number(text) is not None
    except _RowError:
        return False


def _is_moment(text: str) -> bool:
    try:
        moment_in(text, utc=True)
    except NoMomentError:
        return False
    return True


def _quoted(text: str) -> str:
    return f"'{text.strip()[:40]}'"
