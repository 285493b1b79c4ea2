"""Where the function's parts are put together, once per cold start."""

import os
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from functions.core.adapters.acknowledgement_table import AcknowledgementTable
from functions.core.adapters.aws_provider import PROVIDER_CALLS
from functions.core.adapters.clients import create_client
from functions.core.adapters.clock import utc_now
from functions.core.adapters.connect_calls import ConnectCalls
from functions.core.adapters.delivery_log import DeliveryLog
from functions.core.adapters.directory_table import DirectoryTable
from functions.core.adapters.embedded_metrics import EmbeddedMetrics
from functions.core.adapters.environment import read_settings
from functions.core.adapters.escalation_queue import EscalationQueue
from functions.core.adapters.inbox import SqsInbox
from functions.core.adapters.ladder_table import LadderTable
from functions.core.adapters.logs import Log
from functions.core.adapters.notification_table import NotificationTable
from functions.core.adapters.outbox import SqsOutbox
from functions.core.adapters.reply_book import ReplyBookTable
from functions.core.adapters.state_table import StateTable
from functions.core.domain.climbing import Region
from functions.core.domain.ports import RingingCalls
from functions.core.services.escalate import Escalate
from functions.core.services.fall_silent import FallSilent
from functions.core.services.fire_step import FireStep
from functions.core.services.sweep_ladders import SweepLadders
from functions.escalation.entrance import EscalationEntrance
from functions.escalation.figures import EscalationLog
from functions.escalation.settings import EscalationSettings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient


class NoCalls:
    """The ringing calls of a region without a provider of calls."""

    def stop(self, provider_ids: Sequence[str]) -> None:
        """Nothing rings."""


@cache
def wire() -> EscalationEntrance:
    """The entrance on this function's tables and queue. Raises `MisconfiguredError`."""
    settings = read_settings(EscalationSettings, os.environ)
    log = Log("escalation")
    figures = EscalationLog(EmbeddedMetrics(os.environ["AWS_REGION"]), log)
    table, sqs = create_client("dynamodb"), create_client("sqs")
    escalate = _escalate(settings, table, sqs, figures, log)
    return EscalationEntrance(
        escalate=escalate,
        sweep=SweepLadders(escalate.ladders, escalate.escalation, figures, utc_now),
        inbox=SqsInbox(sqs, settings.escalation_queue),
        log=figures,
        clock=utc_now,
    )


def _escalate(
    settings: EscalationSettings, table: "DynamoDBClient", sqs: "SQSClient", figures: EscalationLog, log: Log
) -> Escalate:
    notifications = NotificationTable(table, settings.state_table)
    states = StateTable(table, settings.state_table, untaken=DeliveryLog(log).untaken)
    outbox = SqsOutbox(sqs, settings.channel_queues)

    def unreadable(tenant: str, what: str) -> None:
        log.warn("unreadable directory entry", tenant=tenant, reason=what)

    fire = FireStep(
        directory=DirectoryTable(table, settings.directory_table, unreadable),
        notifications=notifications,
        reply_book=ReplyBookTable(table, settings.state_table),
        outbox=outbox,
        region=Region(frozenset(settings.channel_queues), settings.second_providers),
        clock=utc_now,
    )
    return Escalate(
        notifications=notifications,
        states=states,
        ladders=LadderTable(table, settings.state_table),
        acknowledgements=AcknowledgementTable(table, settings.state_table),
        escalation=EscalationQueue(sqs, settings.escalation_queue),
        fire=fire,
        silent=FallSilent(notifications, states, _calls(settings), outbox, utc_now),
        figures=figures,
        clock=utc_now,
        grace=timedelta(seconds=settings.grace_seconds),
    )


def _calls(settings: EscalationSettings) -> RingingCalls:
    if not settings.connect_instance:
        return NoCalls()
    return ConnectCalls(create_client("connect", PROVIDER_CALLS), settings.connect_instance)
