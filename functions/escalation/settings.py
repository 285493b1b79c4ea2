"""The environment of the escalation function."""

from collections.abc import Mapping

from functions.core.adapters.environment import Settings
from statline.contract.words import Channel, Priority


class EscalationSettings(Settings):
    """Where ladders are climbed.

    escalation_queue: the URL of the function's own queue: its timers are delayed messages there.
    channel_queues: the queue's URL, by channel and lane. A channel that is not here is none of the region's.
    connect_instance: the id of the Amazon Connect instance whose ringing calls are ended; empty where there is none.
    second_providers: the provider beside a channel's first one: a stat text has one way more by it.
    grace_seconds: a step's clock starts at its first acceptance, or this long after it was fired.
    """

    state_table: str
    directory_table: str
    escalation_queue: str
    channel_queues: dict[Channel, dict[Priority, str]]
    connect_instance: str = ""
    second_providers: Mapping[Channel, str] = {}
    grace_seconds: int = 30
