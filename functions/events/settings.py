"""The events function's environment."""

from functions.core.adapters.environment import Settings


class EventsSettings(Settings):
    """The bus that producers listen to."""

    event_bus: str
