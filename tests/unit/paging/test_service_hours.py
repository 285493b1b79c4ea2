"""Who holds a service, by the clock on its wall."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from functions.core.domain.routing.pager_hours import Holder, holder_at
from statline.contract.directory import QuietHours
from tests.fakes.directory_changes import a_service

TORONTO = ZoneInfo("America/Toronto")
DAY = {"days": [1, 2, 3, 4, 5], "starts": "08:00", "ends": "20:00", "holder": "team", "holder_id": "day"}
NIGHT = {"days": [5, 6], "starts": "20:00", "ends": "08:00", "holder": "user", "holder_id": "u-night"}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in the week of Monday, 5 January 2026, in Toronto."""
    return datetime(2026, 1, 4 + day, hour, minute, tzinfo=TORONTO)


@pytest.mark.parametrize(
    ("moment", "holder"),
    [
        pytest.param(at(1, 8), Holder("team", "day"), id="the hours begin at their start"),
        pytest.param(at(1, 19, 59), Holder("team", "day"), id="and last until just before their end"),
        pytest.param(at(1, 20), None, id="which is no longer theirs"),
        pytest.param(at(6, 12), None, id="nobody at noon of a day that is not named"),
        pytest.param(at(5, 20), Holder("user", "u-night"), id="a night begins on its day"),
        pytest.param(at(6, 7, 59), Holder("user", "u-night"), id="and goes on after midnight"),
        pytest.param(at(7, 7, 59), Holder("user", "u-night"), id="also into a day that is not named"),
        pytest.param(at(1, 7, 59), None, id="but no night begins on a Sunday"),
    ],
)
def test_a_service_is_held_by_its_hours(moment: datetime, holder: Holder | None) -> None:
    assert holder_at(a_service(hours=[DAY, NIGHT]), moment) == holder


def test_outside_all_hours_the_other_team_holds_it() -> None:
    assert holder_at(a_service(hours=[DAY], otherwise="night"), at(6, 12)) == Holder("team", "night")


def test_the_first_hours_that_cover_a_moment_count() -> None:
    both = [DAY | {"holder_id": "first"}, DAY | {"holder_id": "second"}]

    assert holder_at(a_service(hours=both), at(2, 12)) == Holder("team", "first")


def test_hours_that_end_when_they_start_are_a_whole_day() -> None:
    around = {"days": [3], "starts": "08:00", "ends": "08:00", "holder": "user", "holder_id": "u-1"}
    service = a_service(hours=[around])

    assert holder_at(service, at(3, 7, 59)) is None
    assert holder_at(service, at(3, 8)) == holder_at(service, at(4, 7, 59)) == Holder("user", "u-1")
    assert holder_at(service, at(4, 8)) is None


def test_the_hours_follow_the_wall_when_the_clocks_change() -> None:
    service = a_service(hours=[DAY])

    before, after = datetime(2026, 3, 6, 13, 0, tzinfo=UTC), datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
    assert holder_at(service, before) == holder_at(service, after) == Holder("team", "day")
    assert holder_at(service, datetime(2026, 3, 6, 12, 59, tzinfo=UTC)) is None


@pytest.mark.parametrize("zone", ["America/Toronto", "America/St_Johns", "Europe/Berlin", "Australia/Lord_Howe"])
def test_no_minute_of_the_nights_on_which_clocks_change_is_nobodys(zone: str) -> None:
    """Also of the hours that a wall skips or repeats: hours that change at two in the morning are changed by them."""
    every_day = list(range(1, 8))
    day = {"days": every_day, "starts": "02:30", "ends": "14:30", "holder": "user", "holder_id": "u-day"}
    night = {"days": every_day, "starts": "14:30", "ends": "02:30", "holder": "user", "holder_id": "u-night"}
    service = a_service(zone=zone, hours=[day, night])

    days = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number) for number in range(366)]
    changes = [day for day, next_day in pairwise(days) if _offset(day, zone) != _offset(next_day, zone)]
    assert len(changes) == 2
    assert all(holder_at(service, day + timedelta(minutes=minute)) for day in changes for minute in range(24 * 60))


def _offset(moment: datetime, zone: str) -> timedelta | None:
    return moment.astimezone(ZoneInfo(zone)).utcoffset()


@pytest.mark.parametrize("edge", ["starts", "ends"])
@pytest.mark.parametrize("time", ["08:00Z", "08:00:00-05:00"])
def test_hours_with_an_offset_are_refused_where_they_are_imported(edge: str, time: str) -> None:
    """The zone has a field of its own: with two of them, every page at that service would fail where it is routed."""
    with pytest.raises(ValidationError, match="without an offset"):
        a_service(hours=[DAY | {edge: time}])
    with pytest.raises(ValidationError, match="without an offset"):
        QuietHours.model_validate({"starts": "22:00", "ends": "07:00", "zone": "America/Toronto"} | {edge: time})
