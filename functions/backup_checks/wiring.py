"""Where the function's parts are put together. The sessions with databases are made for one call and end with it."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from functions.backup_checks.asking import LIMITS, PatientAsker
from functions.backup_checks.check import CheckCopy
from functions.backup_checks.facts import NoteFacts
from functions.backup_checks.settings import BackupChecksSettings
from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.backup.facts import BackupFacts
from functions.core.adapters.clock import utc_now
from functions.core.adapters.environment import read_settings
from functions.database.sessions import Sessions

_APPLICATION = "backup-checks"
FACTS_WITHIN = 180.0
"""Seconds. The two looks at the replica lie around the snapshot: the longer they take, the less they say of it."""

Left = Callable[[], float]


@dataclass(frozen=True)
class Parts:
    """What lives as long as the function's environment."""

    settings: BackupChecksSettings
    store: BackupFacts

    @contextmanager
    def facts(self, left: Left) -> Iterator[NoteFacts]:
        """The use case that asks the replica. left: how many seconds the function has."""
        sessions = Sessions(self.settings.replica, application=_APPLICATION, replica_only=True, limits=LIMITS)
        beyond = left() - FACTS_WITHIN
        with sessions:
            yield NoteFacts(
                replica=lambda: PatientAsker(sessions, lambda: min(left(), left() - beyond)),
                store=self.store,
                clock=utc_now,
            )

    @contextmanager
    def check(self, host: str, port: int, left: Left) -> Iterator[CheckCopy]:
        """The use case that asks a restored copy."""
        access = self.settings.replica.model_copy(update={"host": host, "port": port})
        with Sessions(access, application=_APPLICATION, replica_only=False, limits=LIMITS) as sessions:
            yield CheckCopy(
                copy=lambda settings: PatientAsker(sessions, left, settings),
                store=self.store,
                checks=self.settings.checks,
                clock=utc_now,
            )


@cache
def wire() -> Parts:
    """The parts. Raises `MisconfiguredError`."""
    settings = read_settings(BackupChecksSettings, os.environ)
    return Parts(settings, BackupFacts(create_client("dynamodb"), settings.backups_table))
