"""Where the roll call's parts are put together, once per cold start."""

import os
from functools import cache

from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.clock import utc_now
from functions.core.adapters.environment import read_settings
from functions.core.adapters.queues.event_bus import EventBus
from functions.core.adapters.queues.ingress_doors import IngressDoors
from functions.core.adapters.state.acknowledgement_table import AcknowledgementTable
from functions.core.adapters.state.notification_table import NotificationTable
from functions.core.adapters.state.table import StateTable
from functions.core.adapters.telemetry.logs import Log
from functions.core.services.see_roll_call import SeeRollCall
from functions.roll_call.log import RollLog
from functions.roll_call.report_queue import ReportQueue
from functions.roll_call.rolls import Rolls
from functions.roll_call.settings import RollCallSettings


@cache
def wire() -> tuple[Rolls, RollLog]:
    """The roll call on this function's table, queues and bus, and its log. Raises `MisconfiguredError`."""
    settings = read_settings(RollCallSettings, os.environ)
    sqs, dynamodb = create_client("sqs"), create_client("dynamodb")
    see = SeeRollCall(
        notifications=NotificationTable(dynamodb, settings.state_table),
        states=StateTable(dynamodb, settings.state_table),
        acknowledgements=AcknowledgementTable(dynamodb, settings.state_table),
    )
    rolls = Rolls(
        doors=IngressDoors(sqs, settings.ingress_queues),
        reports=ReportQueue(sqs, settings.roll_calls_queue, settings.report_after_seconds),
        see=see,
        tell=EventBus(create_client("events"), settings.event_bus).put,
        clock=utc_now,
    )
    return rolls, RollLog(Log("roll_call"))
