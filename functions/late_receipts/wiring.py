"""Where the function's parts are put together, once per cold start."""

import os
from functools import cache, partial

from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.channel.log import DeliveryLog
from functions.core.adapters.clock import utc_now
from functions.core.adapters.environment import read_settings
from functions.core.adapters.queues.inbox import InboxByArn
from functions.core.adapters.queues.outbox import SqsOutbox
from functions.core.adapters.state.notification_table import NotificationTable
from functions.core.adapters.state.table import StateTable
from functions.core.adapters.state.watch_table import WatchTable
from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics
from functions.core.adapters.telemetry.logs import Log
from functions.core.services.late_receipts import SendAnotherWay
from functions.late_receipts.entrance import DeadlineEntrance
from functions.late_receipts.settings import LateReceiptsSettings


@cache
def wire() -> DeadlineEntrance:
    """The entrance of the deadlines' queue. Raises `MisconfiguredError`."""
    settings = read_settings(LateReceiptsSettings, os.environ)
    table, queues, log = create_client("dynamodb"), create_client("sqs"), Log("late_receipts")
    use_case = SendAnotherWay(
        states=StateTable(table, settings.state_table, untaken=DeliveryLog(log).untaken),
        notifications=NotificationTable(table, settings.state_table),
        watch_list=WatchTable(table, settings.state_table),
        outbox=SqsOutbox(queues, settings.channel_queues),
        clock=utc_now,
    )
    return DeadlineEntrance(use_case, partial(InboxByArn, queues), log, EmbeddedMetrics(os.environ["AWS_REGION"]))
