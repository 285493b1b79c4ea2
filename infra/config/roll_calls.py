"""The roll calls of a region: which team is called when, to see whom a page would reach."""

from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from infra.config.base import ConfigModel
from statline.contract.model import Identifier, Tenant

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as cause:
        raise ValueError('not a time zone; write one of the IANA names, like "America/Toronto"') from cause
    return name


def _known_day(day: str) -> str:
    if day not in WEEKDAYS:
        raise ValueError(f"not a day of the week; these are {', '.join(WEEKDAYS)}")
    return day


class RollCall(ConfigModel):
    """A team that is called at a time of the day, a shift's start, say.

    at: local time in ``zone``. On the night when the clocks change, an hour that is skipped is called after it, and one
        that comes twice is called once.
    days: unset, every day.
    """

    tenant: Tenant
    team: Identifier
    at: Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    zone: Annotated[str, AfterValidator(_known_zone)]
    days: Annotated[tuple[Annotated[str, AfterValidator(_known_day)], ...], Field(min_length=1)] = WEEKDAYS

    @model_validator(mode="after")
    def _names_each_day_once(self) -> Self:
        twice = [day for day in WEEKDAYS if self.days.count(day) > 1]
        if twice:
            raise ValueError(f"days: {', '.join(twice)} is there twice")
        return self

    @property
    def cron(self) -> str:
        """EventBridge Scheduler's expression for it."""
        hour, minute = self.at.split(":")
        return f"cron({int(minute)} {int(hour)} ? * {','.join(self.days).upper()} *)"

    @property
    def name(self) -> str:
        """What tells it from the region's others."""
        return f"{self.tenant}-{self.team}-{self.at.replace(':', '')}"
