"""Events held to the schema files that producers read."""

import json
from functools import cache

from jsonschema import Draft202012Validator

from statline.contract.events import Event
from statline.contract.schemas import FOLDER, event_file


@cache
def _validator(model: type[Event]) -> Draft202012Validator:
    schema = json.loads((FOLDER / event_file(model)).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def assert_keeps_to_its_schema(event: Event) -> None:
    """What goes on the bus is what the file says."""
    _validator(type(event)).validate(json.loads(event.model_dump_json()))
