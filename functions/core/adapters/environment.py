"""Reads a function's settings from its environment: one pydantic model per function, checked once at the cold start.

A field ``state_table`` is the variable ``STATE_TABLE``. A field that is not a plain text is JSON; what is not given is
``null``.
"""

import json
from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from functions.core.domain.errors import MisconfiguredError


class Settings(BaseModel):
    """What a function reads from its environment. Unknown variables are none of its business."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    def to_environment(self) -> dict[str, str]:
        """The variables that `read_settings` would read back as these settings.

        Infra puts references into them: until it is deployed, a port is a text, too, which is no reason for a warning.
        """
        values = self.model_dump(mode="json", warnings="none")
        return {
            name.upper(): v if isinstance(v, str) else json.dumps(v, separators=(",", ":"))
            for name, v in values.items()
        }


SettingsT = TypeVar("SettingsT", bound=Settings)


def read_settings(model: type[SettingsT], environment: Mapping[str, str]) -> SettingsT:
    """The settings in ``environment``. Raises `MisconfiguredError` naming each variable that is missing or wrong."""
    found = {name: _value(environment[name.upper()]) for name in model.model_fields if name.upper() in environment}
    try:
        return model.model_validate(found)
    except ValidationError as cause:
        faults = "; ".join(f"{'.'.join(str(p) for p in e['loc']).upper()}: {e['msg']}" for e in cause.errors())
        raise MisconfiguredError(f"this function's environment cannot be used: {faults}") from cause


def _value(text: str) -> object:
    return json.loads(text) if text[:1] in {"{", "["} or text == "null" else text
