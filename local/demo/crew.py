"""Who is on shift in a team of the seed now, with their telephones, and how they behave in the second act."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from local.sandbox.people.habits import Habit, Habits
from local.seed.directory import directory_of
from local.seed.tenants import TENANTS
from statline.contract.directory import ContactPointChange, ShiftChange
from statline.contract.words import Channel

PRESSES = Habits(usual=Habit(keys=("1",)))
"""Everybody picks up and accepts: what the first act's code needs, and it is over."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody on shift: the directory's id, the role, whether as its backup, and the telephone's number."""

    user: str
    role: str
    stands_by: bool
    phone: str

    def __str__(self) -> str:
        """As the screen names people: by what they are there for."""
        return f"{self.role}'s backup" if self.stands_by else self.role


def crew_of(region: str, tenant: str, team: str, now: datetime) -> list[Member]:
    """The people on shift in a team, by the seed that the directory was filled with."""
    (of,) = [each for each in TENANTS[region] if each.name == tenant]
    changes = directory_of(of, now.astimezone(UTC).date())
    phones = {
        change.user: change.number
        for change in sorted(
            (each for each in changes if isinstance(each, ContactPointChange)), key=lambda each: -each.rank
        )
        if Channel.VOICE in change.uses
    }
    shifts = (each for each in changes if isinstance(each, ShiftChange) and each.team == team)
    return [
        Member(shift.user, shift.role, shift.duty == "backup", phones.get(shift.user, ""))
        for shift in shifts
        if shift.starts_at <= now < shift.ends_at
    ]


def habits_of(crew: Sequence[Member], unanswered: str) -> Habits:
    """One role's phone rings unanswered; its backup accepts by a key, the others by keys and texts in turns."""
    ways = (Habit(keys=("1",), picks_up_after=4), Habit(on_call="ignores", texts_back="1", texts_back_after=7))
    behave = {}
    others = [member for member in crew if member.role != unanswered]
    for number, member in enumerate(others):
        behave[member.phone] = ways[number % len(ways)]
    for member in crew:
        if member.role == unanswered:
            behave[member.phone] = ways[0] if member.stands_by else Habit(on_call="ignores")
    return Habits(usual=Habit(on_call="ignores"), phones={phone: habit for phone, habit in behave.items() if phone})
