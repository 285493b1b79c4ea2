"""What the wiring of every channel function has in common: from its settings and its provider to its entrance."""

import os
from collections.abc import Mapping, Sequence

from functions.core.adapters.channel_entrance import ChannelEntrance
from functions.core.adapters.clients import create_client
from functions.core.adapters.clock import utc_now
from functions.core.adapters.delivery_log import DeliveryLog
from functions.core.adapters.delivery_metrics import DeliveryMetrics
from functions.core.adapters.embedded_metrics import EmbeddedMetrics
from functions.core.adapters.inbox import SqsInbox
from functions.core.adapters.logs import Log
from functions.core.adapters.outbox import SqsOutbox
from functions.core.adapters.state_table import StateTable
from functions.core.domain.delivery import Delivery
from functions.core.domain.ports import AddressBook, Provider
from functions.core.services.deliver import DeliverBatch
from statline.contract.words import Channel, Priority

QueueUrls = Mapping[Channel, Mapping[Priority, str]]


class NoAddressBook:
    """The address book of a channel whose providers never call an address dead."""

    def report_dead(self, deliveries: Sequence[Delivery]) -> None:
        """Nothing to report to."""


def channel_entrance(
    *,
    channel: Channel,
    provider: Provider,
    state_table: str,
    channel_queues: QueueUrls,
    address_book: AddressBook | None = None,
) -> ChannelEntrance:
    """The entrance of the function that serves ``channel`` by ``provider``."""
    queues = create_client("sqs")
    log = DeliveryLog(Log(channel))
    inboxes = {lane: SqsInbox(queues, url) for lane, url in channel_queues[channel].items()}
    return ChannelEntrance(
        deliver=DeliverBatch(
            states=StateTable(create_client("dynamodb"), state_table, untaken=log.untaken),
            provider=provider,
            outbox=SqsOutbox(queues, channel_queues),
            address_book=address_book or NoAddressBook(),
            clock=utc_now,
        ),
        inboxes=inboxes.__getitem__,
        log=log,
        metrics=DeliveryMetrics(EmbeddedMetrics(os.environ["AWS_REGION"]), channel, provider.name),
    )
