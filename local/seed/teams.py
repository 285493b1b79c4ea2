"""A tenant's teams, who is on shift when, and the virtual pagers that the teams carry."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from local.seed.people import DEMO_USER, REVISION
from local.seed.tenants import Tenant
from statline.contract.directory import DirectoryChange, PagerChange, ShiftChange, TeamChange

DAYS = 30
"""How many days the shifts cover, today the first."""


@dataclass(frozen=True, slots=True)
class Team:
    """One team: its roles (``role`` more than once where several people have it) and how long a shift is."""

    id: str
    name: str
    roles: tuple[str, ...]
    hours: int


TEAMS = (
    Team("code-blue", "Code Blue", ("lead", "airway", "compressions", "compressions", "medication", "recorder"), 12),
    Team("rapid-response", "Rapid Response", ("lead", "nurse", "respiratory"), 12),
    Team("trauma", "Trauma", ("surgeon", "anaesthesia", "nurse", "radiology"), 12),
    Team("stroke", "Stroke", ("neurologist", "nurse", "imaging"), 24),
    Team("stemi", "STEMI", ("cardiologist", "cath-lab"), 24),
    Team("anaesthesia", "Anaesthesia", ("consultant", "resident"), 24),
    Team("obstetrics", "Obstetric Emergency", ("obstetrician", "midwife", "neonatal"), 24),
    Team("pharmacy", "Pharmacy on Call", ("pharmacist",), 24),
    Team("bed-management", "Bed Management", ("coordinator",), 24),
    Team("facilities", "Facilities", ("engineer",), 24),
)
DEMO_TEAM = Team("demo", "Demo", ("lead",), 24)
"""A team that `u-demo` alone is always on shift for."""
FIRST_SHIFT = time(7)


def teams(tenant: Tenant) -> Iterator[DirectoryChange]:
    """The teams, and a pager number for each."""
    for number, team in enumerate((DEMO_TEAM, *TEAMS)):
        yield TeamChange(
            kind="team",
            tenant=tenant.name,
            revision=REVISION,
            id=team.id,
            name=team.name,
            roles=tuple(dict.fromkeys(team.roles)),
        )
        yield PagerChange(
            kind="pager",
            tenant=tenant.name,
            revision=REVISION,
            number=str(tenant.pagers + number),
            holder="team",
            holder_id=team.id,
        )


def shifts(tenant: Tenant, today: date, users: Sequence[str]) -> Iterator[DirectoryChange]:
    """Every shift of every team for `DAYS` days. It starts a day early: who came on yesterday is on shift now.

    Who has a shift follows from its name alone, so the same day is the same on every run.
    """
    for day in (today + timedelta(days=offset) for offset in range(-1, DAYS)):
        yield from _shifts_of_day(tenant, DEMO_TEAM, day, [DEMO_USER])
        for team in TEAMS:
            yield from _shifts_of_day(tenant, team, day, users)


def _shifts_of_day(tenant: Tenant, team: Team, day: date, users: Sequence[str]) -> Iterator[DirectoryChange]:
    first = datetime.combine(day, FIRST_SHIFT, ZoneInfo(tenant.zone)).astimezone(UTC)
    next_day = datetime.combine(day + timedelta(days=1), FIRST_SHIFT, ZoneInfo(tenant.zone)).astimezone(UTC)
    changes = 24 // team.hours
    for number in range(changes):
        starts = first + number * timedelta(hours=team.hours)
        # The last shift of the day lasts until the next day's first, also when the clocks are changed in between.
        ends = next_day if number == changes - 1 else starts + timedelta(hours=team.hours)
        crew = random.Random(f"{tenant.name}/{team.id}/{day}/{number}").sample(  # noqa: S311  # no secret
            list(users), k=min(len(team.roles), len(users))
        )
        for seat, (user, role) in enumerate(zip(crew, team.roles, strict=False), start=1):
            yield ShiftChange(
                kind="shift",
                tenant=tenant.name,
                revision=REVISION,
                team=team.id,
                id=f"{day:%Y%m%d}-{number + 1}-{seat}",
                user=user,
                role=role,
                starts_at=starts,
                ends_at=ends,
            )
