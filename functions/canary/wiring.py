"""Where the canary's parts are put together, once per cold start."""

import os
from functools import cache

from functions.canary.queues import DirectoryChangesQueue, IngressQueues, TickQueue
from functions.canary.report import CanaryReport
from functions.canary.settings import CanarySettings
from functions.canary.switch import HttpSwitch, NoSwitch
from functions.canary.watch import CanaryWatch
from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.clock import utc_now
from functions.core.adapters.environment import read_settings
from functions.core.adapters.state.table import StateTable
from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics
from functions.core.adapters.telemetry.logs import Log


@cache
def wire() -> CanaryWatch:
    """The canary on this function's queues and table. Raises `MisconfiguredError`."""
    settings = read_settings(CanarySettings, os.environ)
    sqs = create_client("sqs")
    return CanaryWatch(
        addresses=settings.addresses,
        real_every_minutes=settings.real_every_minutes,
        states=StateTable(create_client("dynamodb"), settings.state_table),
        ticks=TickQueue(sqs, settings.ticks_queue, utc_now),
        ingress=IngressQueues(sqs, settings.ingress_queues),
        directory=DirectoryChangesQueue(sqs, settings.directory_changes_queue),
        switch=HttpSwitch(settings.dead_mans_switch) if settings.dead_mans_switch else NoSwitch(),
        report=CanaryReport(EmbeddedMetrics(os.environ["AWS_REGION"]), Log("canary")),
        clock=utc_now,
    )
