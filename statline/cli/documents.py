"""Reads what a command is given: a file or standard input, with JSON or JSON Lines in it."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from statline.cli.console import fail
from statline.cli.exits import Exit

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Document:
    """One JSON text, and the place that people find it by: ``line 4``, ``entry 2``."""

    place: str
    text: str


def read_text(name: str) -> str:
    """The text of a file, or of standard input for ``-``. Leaves with exit code 2 where it cannot be read."""
    try:
        return sys.stdin.read() if name == STANDARD_INPUT else Path(name).read_text(encoding="utf-8-sig")
    except OSError as cause:
        fail(f"{name} cannot be read: {cause.strerror}", Exit.INPUT)
    except UnicodeDecodeError:
        fail(f"{name} is not UTF-8: save it as UTF-8 and try again", Exit.INPUT)


def documents(text: str) -> Iterator[Document]:
    """The JSON texts in a text: one object, the entries of one array, or one a line (JSON Lines)."""
    whole = _parsed(text)
    if isinstance(whole, list):
        yield from (Document(f"entry {number}", json.dumps(entry)) for number, entry in enumerate(whole, start=1))
    elif whole is not None:
        yield Document("the message", text)
    else:
        lines = enumerate(text.splitlines(), start=1)
        yield from (Document(f"line {number}", line) for number, line in lines if line.strip())


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
