"""Quiet hours are those of the clock on the wall where the person is."""

from datetime import UTC, datetime
from typing import Any

import pytest

from functions.core.domain.routing.quiet_hours import is_quiet
from statline.contract.directory import QuietHours


def hours(starts: str, ends: str, zone: str = "America/Toronto") -> QuietHours:
    fields: dict[str, Any] = {"starts": starts, "ends": ends, "zone": zone}
    return QuietHours.model_validate(fields)


@pytest.mark.parametrize(
    ("utc", "quiet"),
    [
        ("2026-01-10T02:59", False),  # 21:59 in Toronto
        ("2026-01-10T03:00", True),
        ("2026-01-10T11:59", True),
        ("2026-01-10T12:00", False),
        ("2026-07-10T02:00", True),  # 22:00 in summer
        ("2026-07-10T11:00", False),
    ],
)
def test_hours_over_midnight_follow_the_zone_and_its_summer_time(utc: str, quiet: bool) -> None:
    moment = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert is_quiet(hours("22:00", "07:00"), moment) is quiet


@pytest.mark.parametrize(("utc", "quiet"), [("11:59", False), ("12:00", True), ("12:59", True), ("13:00", False)])
def test_hours_within_a_day_end_just_before_their_end(utc: str, quiet: bool) -> None:
    moment = datetime.fromisoformat(f"2026-01-10T{utc}").replace(tzinfo=UTC)
    assert is_quiet(hours("12:00", "13:00", "UTC"), moment) is quiet


def test_who_named_no_hours_is_never_left_in_peace() -> None:
    assert not is_quiet(None, datetime(2026, 1, 10, tzinfo=UTC))


def test_hours_that_end_when_they_start_are_the_whole_day() -> None:
    assert is_quiet(hours("08:00", "08:00"), datetime(2026, 1, 10, 3, tzinfo=UTC))
