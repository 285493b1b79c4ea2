"""Who holds a service at a moment: pure, over its hours in its own time zone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from statline.contract.directory import OpeningHours, ServiceChange

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is paged: a person, or a team's people on shift."""

    kind: Literal["user", "team"]
    id: str


def holder_at(service: ServiceChange, now: datetime) -> Holder | None:
    """Who holds the service now: by the first hours that cover this moment, else the team of other times, else nobody.

    The hours are the clock's on the wall: where a zone skips or repeats an hour, they do too.
    """
    local = now.astimezone(ZoneInfo(service.zone))
    for hours in service.hours:
        if _covers(hours, local):
            return Holder(hours.holder, hours.holder_id)
    return Holder("team", service.otherwise) if service.otherwise else None


def _covers(hours: OpeningHours, local: datetime) -> bool:
    """Whether the hours of today, or those that began yesterday and go over midnight, cover this moment."""
    today, yesterday = local.isoweekday(), (local - _DAY).isoweekday()
    at = local.time()
    if hours.starts < hours.ends:
        return today in hours.days and hours.starts <= at < hours.ends
    return (today in hours.days and at >= hours.starts) or (yesterday in hours.days and at < hours.ends)
