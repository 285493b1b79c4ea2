"""The schema files say what the models say, and the contract's words are the domain's words."""

import json
from pathlib import Path

import pytest

from statline.contract.events import DeliveryStateChanged, MessageRefused, NotificationRouted
from statline.contract.model import Details
from statline.contract.schemas import FOLDER, event_file, rendered, write


def _schema(name: str) -> Details:
    schema: Details = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return schema


@pytest.mark.parametrize("name", sorted(rendered()))
def test_a_schema_file_is_what_its_model_says(name: str) -> None:
    stored = (FOLDER / name).read_text(encoding="utf-8")
    assert stored == rendered()[name], "run `python -m statline.contract.schemas` and commit what it writes"


def test_there_is_no_schema_file_without_a_model() -> None:
    assert {path.name for path in FOLDER.glob("*.json")} == set(rendered())


def test_the_exporter_writes_every_file(tmp_path: Path) -> None:
    assert {path.name for path in write(tmp_path)} == set(rendered())
    assert {path.name for path in tmp_path.iterdir()} == set(rendered())


@pytest.mark.parametrize("name", ["notification.v1.json", "directory-change.v1.json"])
def test_what_producers_send_has_no_room_for_unknown_fields(name: str) -> None:
    schema = _schema(name)
    objects = [part for part in (schema, *schema["$defs"].values()) if part.get("type") == "object"]
    assert objects
    assert all(part["additionalProperties"] is False for part in objects)


def test_the_notification_schema_asks_for_what_the_model_asks_for() -> None:
    assert set(_schema("notification.v1.json")["required"]) == {
        "tenant",
        "id",
        "kind",
        "priority",
        "recipients",
        "content",
        "sent_at",
        "expires_at",
    }


@pytest.mark.parametrize("model", [DeliveryStateChanged, NotificationRouted, MessageRefused])
def test_an_event_has_no_field_for_an_address_or_for_content(
    model: type[DeliveryStateChanged | NotificationRouted | MessageRefused],
) -> None:
    fields = set(_schema(event_file(model))["properties"])
    assert not {"address", "token", "number", "title", "body", "content", "screen"} & fields
