"""Directory changes from CSV: one kind of change a file, one change a line, the columns named in the first line.

The columns are the fields of the change (docs/directory.md has them for each kind). ``kind``, ``tenant`` and
``revision`` may be left out where the command says them for the whole file. A list is written with semicolons
(``sms;voice``), quiet hours in three columns. An empty cell is a field that is not there.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from io import StringIO

from statline.cli.documents import Document

LISTS = frozenset({"uses", "roles", "patient_content"})
NUMBERS = frozenset({"revision", "rank", "sms_segments", "version"})
FLAGS: Mapping[str, bool] = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
FLAG_COLUMNS = frozenset({"deleted", "critical_sound"})
QUIET: Mapping[str, str] = {"quiet_starts": "starts", "quiet_ends": "ends", "quiet_zone": "zone"}


def documents_in_csv(text: str, said: Mapping[str, object]) -> Iterator[Document]:
    """Each line of a CSV text as the JSON of a change. ``said`` is what the command says for all of them."""
    reader = csv.DictReader(StringIO(text), restkey="(more cells than columns)")
    for row in reader:
        cells = {(name or "").strip(): value for name, value in row.items() if value}
        yield Document(f"line {reader.line_num}", json.dumps(dict(said) | _change(cells)))


def _change(cells: Mapping[str, object]) -> dict[str, object]:
    change: dict[str, object] = {name: _value(name, cell) for name, cell in cells.items() if name not in QUIET}
    quiet = {QUIET[name]: cell for name, cell in cells.items() if name in QUIET}
    return change | ({"quiet_hours": quiet} if quiet else {})


def _value(name: str, cell: object) -> object:
    """The cell as JSON would have it. What cannot be read stays a text: the model says what is wrong with it."""
    if not isinstance(cell, str):
        return cell
    text = cell.strip()
    if name in LISTS:
        return [part.strip() for part in text.split(";") if part.strip()]
    if name in FLAG_COLUMNS:
        return FLAGS.get(text.lower(), text)
    if name in NUMBERS and text.isdecimal():
        return int(text)
    return text
