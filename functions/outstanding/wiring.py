"""Where the function's parts are put together, once per cold start."""

import os
from functools import cache

from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.clock import utc_now
from functions.core.adapters.environment import read_settings
from functions.core.adapters.state.provider_standing import ProviderStandingTable
from functions.core.adapters.state.table import StateTable
from functions.core.adapters.state.watch_table import WatchTable
from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics
from functions.core.adapters.telemetry.logs import Log
from functions.core.services.outstanding import FindOutstanding
from functions.outstanding.demotions import Demotions
from functions.outstanding.entrance import OutstandingEntrance
from functions.outstanding.figures import OutstandingFigures
from functions.outstanding.settings import OutstandingSettings


@cache
def wire() -> OutstandingEntrance:
    """The entrance on this function's table and queue. Raises `MisconfiguredError`."""
    settings = read_settings(OutstandingSettings, os.environ)
    table, log = create_client("dynamodb"), Log("outstanding")
    metrics = EmbeddedMetrics(os.environ["AWS_REGION"])
    find = FindOutstanding(
        watch_list=WatchTable(table, settings.state_table),
        states=StateTable(table, settings.state_table),
        figures=OutstandingFigures(metrics, log, settings.channels),
        channels=settings.channels,
        clock=utc_now,
    )
    demotions = Demotions(
        standings=ProviderStandingTable(table, settings.state_table),
        providers=settings.providers,
        metrics=metrics,
        log=log,
        clock=utc_now,
    )
    return OutstandingEntrance(find, demotions, create_client("sqs"), settings.ticks_queue, log, utc_now)
