"""The voice function's environment."""

from functions.core.adapters.environment import Settings
from statline.contract.words import Channel, Priority


class VoiceSettings(Settings):
    """Where the voice function reads and writes.

    channel_queues: the queue's URL, by channel and lane: its own, and the other channels' for a stat's next way.
    connect_instance, contact_flow: ids of the Amazon Connect instance and of the flow that speaks.
    source_numbers: the calling number of each lane, E.164; stat has its own.
    receipt_deadlines_queue: where an accepted stat waits for its receipt.
    escalation_queue: where an activation is looked at again whose delivery failed.
    """

    state_table: str
    escalation_queue: str
    channel_queues: dict[Channel, dict[Priority, str]]
    connect_instance: str
    contact_flow: str
    receipt_deadlines_queue: str
    source_numbers: dict[Priority, str]
