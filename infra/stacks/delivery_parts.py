"""What the functions of the delivery stack are made from, and what several of them are told and may do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions.core.adapters.environment import Settings
from infra.config.capacity import LanedCapacity
from infra.config.model import RegionConfig
from infra.constructs.functions.delivery_function import DeliveryFunction
from infra.constructs.functions.layers import Layers
from infra.constructs.functions.live_function import Workbench
from infra.constructs.queues.queue import WorkQueue
from infra.constructs.telephony import Telephone
from infra.stacks.state import StateStack
from statline.contract.words import Channel, Priority

PROMPT_MEMORY_MB = 1024
"""A processor's share comes with the memory: with less, a cold start takes a stat's time."""
SIDE_MEMORY_MB = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryParts:
    """One region's delivery stack in the making. telephone: None where the region has no voice."""

    stack: Construct
    config: RegionConfig
    state: StateStack
    layers: Layers
    workbench: Workbench
    telephone: Telephone | None

    def make(
        self,
        name: str,
        description: str,
        *,
        settings: Settings,
        reserve: int,
        memory_mb: int,
        may_loop: bool = False,
        extra_layers: Sequence[lambda_.ILayerVersion] = (),
    ) -> DeliveryFunction:
        """``functions/<name>`` in the stack, with the base layer."""
        return DeliveryFunction(
            self.stack,
            "".join(part.capitalize() for part in name.split("_")),
            name=name,
            description=description,
            settings=settings,
            layers=[self.layers.base, *extra_layers],
            reserve=reserve,
            memory_mb=memory_mb,
            workbench=self.workbench,
            may_loop=may_loop,
        )

    @property
    def state_table(self) -> str:
        """The name of the delivery-state table."""
        return self.state.state_table.table.table_name

    @property
    def directory_table(self) -> str:
        """The directory's name."""
        return self.state.directory_table.table.table_name

    @property
    def escalation_queue(self) -> str:
        """The URL of the queue of looks."""
        return self.state.queues.escalation.main.queue.queue_url

    @property
    def connect_instance(self) -> str:
        """The id of the Connect instance; empty where there is none."""
        voice = self.config.providers.voice
        return voice.instance_id if voice is not None else ""

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels that the region has."""
        return tuple(self.state.queues.channels)

    @property
    def second_providers(self) -> dict[Channel, str]:
        """The provider beside a channel's first one, where it has one."""
        return {channel: names[1] for channel, names in self.config.providers.in_turn.items()}

    @property
    def channel_queues(self) -> dict[Channel, dict[Priority, str]]:
        """The URLs of the channels' queues, by channel and lane."""
        return {channel: _urls(lanes) for channel, lanes in self.state.queues.channels.items()}

    @property
    def ingress_queues(self) -> dict[Priority, str]:
        """The URLs of the ingress queues, by lane."""
        return _urls(self.state.queues.ingress)

    def let_send_to_channels(self, function: DeliveryFunction) -> None:
        """Let a function put deliveries on every channel's queues."""
        for lanes in self.state.queues.channels.values():
            _let_send(function, lanes)

    def let_send_notifications(self, function: DeliveryFunction) -> None:
        """Let a function put notifications on every lane, as producers do. The router must know it."""
        _let_send(function, self.state.queues.ingress)


def work_off_lanes(function: DeliveryFunction, queues: Mapping[Priority, WorkQueue], capacity: LanedCapacity) -> None:
    """Have a function work off its lanes, each with its own share."""
    for priority, queue in queues.items():
        lane = capacity.lanes[priority]
        function.work_off(priority.value.capitalize(), queue=queue.main, concurrency=lane.concurrency, batch=lane.batch)


def _urls(lanes: Mapping[Priority, WorkQueue]) -> dict[Priority, str]:
    return {priority: queue.main.queue.queue_url for priority, queue in lanes.items()}


def _let_send(function: DeliveryFunction, lanes: Mapping[Priority, WorkQueue]) -> None:
    for queue in lanes.values():
        queue.main.grant_send(function.role)
