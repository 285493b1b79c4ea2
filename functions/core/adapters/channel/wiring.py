"""What the wiring of every channel function has in common: from its settings and its providers to its entrance."""

import os
from collections.abc import Mapping, Sequence
from typing import Protocol

from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.channel.entrance import ChannelEntrance
from functions.core.adapters.channel.log import DeliveryLog
from functions.core.adapters.channel.metrics import DeliveryMetrics
from functions.core.adapters.clock import utc_now
from functions.core.adapters.queues.escalation_queue import EscalationQueue
from functions.core.adapters.queues.inbox import SqsInbox
from functions.core.adapters.queues.outbox import SqsOutbox
from functions.core.adapters.queues.receipt_deadlines import ReceiptDeadlineQueue
from functions.core.adapters.state.provider_standing import ProviderStandingTable
from functions.core.adapters.state.table import StateTable
from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.ports.delivering import Provider
from functions.core.domain.ports.directory import AddressBook
from functions.core.services.deliver import DeliverBatch
from functions.core.services.follow_up import FollowUp
from functions.core.services.providers import Providers
from statline.contract.words import Channel, Priority


class NoAddressBook:
    """The address book of a channel whose providers never call an address dead."""

    def report_dead(self, deliveries: Sequence[Delivery]) -> None:
        """Nothing to report to."""


class ChannelSettings(Protocol):
    """What the settings of every channel function have."""

    @property
    def state_table(self) -> str:
        """The delivery-state table."""
        ...

    @property
    def escalation_queue(self) -> str:
        """The escalation queue's URL."""
        ...

    @property
    def channel_queues(self) -> Mapping[Channel, Mapping[Priority, str]]:
        """The queues' URLs, by channel and lane."""
        ...

    @property
    def receipt_deadlines_queue(self) -> str:
        """The URL of the queue on which accepted stats wait."""
        ...


def channel_entrance(
    *,
    channel: Channel,
    providers: Sequence[Provider],
    settings: ChannelSettings,
    address_book: AddressBook | None = None,
) -> ChannelEntrance:
    """The entrance of the function that serves ``channel`` by these providers, the preferred one first."""
    queues, tables = create_client("sqs"), create_client("dynamodb")
    log = DeliveryLog(Log(channel))
    inboxes = {lane: SqsInbox(queues, url) for lane, url in settings.channel_queues[channel].items()}
    standings = ProviderStandingTable(tables, settings.state_table)
    return ChannelEntrance(
        deliver=DeliverBatch(
            states=StateTable(tables, settings.state_table, untaken=log.untaken),
            providers=Providers(channel, providers, standings, utc_now, log.demoted),
            outbox=SqsOutbox(queues, settings.channel_queues),
            follow_up=FollowUp(
                ReceiptDeadlineQueue(queues, settings.receipt_deadlines_queue),
                EscalationQueue(queues, settings.escalation_queue),
            ),
            address_book=address_book or NoAddressBook(),
            clock=utc_now,
        ),
        inboxes=inboxes.__getitem__,
        log=log,
        metrics=DeliveryMetrics(EmbeddedMetrics(os.environ["AWS_REGION"]), channel),
    )
