"""The contract as JSON Schema (draft 2020-12), one file a model, for producers that do not use Python.

``python -m statline.contract.schemas`` writes the files again after a model has changed; a test compares them.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from statline.contract.directory import DIRECTORY_CHANGE
from statline.contract.events import EVENTS, Event
from statline.contract.model import Details
from statline.contract.notification import Notification

FOLDER = Path(__file__).parent
ModelT = TypeVar("ModelT")
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def rendered() -> Mapping[str, str]:
    """The text of every schema file, by file name."""
    return {
        "notification.v1.json": _text(TypeAdapter(Notification), "Notification", "validation"),
        "directory-change.v1.json": _text(DIRECTORY_CHANGE, "DirectoryChange", "validation"),
        **{event_file(model): _text(TypeAdapter(model), model.DETAIL_TYPE, "serialization") for model in EVENTS},
    }


def event_file(model: type[Event]) -> str:
    """The file that holds an event's schema: ``Message Refused`` is in ``message-refused.v1.json``."""
    return f"{model.DETAIL_TYPE.lower().replace(' ', '-')}.v1.json"


def write(folder: Path = FOLDER) -> list[Path]:
    """Write every schema into ``folder`` and answer the files."""
    written = []
    for name, text in rendered().items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def _text(adapter: TypeAdapter[ModelT], title: str, mode: JsonSchemaMode) -> str:
    schema: Details = {"$schema": _DIALECT, **adapter.json_schema(mode=mode), "title": title}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
