"""The database of a region, as config names it: the database itself, the directory read from it, and its backups."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from infra.config.backups import BackupConfig
from infra.config.base import ConfigModel, PlainName
from infra.config.database_sources import CreatedDatabase, Instance, Role, WatchedDatabase
from infra.config.regions import REGIONS

__all__ = [
    "BackupConfig",
    "CreatedDatabase",
    "DatabaseConfig",
    "DirectorySource",
    "Instance",
    "Role",
    "WatchedDatabase",
]


class DirectorySource(ConfigModel):
    """How the directory is reconciled with the replica's views (docs/directory.md has their SQL).

    every_minutes: how often. user: whom the reconcile comes as; its rights are the views and nothing else.
    tenants: those whose people the views hold; unset: every tenant of the region.
    most_deletions_percent: where the views lack more of a tenant's entries of one kind, none is deleted and an alarm
        asks a person.
    """

    every_minutes: Annotated[int, Field(ge=1, le=6 * 60)] = 15
    user: PlainName = "statline_directory"
    tenants: tuple[str, ...] | None = None
    most_deletions_percent: Annotated[int, Field(ge=0, le=100)] = 5


class DatabaseConfig(ConfigModel):
    """Exactly one of the two ways to a database, the directory that is read from it, and its backups.

    name: of the database on the instance.
    trust: a file beside the config with the certificate authorities of the region's RDS, which AWS publishes. Unset:
        no TLS, which production refuses.
    """

    create: CreatedDatabase | None = None
    watch: WatchedDatabase | None = None
    name: PlainName = "clinical"
    trust: str | None = None
    directory: DirectorySource | None = DirectorySource()
    backup: BackupConfig = BackupConfig()

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if (self.create is None) == (self.watch is None):
            raise ValueError("give exactly one of create and watch (or leave database out)")
        return self

    @property
    def source(self) -> CreatedDatabase | WatchedDatabase:
        """The database itself, whichever way there is to it."""
        source = self.create or self.watch
        if source is None:  # the validator has refused it
            raise AssertionError("a database is created or watched")
        return source

    @property
    def primary(self) -> Instance:
        """The instance that serves the applications, and that no requested backup touches."""
        return self.source.instances[0]

    @property
    def replica(self) -> Instance:
        """The instance that backups are taken from."""
        return self.source.instances[1]

    def check_place(self, region: str) -> None:
        """Raise `ValueError` where part of the database lies outside the region."""
        if self.create is not None:
            _check_zones("database.create.availability_zones", self.create.availability_zones, region)
        if self.watch is not None:
            zones = self.watch.network.availability_zones
            _check_zones("database.watch.network.availability_zones", zones, region)
            for name, found in self.watch.regions.items():
                _check_region(f"database.watch.{name}", found, region)
        if self.backup.copy_to is not None:
            self.backup.copy_to.check_place(region)

    def check_standby(self, region: str) -> None:
        """Raise `ValueError` where the primary has no standby, whose loss only production cannot afford."""
        if self.create is not None and not self.create.multi_az:
            raise ValueError(
                f"regions: database.create.multi_az is false in {region}; a production primary needs its standby"
                " (a Single-AZ primary stops while it is backed up)"
            )

    def check_trust(self, region: str) -> None:
        """Raise `ValueError` where nobody could tell the database's server from another that answers in its place."""
        if self.trust is None:
            raise ValueError(
                f"regions: database.trust is unset in {region}; in production the replica is read over TLS, from a"
                " server whose certificate is checked: name the file of the region's RDS certificate authorities"
            )


def _check_zones(path: str, zones: Sequence[str], region: str) -> None:
    strangers = [zone for zone in zones if not zone.startswith(region)]
    if strangers:
        raise ValueError(f"{path}: {', '.join(strangers)} is not in {region}")


def _check_region(path: str, found: str | None, region: str) -> None:
    if found is None or found == region:
        return
    country = REGIONS[found].country if found in REGIONS else "an unknown country"
    if country != REGIONS[region].country:
        raise ValueError(f"{path}: {found} is in {country}, {region} is in {REGIONS[region].country}: data would leave")
    raise ValueError(f"{path}: it is in {found}; Statline watches and backs up what is in {region}")
