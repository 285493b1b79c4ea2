"""What stands beside delivery: the database pair, the directory, backups, events, what is kept for people."""

import random
from collections.abc import Mapping
from datetime import datetime, tzinfo

from statline.drills.calls import Calls
from statline.drills.database import Database
from statline.drills.deployment import Deployment
from statline.drills.names import of_instance, ours
from statline.drills.series import History
from statline.drills.traffic import day_share

Levers = Mapping[str, float]
_MINUTE, _HOUR = 60.0, 3600.0
_BACKUP_HOUR, _BACKUP_MINUTES = 2, 45
_QUIET = 0.16
"""Below this share of a working hour nobody writes, and a replica's lag grows until the next segment of the log."""
_SEGMENT_SECONDS = 300.0
_DIRECTORY = {
    "DirectoryDeletionsHeldBack": "directory.held_back",
    "DirectoryRowsRefused": "directory.refused",
    "DirectoryRowsDisagreeing": "directory.disagreeing",
}


class Surroundings:
    """Everything that works by the minute."""

    def __init__(self, deployment: Deployment, history: History, dice: random.Random, *, zone: tzinfo) -> None:
        region = deployment.region
        self._zone, self._dice = zone, dice
        self.databases = {
            role: Database(role, instance, history, dice) for role, instance in deployment.databases.items()
        }
        self.reconcile, self.backup_watch = Calls("reconcile"), Calls("backup-watch")
        self._every = deployment.reconciled_every
        replica = deployment.databases.get("replica")
        self._lag = history.series(of_instance("ReplicaLag", replica.identifier)) if replica else None
        names = ("DirectoryAgeSeconds", *_DIRECTORY, "VerifiedBackupAgeHours", "BackupOnPrimary")
        self._ours = {name: history.series(ours(name, region)) for name in names}
        self._compared: float | None = None
        self._lagging = self.lag = 0.0
        self._share = 1.0

    def minute(self, now: float, levers: Levers) -> None:
        """What happened in the minute that begins at `now`."""
        local = datetime.fromtimestamp(now, self._zone)
        self._share = day_share(local)
        backup = local.hour == _BACKUP_HOUR and local.minute < _BACKUP_MINUTES
        for role, database in self.databases.items():
            database.minute(now, self._share, levers, backup=backup and role == "replica")
        if "replica" in self.databases:
            self._replicate(now, levers)
            self._watch_backups(now, local, levers)
            if now % self._every < _MINUTE:
                self._reconcile(now, levers)

    def _replicate(self, now: float, levers: Levers) -> None:
        replica = self.databases["replica"]
        waits = max(0.0, max(replica.busy, self.databases["primary"].busy) - 1.0)
        self._lagging = self._lagging + waits * _MINUTE if waits else self._lagging * 0.3
        quiet = now % _SEGMENT_SECONDS if self._share < _QUIET else 0.0
        lag = self._dice.uniform(0.2, 2.5) + self._lagging + quiet + levers["database.replica.lag"]
        self.lag = lag
        if self._lag is not None and not replica.silent and levers["database.replica.broken"] < 1:
            self._lag.add(now, lag)

    def _watch_backups(self, now: float, local: datetime, levers: Levers) -> None:
        if levers["function.backup-watch.errors"] >= 1:
            self.backup_watch.worked(1, 1)
            return
        self.backup_watch.worked(1)
        finished = local.replace(hour=_BACKUP_HOUR, minute=_BACKUP_MINUTES, second=0)
        hours = (local - finished).total_seconds() / _HOUR
        self._say("VerifiedBackupAgeHours", now, (hours if hours >= 0 else hours + 24) + levers["backup.age"])
        self._say("BackupOnPrimary", now + self._dice.uniform(1, 8), 1.0 if levers["backup.on_primary"] > 0 else 0.0)

    def _reconcile(self, now: float, levers: Levers) -> None:
        replica = self.databases["replica"]
        shut = replica.silent or replica.taken >= 1 or levers["database.replica.broken"] > 0
        done = now + self._dice.uniform(5, 60)
        if shut or levers["function.reconcile.errors"] >= 1:
            self.reconcile.worked(1, 1)
        else:
            self.reconcile.worked(1)
            self._compared = now - self.lag
            for name, lever in _DIRECTORY.items():
                self._say(name, done, levers[lever])
        if self._compared is not None:
            self._say("DirectoryAgeSeconds", done, done - self._compared)

    def _say(self, name: str, at: float, value: float) -> None:
        series = self._ours[name]
        if series is not None:
            series.add(at, value)
