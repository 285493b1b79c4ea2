"""The events function's environment."""

from functions.core.adapters.environment import Settings


class EventsSettings(Settings):
    """The bus that producers listen to, and the queue that keeps the names of what they cannot be told."""

    event_bus: str
    lost_events_queue: str
