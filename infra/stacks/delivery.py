"""The stateless half of a region: the functions that deliver, each with what it may touch."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Environment, RemovalPolicy, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions.core.adapters.environment import Settings
from functions.dead_letters.settings import DeadLettersSettings
from functions.directory.settings import DirectorySettings
from functions.events.settings import EventsSettings
from functions.push.settings import PushSettings
from functions.router.settings import Producer, RouterSettings
from functions.sms.settings import SmsSettings
from functions.voice.settings import VoiceSettings
from infra.acknowledgements.delivery import delivery_acknowledgements
from infra.acknowledgements.model import acknowledge
from infra.assets.workshop import Workshop
from infra.config.capacity import LanedCapacity
from infra.config.model import Deployment, RegionConfig
from infra.config.providers import VoiceProvider
from infra.constructs.function import DeliveryFunction
from infra.constructs.layers import Layers
from infra.constructs.live_function import Workbench
from infra.constructs.log_retention import retention_of
from infra.constructs.queue import WorkQueue
from infra.constructs.rollout import Rollouts
from infra.constructs.telephony import Calls, TextMessaging
from infra.stacks.delivery_watch import add_canary, add_outstanding
from infra.stacks.state import StateStack
from statline.contract.words import Channel, Priority

_CHANNEL_MEMORY_MB = 1024
"""A processor's share comes with the memory: with less, a cold start takes a stat's time."""
_SIDE_MEMORY_MB = 512
_EVENTFUL_ROWS = ("META", "D#", "REFUSAL")
"""The state table's rows that events tell of, by the beginnings of their sort keys."""


class DeliveryStack(Stack):
    """Router, channels, events, directory and dead letters, wired to the queues and tables of the state stack."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        env: Environment,
        deployment: Deployment,
        config: RegionConfig,
        state: StateStack,
        workshop: Workshop,
    ) -> None:
        super().__init__(scope, construct_id, env=env, description="Statline: the functions that deliver notifications")
        self._config = config
        self._state = state
        self._layers = Layers(self, "Layers", workshop=workshop)
        self._workbench = Workbench(
            workshop=workshop,
            rollouts=Rollouts(self, "Rollouts"),
            log_key=state.keys.logs,
            log_retention=retention_of(deployment.log_retention_days),
            removal_policy=RemovalPolicy.RETAIN if deployment.production else RemovalPolicy.DESTROY,
        )
        add_outstanding(self._function, state=state)
        canary = add_canary(self._function, config.canary, state=state) if config.canary is not None else {}
        self._add_router(canary)
        self._add_push()
        self._add_sms()
        if config.providers.voice is not None and config.capacity.voice is not None:
            self._add_voice(config.providers.voice, config.capacity.voice)
        self._add_events()
        self._add_directory()
        self._add_dead_letters()
        acknowledge(self, delivery_acknowledgements(config))

    def _add_router(self, canary: dict[str, Producer]) -> None:
        state, capacity = self._state, self._config.capacity.router
        router = self._function(
            "router",
            "Resolves a notification's recipients and sends one delivery for each of their endpoints",
            settings=RouterSettings(
                directory_table=state.directory_table.table.table_name,
                state_table=state.state_table.table.table_name,
                quarantine_queue=state.queues.quarantine.queue.queue_url,
                ingress_queues={
                    queue.main.queue.queue_arn: priority for priority, queue in state.queues.ingress.items()
                },
                channel_queues=self._channel_queue_urls(),
                producers={
                    sender: Producer(name=producer.name, tenants=producer.tenants, lanes=producer.lanes)
                    for sender, producer in self._config.producers.items()
                }
                | canary,
            ),
            reserve=capacity.reserve,
            memory_mb=_CHANNEL_MEMORY_MB,
        )
        state.directory_table.grant_look_up(router.role)
        state.state_table.grant_record(router.role)
        state.queues.quarantine.grant_send(router.role)
        self._let_send_to_channels(router)
        _work_off_lanes(router, state.queues.ingress, capacity)

    def _add_push(self) -> None:
        state, provider = self._state, self._config.providers.push
        push = self._channel_function(
            Channel.PUSH,
            "Sends push notifications by Firebase Cloud Messaging",
            settings=PushSettings(
                state_table=state.state_table.table.table_name,
                channel_queues=self._channel_queue_urls(),
                directory_changes_queue=state.queues.directory_changes.main.queue.queue_url,
                fcm_secret=state.service_account.secret.secret_arn,
                fcm_endpoint=provider.endpoint,
            ),
            capacity=self._config.capacity.push,
            extra_layers=[self._layers.firebase],
        )
        state.service_account.grant_read(push.role)
        state.queues.directory_changes.main.grant_send(push.role)

    def _add_sms(self) -> None:
        provider = self._config.providers.sms
        messaging = TextMessaging(
            self, "TextMessaging", name=provider.configuration_set, originations=list(provider.originations.values())
        )
        sms = self._channel_function(
            Channel.SMS,
            "Sends text messages by AWS End User Messaging",
            settings=SmsSettings(
                state_table=self._state.state_table.table.table_name,
                channel_queues=self._channel_queue_urls(),
                originations=dict(provider.originations),
                configuration_set=messaging.configuration_set.ref,
            ),
            capacity=self._config.capacity.sms,
        )
        messaging.grant_text(sms.role)

    def _add_voice(self, provider: VoiceProvider, capacity: LanedCapacity) -> None:
        calls = Calls(self, "Calls", provider=provider)
        voice = self._channel_function(
            Channel.VOICE,
            "Places calls by Amazon Connect",
            settings=VoiceSettings(
                state_table=self._state.state_table.table.table_name,
                channel_queues=self._channel_queue_urls(),
                connect_instance=provider.instance_id,
                contact_flow=calls.contact_flow_id,
                source_numbers=dict(provider.source_numbers),
            ),
            capacity=capacity,
        )
        calls.grant_call(voice.role)

    def _add_events(self) -> None:
        state = self._state
        events = self._function(
            "events",
            "Puts every change of a delivery's state, and every refusal, on the event bus",
            settings=EventsSettings(event_bus=state.events.bus.event_bus_name),
            reserve=self._config.capacity.events.reserve,
            memory_mb=_SIDE_MEMORY_MB,
        )
        state.events.grant_tell(events.role)
        events.follow("Changes", table=state.state_table, sort_keys=_EVENTFUL_ROWS, lost=state.queues.lost_events)

    def _add_directory(self) -> None:
        state, capacity = self._state, self._config.capacity.directory
        directory = self._function(
            "directory",
            "Applies changes to the directory; an older one never wins",
            settings=DirectorySettings(
                directory_table=state.directory_table.table.table_name,
                quarantine_queue=state.queues.quarantine.queue.queue_url,
            ),
            reserve=capacity.reserve,
            memory_mb=_SIDE_MEMORY_MB,
        )
        state.directory_table.grant_maintain(directory.role)
        state.queues.quarantine.grant_send(directory.role)
        directory.work_off(
            "Changes",
            queue=state.queues.directory_changes.main,
            concurrency=capacity.concurrency,
            batch=capacity.batch,
        )

    def _add_dead_letters(self) -> None:
        state, capacity = self._state, self._config.capacity.dead_letters
        dead_letters = self._function(
            "dead_letters",
            "Sends a stat that died on a queue another way at once, and tells its producer",
            settings=DeadLettersSettings(
                state_table=state.state_table.table.table_name,
                channel_queues=self._channel_queue_urls(),
                quarantine_queue=state.queues.quarantine.queue.queue_url,
            ),
            reserve=capacity.reserve,
            memory_mb=_SIDE_MEMORY_MB,
            may_loop=True,
        )
        state.state_table.grant_record(dead_letters.role)
        state.queues.quarantine.grant_send(dead_letters.role)
        self._let_send_to_channels(dead_letters)
        for queue in state.queues.stat:
            dead_letters.work_off(
                queue.node.id, queue=queue.dead, concurrency=capacity.concurrency, batch=capacity.batch
            )

    def _channel_function(
        self,
        channel: Channel,
        description: str,
        *,
        settings: Settings,
        capacity: LanedCapacity,
        extra_layers: list[lambda_.ILayerVersion] | None = None,
    ) -> DeliveryFunction:
        """A channel's function: it works off its own lanes, and hands a failing stat to the other channels' ones."""
        function = self._function(
            channel.value,
            description,
            settings=settings,
            reserve=capacity.reserve,
            memory_mb=_CHANNEL_MEMORY_MB,
            may_loop=True,
            extra_layers=extra_layers or [],
        )
        self._state.state_table.grant_record(function.role)
        self._let_send_to_channels(function)
        _work_off_lanes(function, self._state.queues.channels[channel], capacity)
        return function

    def _function(
        self, name: str, description: str, *, extra_layers: list[lambda_.ILayerVersion] | None = None, **props: Any
    ) -> DeliveryFunction:
        return DeliveryFunction(
            self,
            "".join(part.capitalize() for part in name.split("_")),
            name=name,
            description=description,
            layers=[self._layers.base, *(extra_layers or [])],
            workbench=self._workbench,
            **props,
        )

    def _let_send_to_channels(self, function: DeliveryFunction) -> None:
        for lanes in self._state.queues.channels.values():
            for queue in lanes.values():
                queue.main.grant_send(function.role)

    def _channel_queue_urls(self) -> dict[Channel, dict[Priority, str]]:
        return {
            channel: {priority: queue.main.queue.queue_url for priority, queue in lanes.items()}
            for channel, lanes in self._state.queues.channels.items()
        }


def _work_off_lanes(function: DeliveryFunction, queues: Mapping[Priority, WorkQueue], capacity: LanedCapacity) -> None:
    for priority, queue in queues.items():
        lane = capacity.lanes[priority]
        function.work_off(priority.value.capitalize(), queue=queue.main, concurrency=lane.concurrency, batch=lane.batch)
