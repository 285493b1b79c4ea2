"""The papers speak of what is there: links lead somewhere, and the files, tests, commands and settings exist."""

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

import pytest
import typer
from pydantic import BaseModel
from typer.core import TyperGroup

from functions.backup_dump.plan import LARGEST_TABLE
from functions.core.adapters.telemetry.logs import ALLOWED
from functions.core.domain.routing.lanes import LANES, Lane
from infra.config.model import Deployment
from statline.cli.main import app
from statline.contract.words import DeliveryState

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
FOLDERS = ("app.py", "cdk.json", "config", "docs", "functions", "infra", "local", "locks", "statline", "tests")
_INVENTED = re.compile(r"[<>{}]|\bNAME\b|\.\.\.")
"""What marks a path as an example of one: `config/<name>.yaml`."""

_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?:^ {4,}\S.*\n)+", re.MULTILINE)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _spans(page: Path) -> list[str]:
    """What stands between backticks in the running text."""
    return _SPAN.findall(_FENCE.sub("", _text(page)))


def _code(page: Path) -> str:
    """Everything that is written as code, one piece a line."""
    text = _text(page)
    return "\n".join((*_FENCE.findall(text), *_INDENTED.findall(_FENCE.sub("", text)), *_spans(page)))


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", _text(page)), flags=re.MULTILINE)
    return {re.sub(r"[^a-z0-9_ -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@every_page
def test_every_link_leads_to_something(page: Path) -> None:
    for link in _LINK.findall(_FENCE.sub("", _text(page))):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        linked = page.parent / path if path else page
        assert linked.exists(), link
        assert not anchor or anchor in _anchors(linked), link


@every_page
def test_every_file_that_is_named_is_there(page: Path) -> None:
    for span in _spans(page):
        path, _, test = span.partition("::")
        if not re.fullmatch(r"[\w./*-]+", path) or _INVENTED.search(path):
            continue
        if path.split("/")[0] not in FOLDERS or ("/" not in path and "." not in path):
            continue
        assert list(ROOT.glob(path.rstrip("/"))), span
        assert not test or f"def {test}(" in _text(ROOT / path), span


@every_page
def test_every_test_that_is_named_by_its_name_alone_is_there(page: Path) -> None:
    named = {span for span in _spans(page) if re.fullmatch(r"test_\w+", span)}
    assert named <= _names_of_tests()


@cache
def _names_of_tests() -> frozenset[str]:
    sources = (_text(path) for path in (ROOT / "tests").rglob("test_*.py"))
    return frozenset(name for source in sources for name in re.findall(r"^def (test_\w+)", source, re.MULTILINE))


@every_page
def test_every_target_of_make_exists(page: Path) -> None:
    makefile = _text(ROOT / "Makefile")
    variables = dict(re.findall(r"^(\w+) :?\??= (\S+)$", makefile, flags=re.MULTILINE))
    targets = {
        re.sub(r"\$\((\w+)\)", lambda name: variables[name[1]], target)
        for target in re.findall(r"^([\w.$()/-]+):", makefile, flags=re.MULTILINE)
    }
    assert set(re.findall(r"(?:^|&& |`)make ([\w./-]+)", _code(page), flags=re.MULTILINE)) <= targets


@every_page
def test_every_command_of_statline_exists_and_has_the_options_that_it_is_given(page: Path) -> None:
    for line in re.findall(r"(?:^|/|\s)statline ((?:[a-z]|--).*)", _code(page), flags=re.MULTILINE):
        words = line.split("#")[0].split()
        command: Any = typer.main.get_command(app)
        while isinstance(command, TyperGroup) and words and not words[0].startswith("-"):
            assert words[0] in command.commands, line
            command = command.commands[words.pop(0)]
        known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        assert {word for word in words if word.startswith("-") and word != "-"} <= known, line


@every_page
def test_a_notification_is_shown_with_its_tenant(page: Path) -> None:
    """Only a refused message is found by its id alone, which is one of SQS."""
    for line in re.findall(r"(?:^|/|\s)statline show (.*)", _code(page), flags=re.MULTILINE):
        of_sqs = line.startswith("MESSAGE_ID") or re.match(r"[0-9a-f]{8}-", line)
        assert of_sqs or "--tenant" in line, line


@every_page
def test_a_search_of_the_logs_asks_for_fields_and_states_that_they_have(page: Path) -> None:
    for pattern in re.findall(r"--filter-pattern '\{(.*?)\}'", _code(page)):
        for field, value in re.findall(r"\$\.(\w+) = (\S+)", pattern):
            assert field in {*ALLOWED, "level"}, pattern
            assert field != "state" or value.strip('"') in set(DeliveryState), pattern


def _fields(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Every field of a model and of the models in it, with the name of its model."""
    for name, field in model.model_fields.items():
        yield model.__name__, name
        for inner in _models_in(field.annotation):
            yield from _fields(inner)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in {Union, UnionType} or get_args(annotation):
        for argument in get_args(annotation):
            yield from _models_in(argument)


@pytest.mark.parametrize(("model", "field"), sorted(set(_fields(Deployment))))
def test_every_key_of_the_config_is_explained_to_the_platform_team(model: str, field: str) -> None:
    explained = {part for span in _spans(DOCS / "platform-team.md") for part in re.split(r"[.\[\]: ,]+", span)}
    assert field in explained, model


def test_the_logs_allow_list_is_told_as_it_is() -> None:
    (told,) = re.findall(r"nothing but these fields:(.*?)\.\n", _text(DOCS / "privacy.md"), flags=re.DOTALL)
    assert set(_SPAN.findall(told)) == ALLOWED


def test_the_largest_table_of_a_dump_is_told_as_it_is() -> None:
    (told,) = re.findall(r"A table of more than (\d+) GiB does not go into a dump", _text(DOCS / "backups.md"))
    assert int(told) * 1024**3 == LARGEST_TABLE


def _patience(lane: Lane) -> timedelta:
    """How long "not now" is answered with another attempt."""
    return sum((lane.retry_after(attempt) for attempt in range(1, lane.attempts)), timedelta())


def test_the_lanes_patience_is_told_as_it_is() -> None:
    quotas = dict(re.findall(r"(\w+) minutes \((\w+)\)", _text(DOCS / "go-live.md")))
    assert {lane: int(minutes) for minutes, lane in quotas.items()} == {
        lane.priority.value: round(_patience(lane) / timedelta(minutes=1)) for lane in LANES.values()
    }
    on_call = re.findall(
        r"^\| (\w+) \|.* \| (\d+), .* apart \| (\d+) s \|$", _text(DOCS / "on-call.md"), flags=re.MULTILINE
    )
    assert on_call == [
        (lane.priority.value, str(lane.attempts), f"{lane.visibility.total_seconds():g}") for lane in LANES.values()
    ]


def test_every_decision_is_in_the_list_and_says_what_why_and_what_follows() -> None:
    index = _text(DOCS / "adr" / "README.md")
    pages = sorted((DOCS / "adr").glob("[0-9]*.md"))
    assert re.findall(r"\((\d{4}-[a-z-]+\.md)\)", index) == [page.name for page in pages]
    for number, page in enumerate(pages, start=1):
        assert page.name.startswith(f"{number:04}-")
        title, *sections = re.findall(r"^#+ (.+)$", _text(page), flags=re.MULTILINE)
        assert title.startswith(f"{number:04} ")
        assert title.removeprefix(f"{number:04} ") in index
        assert sections == ["Context", "Decision", "Consequences"]
