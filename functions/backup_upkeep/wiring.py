"""Where the function's parts are put together, once per cold start."""

import os
from dataclasses import dataclass
from functools import cache

from functions.backup_upkeep.clean import CleanUp
from functions.backup_upkeep.executions import StepFunctionsExecutions
from functions.backup_upkeep.far_copy import FarCopy, NoFarRegionError
from functions.backup_upkeep.prune import Prune
from functions.backup_upkeep.rds import CALLS, Rds
from functions.backup_upkeep.settings import BackupUpkeepSettings
from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.backup.facts import BackupFacts
from functions.core.adapters.backup.records import BackupRecords
from functions.core.adapters.clock import utc_now
from functions.core.adapters.environment import read_settings
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.backup.retention import Keep


@dataclass(frozen=True)
class Parts:
    """The function's use cases."""

    clean: CleanUp
    prune: Prune
    far_copy: FarCopy | None
    log: Log

    def far(self) -> FarCopy:
        """Raises `NoFarRegionError`."""
        if self.far_copy is None:
            raise NoFarRegionError("this deployment copies to no other region: set database.backup.copy_to")
        return self.far_copy


@cache
def wire() -> Parts:
    """The parts. Raises `MisconfiguredError`."""
    settings = read_settings(BackupUpkeepSettings, os.environ)
    tables = create_client("dynamodb")
    records, facts = BackupRecords(tables, settings.backups_table), BackupFacts(tables, settings.backups_table)
    client = create_client("rds", CALLS)
    here, copies = Rds(client), settings.far_copies
    far = None if copies is None else Rds(create_client("rds", CALLS, copies.region))
    return Parts(
        clean=CleanUp(
            records=records,
            executions=StepFunctionsExecutions(create_client("stepfunctions")),
            here=here,
            far=far,
            state_machine=settings.state_machine,
            clock=utc_now,
        ),
        prune=Prune(
            records=records,
            facts=facts,
            here=here,
            far=far,
            keep=Keep(settings.keep_days, settings.keep_verified),
            clock=utc_now,
        ),
        far_copy=None
        if far is None or copies is None
        else FarCopy(
            records=records,
            far=far,
            region=client.meta.region_name,
            far_region=copies.region,
            key=copies.key,
        ),
        log=Log("backup_upkeep"),
    )
