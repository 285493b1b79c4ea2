"""The environment of the function that waits for receipts."""

from functions.core.adapters.environment import Settings
from statline.contract.words import Channel, Priority


class LateReceiptsSettings(Settings):
    """Where an accepted stat is looked up again, and where its next way is put."""

    state_table: str
    channel_queues: dict[Channel, dict[Priority, str]]
