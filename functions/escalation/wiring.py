"""Where the function's parts are put together, once per cold start."""

import os
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.channel.log import DeliveryLog
from functions.core.adapters.clock import utc_now
from functions.core.adapters.directory.table import DirectoryTable
from functions.core.adapters.environment import read_settings
from functions.core.adapters.providers.aws_provider import PROVIDER_CALLS
from functions.core.adapters.providers.connect_calls import ConnectCalls
from functions.core.adapters.queues.escalation_queue import EscalationQueue
from functions.core.adapters.queues.inbox import SqsInbox
from functions.core.adapters.queues.outbox import SqsOutbox
from functions.core.adapters.state.acknowledgement_table import AcknowledgementTable
from functions.core.adapters.state.ladder_table import LadderTable
from functions.core.adapters.state.notification_table import NotificationTable
from functions.core.adapters.state.reply_book import ReplyBookTable
from functions.core.adapters.state.table import StateTable
from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.escalation.climbing import Region
from functions.core.domain.ports.escalation import RingingCalls
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
