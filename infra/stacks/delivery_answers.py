"""The functions that hear: receipts of providers, answers of people, and Twilio's callbacks."""

from functions.keypad.settings import KeypadSettings
from functions.receipts.settings import AppSender, ReceiptsSettings
from functions.webhooks.settings import WebhooksSettings
from infra.config.providers import TwilioProvider
from infra.constructs.functions.delivery_function import DeliveryFunction
from infra.constructs.provider_secret import ProviderSecret
from infra.constructs.telephony import Telephone
from infra.constructs.webhooks_api import WebhooksApi
from infra.stacks.delivery_parts import PROMPT_MEMORY_MB, SIDE_MEMORY_MB, DeliveryParts


def add_receipts(parts: DeliveryParts) -> DeliveryFunction:
    """What reads the receipts queue: it moves deliveries' states, takes answers, and pages for texts to a line."""
    state, capacity = parts.state, parts.config.capacity.receipts
    receipts = parts.make(
        "receipts",
        "Takes in what providers say of deliveries, and what people answer by text or in an app",
        settings=ReceiptsSettings(
            state_table=parts.state_table,
            directory_table=parts.directory_table,
            escalation_queue=parts.escalation_queue,
            quarantine_queue=state.queues.quarantine.queue.queue_url,
            channel_queues=parts.channel_queues,
            ingress_queues=parts.ingress_queues,
            apps={sender: AppSender(name=app.name, tenants=app.tenants) for sender, app in parts.config.apps.items()},
            connect_instance=parts.connect_instance,
        ),
        reserve=capacity.reserve,
        memory_mb=PROMPT_MEMORY_MB,
    )
    state.state_table.grant_record(receipts.role)
    state.directory_table.grant_look_up(receipts.role)
    state.queues.escalation.main.grant_send(receipts.role)
    state.queues.quarantine.grant_send(receipts.role)
    parts.let_send_to_channels(receipts)
    parts.let_send_notifications(receipts)
    if parts.telephone is not None:
        parts.telephone.grant_ask_about_calls(receipts.role)
    receipts.work_off(
        "Receipts", queue=state.queues.receipts.main, concurrency=capacity.concurrency, batch=capacity.batch
    )
    return receipts


def add_keypad(parts: DeliveryParts, telephone: Telephone) -> str:
    """What hears the key that somebody presses on a call. Answers the id of the flow that speaks and asks."""
    keypad = parts.make(
        "keypad",
        "Takes the key that was pressed on a call for an answer, and says what became of it",
        settings=KeypadSettings(
            state_table=parts.state_table,
            escalation_queue=parts.escalation_queue,
            receipts_queue=parts.state.queues.receipts.main.queue.queue_url,
        ),
        reserve=parts.config.capacity.keypad.reserve,
        memory_mb=PROMPT_MEMORY_MB,
    )
    parts.state.state_table.grant_record(keypad.role)
    parts.state.queues.escalation.main.grant_send(keypad.role)
    parts.state.queues.receipts.main.grant_send(keypad.role)
    return telephone.add_flow(
        "SpeakAndAsk",
        file="speak_and_ask.json",
        name="statline-speak-and-ask",
        description="Speaks the attribute statline_text, and asks whoever is paged for an answer",
        asks={"KeypadFunction": keypad.alias},
    )


def add_webhooks(
    parts: DeliveryParts, provider: TwilioProvider, secret: ProviderSecret
) -> tuple[DeliveryFunction, str]:
    """What Twilio calls back, behind its HTTP API. Answers the function, and the address that Twilio is to be told."""
    state = parts.state
    webhooks = parts.make(
        "webhooks",
        "Checks the signatures of Twilio's callbacks, and hands on what they say",
        settings=WebhooksSettings(
            receipts_queue=state.queues.receipts.main.queue.queue_url,
            directory_table=parts.directory_table,
            ingress_queues=parts.ingress_queues,
            channels=parts.channels,
            twilio_secret=secret.secret.secret_arn,
            public_url=provider.public_url or "",
        ),
        reserve=parts.config.capacity.webhooks.reserve,
        memory_mb=SIDE_MEMORY_MB,
    )
    state.queues.receipts.main.grant_send(webhooks.role)
    state.directory_table.grant_look_up(webhooks.role)
    parts.let_send_notifications(webhooks)
    secret.grant_read(webhooks.role)
    api = WebhooksApi(
        parts.stack,
        "WebhooksApi",
        function=webhooks.alias,
        log_key=parts.workbench.log_key,
        log_retention=parts.workbench.log_retention,
        removal_policy=parts.workbench.removal_policy,
    )
    return webhooks, provider.public_url or api.address
