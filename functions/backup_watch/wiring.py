"""Where the backup watch's parts are put together, once per cold start."""

import os
from dataclasses import dataclass
from functools import cache

from functions.backup_watch.finding import Level
from functions.backup_watch.finding_table import FindingTable
from functions.backup_watch.insights import Insights
from functions.backup_watch.rds_list import CALLS, RdsList
from functions.backup_watch.settings import BackupWatchSettings
from functions.backup_watch.topics import Topics
from functions.backup_watch.watch import Watch
from functions.backup_watch.window import BackupWindow
from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.backup.records import BackupRecords
from functions.core.adapters.clock import utc_now
from functions.core.adapters.environment import read_settings
from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics
from functions.core.adapters.telemetry.logs import Log


@dataclass(frozen=True, slots=True)
class Parts:
    """What the handler needs."""

    watch: Watch
    records: BackupRecords
    metrics: EmbeddedMetrics
    log: Log


@cache
def wire() -> Parts:
    """The use case, the records, the metrics and the log. Raises `MisconfiguredError`."""
    settings = read_settings(BackupWatchSettings, os.environ)
    region = os.environ["AWS_REGION"]
    tables = create_client("dynamodb")
    instance = RdsList(create_client("rds", CALLS), settings.primary)
    watch = Watch(
        primary=settings.primary,
        window=BackupWindow.parse(settings.backup_window),
        region=region,
        runbook=settings.runbook,
        snapshots=instance,
        load=Insights(create_client("pi", CALLS), instance, utc_now),
        findings=FindingTable(tables, settings.backups_table),
        on_call=Topics(create_client("sns"), {Level.PAGE: settings.page_topic, Level.TICKET: settings.ticket_topic}),
        clock=utc_now,
    )
    return Parts(watch, BackupRecords(tables, settings.backups_table), EmbeddedMetrics(region), Log("backup_watch"))
