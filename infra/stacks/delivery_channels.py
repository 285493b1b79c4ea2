"""The channels' functions: each works off its own lanes, and calls its own providers."""

from collections.abc import Sequence

from aws_cdk import aws_lambda as lambda_

from functions.core.adapters.environment import Settings
from functions.push.settings import PushSettings
from functions.sms.settings import SmsSettings, TwilioSettings
from functions.voice.settings import VoiceSettings
from infra.config.capacity import LanedCapacity
from infra.config.providers import VoiceProvider
from infra.constructs.functions.delivery_function import DeliveryFunction
from infra.constructs.telephony import Telephone, TextMessaging
from infra.constructs.webhooks_api import STATUS
from infra.stacks.delivery_parts import PROMPT_MEMORY_MB, DeliveryParts, work_off_lanes
from statline.contract.words import Channel


def add_push(parts: DeliveryParts) -> None:
    """Push, by Firebase Cloud Messaging."""
    state, provider = parts.state, parts.config.providers.push
    push = _channel_function(
        parts,
        Channel.PUSH,
        "Sends push notifications by Firebase Cloud Messaging",
        settings=PushSettings(
            state_table=parts.state_table,
            escalation_queue=parts.escalation_queue,
            channel_queues=parts.channel_queues,
            directory_changes_queue=state.queues.directory_changes.main.queue.queue_url,
            receipt_deadlines_queue=state.queues.receipt_deadlines.main.queue.queue_url,
            fcm_secret=state.service_account.secret.secret_arn,
            fcm_endpoint=provider.endpoint,
        ),
        capacity=parts.config.capacity.push,
        extra_layers=[parts.layers.firebase],
    )
    state.service_account.grant_read(push.role)
    state.queues.directory_changes.main.grant_send(push.role)


def add_sms(parts: DeliveryParts, *, callbacks: str | None) -> None:
    """Texts, by AWS End User Messaging and, where the region has it, Twilio.

    callbacks: the address that Twilio reports to, without a path; None where the region has no Twilio.
    """
    state, provider = parts.state, parts.config.providers.sms
    messaging = TextMessaging(
        parts.stack,
        "TextMessaging",
        name=provider.configuration_set,
        originations=[*provider.originations.values(), *provider.lines.values()],
        events=state.receipt_sources.sms_events,
    )
    sms = _channel_function(
        parts,
        Channel.SMS,
        "Sends text messages by AWS End User Messaging" + (" or by Twilio" if provider.twilio else ""),
        settings=SmsSettings(
            state_table=parts.state_table,
            escalation_queue=parts.escalation_queue,
            channel_queues=parts.channel_queues,
            receipt_deadlines_queue=state.queues.receipt_deadlines.main.queue.queue_url,
            originations=dict(provider.originations),
            configuration_set=messaging.configuration_set.ref,
            lines=dict(provider.lines),
            twilio=_twilio(parts, callbacks) if callbacks is not None else None,
        ),
        capacity=parts.config.capacity.sms,
    )
    messaging.grant_text(sms.role)
    if state.twilio is not None:
        state.twilio.grant_read(sms.role)


def _twilio(parts: DeliveryParts, callbacks: str) -> TwilioSettings | None:
    provider, secret = parts.config.providers.sms.twilio, parts.state.twilio
    if provider is None or secret is None:
        return None
    return TwilioSettings(
        secret=secret.secret.secret_arn,
        originations=dict(provider.originations),
        status_callback=f"{callbacks}{STATUS}",
        endpoint=provider.endpoint,
    )


def add_voice(
    parts: DeliveryParts, provider: VoiceProvider, capacity: LanedCapacity, *, telephone: Telephone, flow: str
) -> None:
    """Calls, by Amazon Connect. flow: the id of the contact flow that speaks."""
    voice = _channel_function(
        parts,
        Channel.VOICE,
        "Places calls by Amazon Connect",
        settings=VoiceSettings(
            state_table=parts.state_table,
            escalation_queue=parts.escalation_queue,
            channel_queues=parts.channel_queues,
            receipt_deadlines_queue=parts.state.queues.receipt_deadlines.main.queue.queue_url,
            connect_instance=provider.instance_id,
            contact_flow=flow,
            source_numbers=dict(provider.source_numbers),
        ),
        capacity=capacity,
    )
    telephone.grant_call(voice.role)


def _channel_function(
    parts: DeliveryParts,
    channel: Channel,
    description: str,
    *,
    settings: Settings,
    capacity: LanedCapacity,
    extra_layers: Sequence[lambda_.ILayerVersion] = (),
) -> DeliveryFunction:
    """A channel's function: it hands a failing stat to the other channels' lanes, and tells who waits for answers."""
    function = parts.make(
        channel.value,
        description,
        settings=settings,
        reserve=capacity.reserve,
        memory_mb=PROMPT_MEMORY_MB,
        may_loop=True,
        extra_layers=extra_layers,
    )
    queues = parts.state.queues
    parts.state.state_table.grant_record(function.role)
    parts.let_send_to_channels(function)
    queues.escalation.main.grant_send(function.role)
    queues.receipt_deadlines.main.grant_send(function.role)
    work_off_lanes(function, queues.channels[channel], capacity)
    return function
