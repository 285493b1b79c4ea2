"""Where the events function's parts are put together, once per cold start."""

import os
from functools import cache

from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.environment import read_settings
from functions.core.adapters.queues.event_bus import EventBus
from functions.core.adapters.queues.quarantine import QuarantineQueue
from functions.core.adapters.telemetry.logs import Log
from functions.events.entrance import StreamEntrance
from functions.events.settings import EventsSettings


@cache
def wire() -> StreamEntrance:
    """The entrance between the stream and the bus. Raises `MisconfiguredError`."""
    settings = read_settings(EventsSettings, os.environ)
    return StreamEntrance(
        bus=EventBus(create_client("events"), settings.event_bus),
        lost=QuarantineQueue(create_client("sqs"), settings.lost_events_queue),
        log=Log("events"),
    )
