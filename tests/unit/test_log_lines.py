"""Every line of a function's log that is about one notification carries its trace: read off the code itself."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]

ABOUT_NO_ONE_NOTIFICATION: Mapping[str, str] = {
    "unreadable delivery": "a body that is no delivery we can read does not say what it is of",
    "unreadable directory entry": "the directory is read once for a whole batch",
    "directory change kept aside": "a change of the directory",
    "directory change put off": "a change of the directory",
    "row of a view refused": "the reconcile of the directory",
    "row differs and is not newer": "the reconcile of the directory",
    "entry deleted": "the reconcile of the directory",
    "deletions held back": "the reconcile of the directory",
    "view not read": "the reconcile of the directory",
    "directory compared": "the reconcile of the directory",
    "backup of the primary asked for": "a backup",
    "backup on the primary": "a backup",
    "cleaned up after backups": "backups",
    "pruned backups": "backups",
    "canaries seen": "a count of all canaries of a tick",
    "beside the canaries": "the switch, or the canary's own users",
    "watch list not read to its end": "a lane",
    "left on the watch list": "a count",
    "text of no activation answered": "a text to a pager's line, or one that was not understood",
    "receipt without a meaning": "a provider's word on the way, or of a call that is none of ours",
    "receipt refused": "what a message says is not taken for true",
    "receipt stays": "it was not read, or a store was away before it was",
    "unreadable deadline": "as an unreadable delivery",
    "callback refused": "nobody knows who sent it",
    "callback of no delivery": "a text of the account's that we did not send",
    "standings not read": "the providers of a channel",
    "provider demoted": "a provider, for all its deliveries",
    "unreadable row": "a row of the stream that we cannot read does not say what it is of",
    "unreadable look": "a body that is no look we can read does not say what it is of",
    "ladders overdue": "a count",
}
"""The lines without a trace, and what they are about instead."""


class Line(NamedTuple):
    """One place in the code that writes a log line."""

    place: str
    message: str
    fields: frozenset[str]


def lines_in(source: str, path: str) -> Iterator[Line]:
    """Whatever is written or warned of with a constant message."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="write" | "warn"),
                args=[ast.Constant(value=str() as message)],
                keywords=keywords,
            ):
                yield Line(f"{path}:{node.lineno}", message, frozenset(each.arg or "**" for each in keywords))


LINES = [
    line
    for path in sorted((ROOT / "functions").rglob("*.py"))
    for line in lines_in(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))
]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.message)
def test_a_line_about_a_notification_says_its_trace(line: Line) -> None:
    assert "trace" in line.fields or line.message in ABOUT_NO_ONE_NOTIFICATION, (
        f"{line.place} logs {line.message!r} without a trace: give it the notification's, or say here what it is about"
    )


@pytest.mark.parametrize("line", [line for line in LINES if "delivery" in line.fields], ids=lambda line: line.message)
def test_a_line_that_names_a_delivery_says_its_trace(line: Line) -> None:
    assert "trace" in line.fields, line.place


def test_the_lines_that_are_let_off_are_written_somewhere_and_have_no_trace() -> None:
    assert {line.message for line in LINES if "trace" not in line.fields} == set(ABOUT_NO_ONE_NOTIFICATION)


def test_the_lines_of_the_way_of_a_notification_are_all_found() -> None:
    assert {line.message for line in LINES} >= {
        *("routed", "refused", "staying", "delivery moved", "record not taken", "dead letter", "dead letter stays"),
        *("delivery outstanding", "canary lost"),
    }


def test_a_line_without_a_trace_is_seen() -> None:
    (line,) = lines_in('self._log.warn("lost", delivery=key.id)', "somewhere.py")
    assert (line.message, line.fields) == ("lost", frozenset({"delivery"}))
