"""The examples in the papers are ones that Statline takes."""

import json
import re
from pathlib import Path

import pytest

from statline.client import parse
from statline.contract.directory import DIRECTORY_CHANGE
from statline.contract.events import EVENTS
from statline.contract.model import ContractModel
from statline.contract.notification import Content, Notification
from statline.contract.schemas import event_file

DOCS = Path(__file__).parents[3] / "docs"
_BLOCK = re.compile(r"```json\n(.*?)```", re.DOTALL)


def _page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_the_example_for_producers_is_a_notification() -> None:
    example, *_ = _BLOCK.findall(_page("producers.md"))
    assert parse(example).priority == "urgent"


def test_the_examples_for_the_directory_are_changes() -> None:
    (block,) = _BLOCK.findall(_page("directory.md"))
    kinds = [DIRECTORY_CHANGE.validate_json(line).kind for line in block.splitlines()]
    assert kinds == ["user", "contact_point", "shift"]


def test_every_pattern_is_json() -> None:
    patterns = [json.loads(block) for block in _BLOCK.findall(_page("producers.md"))]
    assert patterns
    assert all(isinstance(pattern, dict) for pattern in patterns)


@pytest.mark.parametrize(("model", "prefix"), [(Notification, ""), (Content, "content.")])
def test_every_field_of_the_message_is_explained(model: type[ContractModel], prefix: str) -> None:
    page = _page("producers.md")
    for name in model.model_fields:
        assert f"`{prefix}{name}`" in page or (name == "content" and "`content.title`" in page)


def test_every_event_is_named_with_its_schema() -> None:
    page = _page("producers.md")
    for event in EVENTS:
        assert f"`{event.DETAIL_TYPE}`" in page
        assert event_file(event) in page
