"""The backups of a region's replica, as config names them."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from functions.backup_checks.settings import SqlCheck
from infra.config.base import ConfigModel, PlainName
from infra.config.regions import REGIONS

_HOURS_OF_A_WEEK = 168


class FarCopyConfig(ConfigModel):
    """Copies of backups in a second region of the same country, encrypted with a key there."""

    region: str

    def check_place(self, home: str) -> None:
        """Raise `ValueError` where a copy would leave the country, or not outlive the region that it is of."""
        path = "database.backup.copy_to.region"
        if self.region not in REGIONS:
            raise ValueError(
                f"{path}: {self.region} is not a region that Statline knows, which are {', '.join(REGIONS)}"
            )
        if self.region == home:
            raise ValueError(f"{path}: {home} is where the database is; a copy there would be lost with it")
        there, here = REGIONS[self.region].country, REGIONS[home].country
        if there != here:
            raise ValueError(f"{path}: {self.region} is in {there}, {home} is in {here}: data would leave")


class KeepConfig(ConfigModel):
    """How long backups are kept. Whatever it says, the last verified one is never deleted.

    days: verified backups younger than this are kept. verified: so many of the newest verified ones are kept however
        old they are. RDS keeps at most 100 manual snapshots a region, unless the quota is raised.
    """

    days: Annotated[int, Field(ge=1, le=3650)] = 35
    verified: Annotated[int, Field(ge=1, le=90)] = 7


class BackupConfig(ConfigModel):
    """The backups that Statline takes of the replica.

    schedule: an EventBridge Scheduler expression in the given time zone; without one, only people start backups.
    at_least_every_hours: a verified backup older than this is an alarm. It covers the schedule's longest gap, and some
        delay.
    longest_minutes: how long any one step (snapshot, copy, restore) may take before the workflow says that it failed.
    most_lag_seconds: how far the replica may be behind when a backup starts.
    poll_seconds: how often the workflow looks at what RDS does, and at the alarms.
    copy_to: where copies go besides; unset: nowhere. keep: when backups are deleted.
    restore_class: of the instance that a backup is restored to for its checks.
    user: whom the checks and dumps come as, to the replica and to restored copies; it reads everything.
    checks: what this deployment's data must satisfy in a restored copy, as SQL.
    dump_days: how long exports and dumps are locked against deletion, by anybody (S3 Object Lock).
    """

    schedule: Annotated[str, StringConstraints(pattern=r"^(cron|rate)\(.+\)$")] | None = None
    time_zone: str = "UTC"
    at_least_every_hours: Annotated[int, Field(ge=2, le=_HOURS_OF_A_WEEK)] = 26
    longest_minutes: Annotated[int, Field(ge=10, le=24 * 60)] = 240
    most_lag_seconds: Annotated[int, Field(ge=1, le=3600)] = 60
    poll_seconds: Annotated[int, Field(ge=1, le=300)] = 30
    copy_to: FarCopyConfig | None = None
    keep: KeepConfig = KeepConfig()
    restore_class: Annotated[str, StringConstraints(pattern=r"^db\.[a-z0-9]+\.[a-z0-9]+$")] = "db.t4g.large"
    user: PlainName = "statline_backup"
    checks: tuple[SqlCheck, ...] = ()
    dump_days: Annotated[int, Field(ge=1, le=3650)] = 35

    @model_validator(mode="after")
    def _names_each_check_once(self) -> Self:
        names = [check.name for check in self.checks]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"checks: {', '.join(twice)} is there twice; reports name a check")
        return self
