"""The database of a region, as config names it: created here, or watched where it already is."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from infra.config.base import ConfigModel


class CreatedDatabase(ConfigModel):
    """A primary that Statline creates, with its replica."""

    instance_class: str
    storage_gib: Annotated[int, Field(ge=20)]


class WatchedDatabase(ConfigModel):
    """A primary and a replica that exist already, by their identifiers."""

    primary: str
    replica: str


class DatabaseConfig(ConfigModel):
    """Exactly one of the two ways to a database."""

    create: CreatedDatabase | None = None
    watch: WatchedDatabase | None = None

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if (self.create is None) == (self.watch is None):
            raise ValueError("give exactly one of create and watch (or leave database out)")
        return self
