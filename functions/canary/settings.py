"""The environment of the canary, and the name that it goes by."""

from functions.core.adapters.environment import Settings
from statline.contract.directory import CANARY_TENANT
from statline.contract.words import Channel, Priority

TENANT = CANARY_TENANT
"""The tenant of the canaries. It has no team: a canary that is lost pages on-call by an alarm, and nobody by a page."""


class CanarySettings(Settings):
    """Where the canary sends, and where it sees what became of it.

    ticks_queue: the URL of the queue that it sends itself the minute's four canaries through.
    addresses: the test recipients' addresses: a device's token, numbers with a plus. A channel that is not here is none
        of the region's.
    real_every_minutes: how often a canary of the channel really reaches the test recipient. The others are rehearsed:
        everything is done but the last thing, and nobody is reached. A channel that is not here is only rehearsed.
    dead_mans_switch: the address that is called once a minute, and whose owner tells on-call when the calls stop.
        Empty: there is none.
    """

    state_table: str
    ticks_queue: str
    directory_changes_queue: str
    ingress_queues: dict[Priority, str]
    addresses: dict[Channel, str]
    real_every_minutes: dict[Channel, int]
    dead_mans_switch: str
