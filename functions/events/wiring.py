"""Puts the events function together."""

from collections.abc import Mapping

from functions.core.adapters.clients import create_client
from functions.core.adapters.environment import read_settings
from functions.core.adapters.event_bus import EventBus
from functions.events.settings import EventsSettings


def wire(environment: Mapping[str, str]) -> EventBus:
    """The bus that the environment names."""
    settings = read_settings(EventsSettings, environment)
    return EventBus(create_client("events"), settings.event_bus)
