"""Where the dead-letter function's parts are put together, once per cold start."""

import os
from functools import cache

from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.channel.log import DeliveryLog
from functions.core.adapters.clock import utc_now
from functions.core.adapters.environment import read_settings
from functions.core.adapters.queues.escalation_queue import EscalationQueue
from functions.core.adapters.queues.outbox import SqsOutbox
from functions.core.adapters.queues.quarantine import QuarantineQueue
from functions.core.adapters.state.notification_table import NotificationTable
from functions.core.adapters.state.table import StateTable
from functions.core.adapters.telemetry.logs import Log
from functions.core.services.bury import BuryLetters
from functions.dead_letters.log import LetterLog
from functions.dead_letters.settings import DeadLettersSettings


@cache
def wire() -> tuple[BuryLetters, LetterLog]:
    """The use case and the function's log. Raises `MisconfiguredError`."""
    settings = read_settings(DeadLettersSettings, os.environ)
    log = Log("dead_letters")
    letters = LetterLog(log)
    tables, queues = create_client("dynamodb"), create_client("sqs")
    bury = BuryLetters(
        states=StateTable(tables, settings.state_table, untaken=DeliveryLog(log).untaken),
        notifications=NotificationTable(tables, settings.state_table),
        outbox=SqsOutbox(queues, settings.channel_queues),
        quarantine=QuarantineQueue(queues, settings.quarantine_queue),
        escalation=EscalationQueue(queues, settings.escalation_queue),
        clock=utc_now,
        stays=letters.stays,
    )
    return bury, letters
