"""Where the receipts function's parts are put together, once per cold start."""

import os
from collections.abc import Callable, Mapping
from functools import cache, partial

from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.channel.log import DeliveryLog
from functions.core.adapters.clock import utc_now
from functions.core.adapters.directory.table import DirectoryTable
from functions.core.adapters.environment import read_settings
from functions.core.adapters.providers.aws_provider import PROVIDER_CALLS
from functions.core.adapters.providers.connect_calls import ConnectCalls
from functions.core.adapters.queues.escalation_queue import EscalationQueue
from functions.core.adapters.queues.inbox import InboxByArn
from functions.core.adapters.queues.ingress_doors import IngressDoors
from functions.core.adapters.queues.outbox import SqsOutbox
from functions.core.adapters.queues.quarantine import QuarantineQueue
from functions.core.adapters.state.acknowledgement_table import AcknowledgementTable
from functions.core.adapters.state.ladder_table import LadderTable
from functions.core.adapters.state.notification_table import NotificationTable
from functions.core.adapters.state.reply_book import ReplyBookTable
from functions.core.adapters.state.table import StateTable
from functions.core.adapters.state.watch_table import WatchTable
from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics
from functions.core.adapters.telemetry.logs import Log
from functions.core.services.acknowledge import Acknowledge
from functions.core.services.answer_text import AnswerText
from functions.core.services.page_by_number import PageByNumber
from functions.core.services.plan_shelf import PlanShelf
from functions.core.services.record_receipts import RecordReceipt
from functions.receipts.entrance import ReceiptsEntrance
from functions.receipts.log import ReceiptsLog
from functions.receipts.settings import ReceiptsSettings


@cache
def wire() -> ReceiptsEntrance:
    """The entrance on this function's tables and queues. Raises `MisconfiguredError`."""
    settings = read_settings(ReceiptsSettings, os.environ)
    tables, queues, table = create_client("dynamodb"), create_client("sqs"), settings.state_table
    log = Log("receipts")
    notifications, answers, ladders = (
        NotificationTable(tables, table),
        AcknowledgementTable(tables, table),
        LadderTable(tables, table),
    )
    escalation, outbox = EscalationQueue(queues, settings.escalation_queue), SqsOutbox(queues, settings.channel_queues)
    directory = DirectoryTable(tables, settings.directory_table, partial(_unreadable, log))
    acknowledge = Acknowledge(notifications, ladders, answers, escalation, utc_now)
    return ReceiptsEntrance(
        apps=settings.apps,
        record=RecordReceipt(
            states=StateTable(tables, table, untaken=DeliveryLog(log).untaken),
            plans=PlanShelf(notifications),
            watch_list=WatchTable(tables, table),
            outbox=outbox,
            escalation=escalation,
            clock=utc_now,
        ),
        answer=AnswerText(
            directory=directory,
            page=PageByNumber(
                directory=directory,
                doors=IngressDoors(queues, settings.ingress_queues),
                clock=utc_now,
                channels=frozenset(settings.channel_queues),
            ),
            reply_book=ReplyBookTable(tables, table),
            acknowledgements=answers,
            ladders=ladders,
            acknowledge=acknowledge,
            outbox=outbox,
            clock=utc_now,
        ),
        acknowledge=acknowledge,
        attributes_of=_attributes(settings.connect_instance),
        quarantine=QuarantineQueue(queues, settings.quarantine_queue),
        inbox_of=partial(InboxByArn, queues),
        log=ReceiptsLog(log, EmbeddedMetrics(os.environ["AWS_REGION"])),
    )


def _attributes(instance: str) -> Callable[[str], Mapping[str, str]]:
    """Where a call's attributes are asked for. A region without calls has none, and no events of any."""
    if not instance:
        return lambda _: {}
    return ConnectCalls(create_client("connect", PROVIDER_CALLS), instance).attributes_of


def _unreadable(log: Log, tenant: str, what: str) -> None:
    log.warn("unreadable directory entry", tenant=tenant, reason=what)
