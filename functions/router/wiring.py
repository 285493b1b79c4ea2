"""Where the router's parts are put together, once per cold start."""

import os
from functools import cache, partial

from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.clock import utc_now
from functions.core.adapters.directory.table import DirectoryTable
from functions.core.adapters.environment import read_settings
from functions.core.adapters.queues.escalation_queue import EscalationQueue
from functions.core.adapters.queues.inbox import InboxByArn
from functions.core.adapters.queues.outbox import SqsOutbox
from functions.core.adapters.queues.quarantine import QuarantineQueue
from functions.core.adapters.state.acknowledgement_table import AcknowledgementTable
from functions.core.adapters.state.notification_table import NotificationTable
from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.routing.producers import Producer
from functions.core.services.route import RouteBatch
from functions.router.entrance import RouterEntrance
from functions.router.settings import RouterSettings


@cache
def wire() -> RouterEntrance:
    """The router on this function's tables and queues. Raises `MisconfiguredError`."""
    settings = read_settings(RouterSettings, os.environ)
    dynamodb, sqs = create_client("dynamodb"), create_client("sqs")
    producers = {
        sender: Producer(known.name, frozenset(known.tenants), frozenset(known.lanes))
        for sender, known in settings.producers.items()
    }
    log = Log("router")
    route = RouteBatch(
        directory=DirectoryTable(dynamodb, settings.directory_table, partial(_unreadable, log)),
        notifications=NotificationTable(dynamodb, settings.state_table),
        outbox=SqsOutbox(sqs, settings.channel_queues),
        quarantine=QuarantineQueue(sqs, settings.quarantine_queue),
        producers=producers,
        clock=utc_now,
        escalation=EscalationQueue(sqs, settings.escalation_queue),
        acknowledgements=AcknowledgementTable(dynamodb, settings.state_table),
        channels=frozenset(settings.channel_queues),
        second_providers=settings.second_providers,
    )
    metrics = EmbeddedMetrics(os.environ["AWS_REGION"])
    return RouterEntrance(route, settings.ingress_queues, partial(InboxByArn, sqs), log, metrics, utc_now)


def _unreadable(log: Log, tenant: str, what: str) -> None:
    """Without a trace: the directory is read once for a whole batch, and the entry is of no notification alone."""
    log.warn("unreadable directory entry", tenant=tenant, reason=what)
