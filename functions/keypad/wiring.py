"""Where the keypad's parts are put together, once per cold start."""

import os
from functools import cache

from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.clock import utc_now
from functions.core.adapters.environment import read_settings
from functions.core.adapters.queues.callback_queue import CallbackQueue
from functions.core.adapters.queues.escalation_queue import EscalationQueue
from functions.core.adapters.state.acknowledgement_table import AcknowledgementTable
from functions.core.adapters.state.ladder_table import LadderTable
from functions.core.adapters.state.notification_table import NotificationTable
from functions.core.adapters.telemetry.logs import Log
from functions.core.services.acknowledge import Acknowledge
from functions.keypad.pressing import KeypadEntrance
from functions.keypad.settings import KeypadSettings


@cache
def wire() -> KeypadEntrance:
    """The entrance on this function's table and queue. Raises `MisconfiguredError`."""
    settings = read_settings(KeypadSettings, os.environ)
    tables, table, queues = create_client("dynamodb"), settings.state_table, create_client("sqs")
    acknowledge = Acknowledge(
        notifications=NotificationTable(tables, table),
        ladders=LadderTable(tables, table),
        acknowledgements=AcknowledgementTable(tables, table),
        escalation=EscalationQueue(queues, settings.escalation_queue),
        clock=utc_now,
    )
    return KeypadEntrance(acknowledge, CallbackQueue(queues, settings.receipts_queue), Log("keypad"), utc_now)
