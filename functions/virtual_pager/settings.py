"""The environment of the virtual pager."""

from functions.core.adapters.environment import Settings
from statline.contract.words import Channel, Priority


class VirtualPagerSettings(Settings):
    """Where a caller's page goes. Amazon Connect's contact flow calls the function and speaks what it says.

    channels: the ones that the region has: whether somebody can be reached depends on it.
    """

    directory_table: str
    ingress_queues: dict[Priority, str]
    channels: tuple[Channel, ...]
