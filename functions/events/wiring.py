"""Where the events function's parts are put together, once per cold start."""

import os
from functools import cache

from functions.core.adapters.clients import create_client
from functions.core.adapters.environment import read_settings
from functions.core.adapters.event_bus import EventBus
from functions.events.settings import EventsSettings


@cache
def wire() -> EventBus:
    """The bus that the environment names. Raises `MisconfiguredError`."""
    settings = read_settings(EventsSettings, os.environ)
    return EventBus(create_client("events"), settings.event_bus)
