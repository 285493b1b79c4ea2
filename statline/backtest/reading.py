"""A history from a file, whichever of the two forms it has."""

from collections.abc import Iterable, Iterator
from itertools import chain

from statline.backtest.csv_history import read_csv
from statline.backtest.errors import HistoryError
from statline.backtest.history import History
from statline.backtest.json_history import read_json

_JSON_BEGINS = ("{", "[")


def read_history(lines: Iterable[str], *, name: str, utc: bool = False) -> History:
    """The history in a file's lines; what it begins with says what it is. Raises `HistoryError`."""
    rest = iter(lines)
    begin = list(_until_something(rest))
    if not begin or not begin[-1].strip():
        raise HistoryError([f"{name} is empty"])
    if begin[-1].lstrip().startswith(_JSON_BEGINS):
        return read_json("".join(chain(begin, rest)), name=name, utc=utc)
    return read_csv(chain(begin, rest), name=name, utc=utc)


def _until_something(lines: Iterator[str]) -> Iterator[str]:
    """The blank lines that a file begins with, and the first that is none."""
    for line in lines:
        yield line
        if line.strip():
            return
