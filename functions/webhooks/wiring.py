"""Where the webhooks' parts are put together, once per cold start."""

import os
from functools import cache, partial

from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.clock import utc_now
from functions.core.adapters.directory.table import DirectoryTable
from functions.core.adapters.environment import read_settings
from functions.core.adapters.providers.twilio_account import TwilioSecret
from functions.core.adapters.queues.callback_queue import CallbackQueue
from functions.core.adapters.queues.ingress_doors import IngressDoors
from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics
from functions.core.adapters.telemetry.logs import Log
from functions.core.services.page_by_number import PageByNumber
from functions.webhooks.calls import Calls
from functions.webhooks.entrance import WebhookEntrance
from functions.webhooks.settings import WebhooksSettings


@cache
def wire() -> WebhookEntrance:
    """The entrance of the HTTP API. Raises `MisconfiguredError`."""
    settings = read_settings(WebhooksSettings, os.environ)
    log, queues = Log("webhooks"), create_client("sqs")
    page = PageByNumber(
        directory=DirectoryTable(create_client("dynamodb"), settings.directory_table, partial(_unreadable, log)),
        doors=IngressDoors(queues, settings.ingress_queues),
        clock=utc_now,
        channels=frozenset(settings.channels),
    )
    return WebhookEntrance(
        secret=TwilioSecret(create_client("secretsmanager"), settings.twilio_secret, utc_now),
        callbacks=CallbackQueue(queues, settings.receipts_queue),
        calls=Calls(page, utc_now),
        metrics=EmbeddedMetrics(os.environ["AWS_REGION"]),
        log=log,
        clock=utc_now,
        public_url=settings.public_url,
    )


def _unreadable(log: Log, tenant: str, what: str) -> None:
    log.warn("unreadable directory entry", tenant=tenant, reason=what)
