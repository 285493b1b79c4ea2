"""The stateless half of a region: the functions that deliver, each with what it may touch.

Which function gets what stands beside this file: the channels (delivery_channels), what climbs and what misses receipts
(delivery_escalation), what hears (delivery_answers), what pages by itself (delivery_paging), router, events, directory
and dead letters (delivery_side), and what watches over all of them (delivery_watch).
"""

from aws_cdk import Environment, RemovalPolicy, Stack
from constructs import Construct

from functions.router.settings import Producer
from infra.acknowledgements.delivery import delivery_acknowledgements
from infra.acknowledgements.model import acknowledge
from infra.assets.workshop import Workshop
from infra.config.model import Deployment, RegionConfig
from infra.config.producers import CANARY, own_sender
from infra.constructs.functions.delivery_function import DeliveryFunction
from infra.constructs.functions.layers import Layers
from infra.constructs.functions.live_function import Workbench
from infra.constructs.functions.log_retention import retention_of
from infra.constructs.functions.rollout import Rollouts
from infra.constructs.telephony import Telephone
from infra.stacks.delivery_answers import add_keypad, add_receipts, add_webhooks
from infra.stacks.delivery_channels import add_push, add_sms, add_voice
from infra.stacks.delivery_escalation import add_escalation, add_late_receipts
from infra.stacks.delivery_paging import add_roll_call, add_virtual_pager
from infra.stacks.delivery_parts import DeliveryParts
from infra.stacks.delivery_side import add_dead_letters, add_directory, add_events, add_router
from infra.stacks.delivery_watch import add_canary, add_outstanding
from infra.stacks.state import StateStack


class DeliveryStack(Stack):
    """The delivery path, and what escalates, hears and pages beside it, wired to the state stack's queues and tables.

    Our own functions that send notifications are producers to the router: they are made before it.
    """

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
        voice = config.providers.voice
        self._own_senders: dict[str, Producer] = {}
        self._parts = DeliveryParts(
            stack=self,
            config=config,
            state=state,
            layers=Layers(self, "Layers", workshop=workshop),
            workbench=Workbench(
                workshop=workshop,
                rollouts=Rollouts(self, "Rollouts"),
                log_key=state.keys.logs,
                log_retention=retention_of(deployment.log_retention_days),
                removal_policy=RemovalPolicy.RETAIN if deployment.production else RemovalPolicy.DESTROY,
            ),
            telephone=Telephone(self, "Telephone", instance_arn=voice.instance_arn) if voice is not None else None,
        )
        self._add_watchers()
        add_escalation(self._parts)
        add_late_receipts(self._parts)
        self._know("receipts", add_receipts(self._parts))
        self._know("roll_call", add_roll_call(self._parts))
        self._add_calls()
        self._add_texts()
        add_push(self._parts)
        add_events(self._parts)
        add_directory(self._parts)
        add_dead_letters(self._parts)
        add_router(self._parts, own=self._own_senders)
        acknowledge(self, delivery_acknowledgements(config))

    def _add_watchers(self) -> None:
        add_outstanding(self._parts)
        if self._parts.config.canary is not None:
            canary = add_canary(self._parts, self._parts.config.canary)
            self._own_senders[canary.role.role_id] = CANARY

    def _add_calls(self) -> None:
        """Calls out, with the key that is pressed on them, and calls in, to a virtual pager's line."""
        parts = self._parts
        provider, capacity = parts.config.providers.voice, parts.config.capacity.voice
        if provider is None or capacity is None or parts.telephone is None:
            return
        flow = add_keypad(parts, parts.telephone)
        add_voice(parts, provider, capacity, telephone=parts.telephone, flow=flow)
        self._know("virtual_pager", add_virtual_pager(parts, parts.telephone))

    def _add_texts(self) -> None:
        """Texts, and where the region has Twilio what it calls back."""
        parts, callbacks = self._parts, None
        twilio, secret = parts.config.providers.sms.twilio, parts.state.twilio
        if twilio is not None and secret is not None:
            webhooks, callbacks = add_webhooks(parts, twilio, secret)
            self._know("webhooks", webhooks)
        add_sms(parts, callbacks=callbacks)

    def _know(self, name: str, function: DeliveryFunction) -> None:
        """Have the router know a function of ours as a producer, by the id that SQS stamps on what its role sends."""
        self._own_senders[function.role.role_id] = own_sender(name)
