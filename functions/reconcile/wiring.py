"""Where the reconcile function's parts are put together: the lasting ones once, sessions for each run."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.clock import utc_now
from functions.core.adapters.directory.freshness import DirectoryTableFreshness
from functions.core.adapters.directory.inventory import DirectoryTableInventory
from functions.core.adapters.directory.repairs import DirectoryTableRepairs
from functions.core.adapters.environment import read_settings
from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics
from functions.core.adapters.telemetry.logs import Log
from functions.core.services.measured_reconcile import MeasuredReconcile
from functions.core.services.reconcile import Reconcile
from functions.database.sessions import Sessions
from functions.reconcile.figures import ReconcileFigures
from functions.reconcile.log import ReconcileLog
from functions.reconcile.settings import ReconcileSettings
from functions.reconcile.views import ReplicaViews


@dataclass(frozen=True, slots=True)
class Parts:
    """What outlives a run."""

    settings: ReconcileSettings
    inventory: DirectoryTableInventory
    repairs: DirectoryTableRepairs
    freshness: DirectoryTableFreshness
    figures: ReconcileFigures
    log: Log


@cache
def parts() -> Parts:
    """The parts on this function's table. Raises `MisconfiguredError`."""
    settings = read_settings(ReconcileSettings, os.environ)
    client, table = create_client("dynamodb"), settings.directory_table
    return Parts(
        settings=settings,
        inventory=DirectoryTableInventory(client, table),
        repairs=DirectoryTableRepairs(client, table),
        freshness=DirectoryTableFreshness(client, table),
        figures=ReconcileFigures(EmbeddedMetrics(os.environ["AWS_REGION"])),
        log=Log("reconcile"),
    )


@contextmanager
def wired(log: ReconcileLog) -> Iterator[MeasuredReconcile]:
    """The use case for one run. Its connection is closed in the end: between two runs the replica owes us none."""
    own = parts()
    with Sessions(own.settings.replica, application="reconcile", replica_only=True) as sessions:
        reconcile = Reconcile(
            views=ReplicaViews(sessions),
            inventory=own.inventory,
            repairs=own.repairs,
            log=log,
            clock=utc_now,
            tenants=own.settings.tenants,
        )
        yield MeasuredReconcile(reconcile, own.freshness, own.figures, utc_now)
