"""What must outlive a deploy: keys, tables, queues, the event bus, and who may use them from outside."""

from collections.abc import Iterator

from aws_cdk import Environment, RemovalPolicy, Stack
from constructs import Construct

from infra.acknowledgements.model import acknowledge
from infra.acknowledgements.state import state_acknowledgements
from infra.config.model import RegionConfig
from infra.constructs.access import OperatorAccess, ProducerAccess
from infra.constructs.event_bus import DeliveryEvents
from infra.constructs.functions.names import role_arn
from infra.constructs.keys import Keys
from infra.constructs.provider_secret import ProviderSecret
from infra.constructs.queues.receipt_sources import ReceiptSources
from infra.constructs.queues.region_queues import Queues
from infra.constructs.tables import DeliveryStateTable, DirectoryTable
from statline.contract.words import Channel

OUTSTANDING, CANARY = "outstanding", "canary"
"""The functions that work more often than EventBridge wakes them."""


class StateStack(Stack):
    """The stateful half of a region. In production it is protected from deletion, and its contents are kept.

    keys, state_table, directory_table, queues, events, receipt_sources, service_account: what the other stacks are
    given; and twilio, where the region has it.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, env: Environment, config: RegionConfig, production: bool
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            env=env,
            description="Statline: keys, tables, queues and the event bus",
            termination_protection=production,
        )
        removal_policy = RemovalPolicy.RETAIN if production else RemovalPolicy.DESTROY
        self.keys = Keys(self, "Keys", removal_policy=removal_policy)
        self.state_table = DeliveryStateTable(self, "DeliveryState", key=self.keys.records, protected=production)
        self.directory_table = DirectoryTable(self, "Directory", key=self.keys.records, protected=production)
        self.queues = Queues(
            self,
            "Queues",
            channels=_channels(config),
            ticking=(OUTSTANDING, *((CANARY,) if config.canary is not None else ())),
            key=self.keys.messages,
            removal_policy=removal_policy,
        )
        self.events = DeliveryEvents(self, "Events", key=self.keys.messages, lost=self.queues.lost_events)
        voice, twilio = config.providers.voice, config.providers.sms.twilio
        self.receipt_sources = ReceiptSources(
            self,
            "ReceiptSources",
            receipts=self.queues.receipts,
            key=self.keys.messages,
            connect_instance=voice.instance_arn if voice is not None else None,
            apps=tuple(config.apps),
            tellers=[role_arn(self, name) for name in _tellers(config)],
        )
        self.service_account = ProviderSecret(
            self,
            "ServiceAccount",
            name=config.providers.push.service_account,
            description="The Firebase service account of push, as JSON",
            holds="the Firebase service account's JSON",
            key=self.keys.records,
            removal_policy=removal_policy,
        )
        self.twilio = (
            ProviderSecret(
                self,
                "Twilio",
                name=twilio.secret,
                description="The Twilio account of texts, as JSON: account_sid and auth_token",
                holds="a JSON object with account_sid and auth_token",
                key=self.keys.records,
                removal_policy=removal_policy,
            )
            if twilio is not None
            else None
        )
        ProducerAccess(
            self, "Producers", producers=config.producers, apps=config.apps, queues=self.queues, keys=self.keys
        )
        OperatorAccess(self, "Operators", state=self.state_table, directory=self.directory_table, queues=self.queues)
        acknowledge(self, state_acknowledgements(tuple(self.queues.ticks), twilio=twilio is not None))


def _tellers(config: RegionConfig) -> Iterator[str]:
    """The functions that put on the receipts queue what they heard; made after its policy, so known by name."""
    if config.providers.voice is not None:
        yield "keypad"
    if config.providers.sms.twilio is not None:
        yield "webhooks"


def _channels(config: RegionConfig) -> tuple[Channel, ...]:
    return tuple(channel for channel in Channel if config.capacity.channel(channel) is not None)
