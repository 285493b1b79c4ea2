"""A tenant's teams, who is on shift when, and the virtual pagers that the teams carry."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from local.seed.escalation import CODE, ON_CALL
from local.seed.people import DEMO_USER, REVISION
from local.seed.tenants import Tenant
from statline.contract.directory import DirectoryChange, PagerChange, ShiftChange, TeamChange

DAYS = 7
"""How many days the shifts cover, today the first."""


FIRST_MONDAY = date(2024, 1, 1)
"""Weeks of on-call duty are counted from here."""


@dataclass(frozen=True, slots=True)
class Rota:
    """When shifts change: at these hours of the local clock, on every so many days."""

    hours: tuple[int, ...]
    every_days: int = 1

    def changes(self, first: date, last: date, zone: ZoneInfo) -> list[datetime]:
        """Every moment of change from the one that is in force as ``first`` begins to the one after ``last`` ends."""
        start = first - timedelta(days=(first - FIRST_MONDAY).days % self.every_days + self.every_days)
        end = last + timedelta(days=self.every_days)
        days = range(0, (end - start).days + 1, self.every_days)
        walls = [datetime.combine(start + timedelta(days=day), time(hour), zone) for day in days for hour in self.hours]
        return [wall.astimezone(UTC) for wall in walls]


TWICE_A_DAY, DAILY, WEEKLY = Rota((7, 19)), Rota((7,)), Rota((7,), every_days=7)


@dataclass(frozen=True, slots=True)
class Team:
    """One team: its roles (a role more than once where several people have it), its rota, its escalation policy."""

    id: str
    name: str
    roles: tuple[str, ...]
    rota: Rota
    policy: str = ON_CALL

    @property
    def backup(self) -> bool:
        """Whether somebody stands by for the first of its roles: in the teams that codes are called for."""
        return self.policy == CODE


TEAMS = (
    Team("code-blue", "Code Blue", ("lead", "airway", "compressions", "medication", "recorder"), TWICE_A_DAY, CODE),
    Team("rapid-response", "Rapid Response", ("lead", "nurse", "respiratory"), TWICE_A_DAY, CODE),
    Team("trauma", "Trauma", ("surgeon", "anaesthesia", "nurse", "radiology"), DAILY, CODE),
    Team("stroke", "Stroke", ("neurologist", "nurse", "imaging"), DAILY, CODE),
    Team("stemi", "STEMI", ("cardiologist", "cath-lab"), WEEKLY, CODE),
    Team("anaesthesia", "Anaesthesia", ("consultant", "resident"), DAILY),
    Team("obstetrics", "Obstetric Emergency", ("obstetrician", "midwife", "neonatal"), WEEKLY, CODE),
    Team("pharmacy", "Pharmacy on Call", ("pharmacist",), WEEKLY),
    Team("bed-management", "Bed Management", ("coordinator", "coordinator"), WEEKLY),
    Team("facilities", "Facilities", ("engineer",), WEEKLY),
)
DEMO_TEAM = Team("demo", "Demo", ("lead",), WEEKLY)
"""A team that `u-demo` alone is always on shift for."""


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
            policy=team.policy,
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
    """Every shift of every team for `DAYS` days, and the one that is still on as they begin.

    Who has a shift follows from its name alone, so the same shift is the same on every run.
    """
    last = today + timedelta(days=DAYS - 1)
    for team in (DEMO_TEAM, *TEAMS):
        crew = [DEMO_USER] if team is DEMO_TEAM else users
        for starts, ends in pairwise(team.rota.changes(today, last, ZoneInfo(tenant.zone))):
            yield from _shift(tenant, team, starts, ends, crew)


def _shift(
    tenant: Tenant, team: Team, starts: datetime, ends: datetime, users: Sequence[str]
) -> Iterator[DirectoryChange]:
    seed = f"{tenant.name}/{team.id}/{starts:%Y%m%d%H}"
    seats = [*((role, False) for role in team.roles), *([(team.roles[0], True)] if team.backup else [])]
    crew = random.Random(seed).sample(list(users), k=len(seats))  # noqa: S311  # no secret
    for seat, (user, (role, stands_by)) in enumerate(zip(crew, seats, strict=True), start=1):
        yield ShiftChange(
            kind="shift",
            tenant=tenant.name,
            revision=REVISION,
            team=team.id,
            id=f"{starts:%Y%m%d%H}-{seat}",
            user=user,
            role=role,
            starts_at=starts,
            ends_at=ends,
            duty="backup" if stands_by else "primary",
        )
