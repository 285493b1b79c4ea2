"""Random ladders, many at once, on the deployed stacks: answers, declines, losses, duplicates, delays, deaths, outages.

The clock is driven, so that minutes of waiting take seconds. Every ladder is held to a plain model (`ladders.py`).
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median

import pytest

from local.sandbox.client import SandboxClient
from local.sandbox.modes import Match, Mode, ModeName
from local.sandbox.people.habits import Habit, Habits
from local.sandbox.records import ProviderName
from statline.contract.directory import DirectoryChange
from statline.contract.words import Answer, LadderState, Priority
from tests.e2e.codes import Activation, Seat, code, team
from tests.e2e.conftest import OBLIGING
from tests.e2e.driving import hurry
from tests.e2e.killing import killing
from tests.e2e.ladders import HABITS, ON_TIME, ROLES, STARTS, RoleLadder, faults_of, lateness, person, random_rule
from tests.e2e.region import Region
from tests.e2e.waiting import LOOK_AGAIN

# Forty take a minute or two; `STATLINE_LADDERS=200` takes as many as the property test has, and some ten minutes.
LADDERS = int(os.environ.get("STATLINE_LADDERS", "40"))
# What the property test has at every run, on the deployed stacks when it is asked for: it takes a machine of one's own.
KILLS = int(os.environ.get("STATLINE_LADDERS_KILLS", "0"))
"""How many workers die, of whatever function."""
CUT_OFF = int(os.environ.get("STATLINE_LADDERS_CUT_OFF", "0"))
"""How many ladders' people no provider reaches, as long as the test goes on."""
SEED = 2_03_2026
AGAIN = 0.2
"""The share of messages that their producer sends twice."""
PATIENCE = 420 + 2 * LADDERS
"""Seconds of the machine's time. A machine that has other work needs many times what one of its own does."""
PACE = 0.05
PAUSES = (0.5, 2.0)
"""Seconds between two deaths."""
OUTAGES: tuple[ModeName, ...] = ("error503", "dropped_before", "throttled")
TOLD_WITHIN = 60.0
"""Seconds of the machine's time until the bus has brought everything that had happened when the last ladder ended."""
TROUBLES: tuple[tuple[ProviderName, ModeName, float], ...] = (
    ("sms", "throttled", 0.05),
    ("sms", "error500", 0.05),
    ("sms", "dropped_after", 0.05),
    ("connect", "error503", 0.05),
    ("connect", "dropped_before", 0.05),
    ("connect", "slow", 0.05),
)


@pytest.fixture
def people(misbehaving: SandboxClient) -> Iterator[SandboxClient]:
    misbehaving.set_pace(PACE)
    yield misbehaving
    misbehaving.set_pace(1)
    misbehaving.set_habits(OBLIGING)


@dataclass(frozen=True)
class Play:
    """Teams by name, each with its ladders and its activation; how everybody behaves; whom no provider reaches."""

    teams: dict[str, list[RoleLadder]]
    activations: dict[str, Activation]
    habits: dict[str, Habit]
    cut_off: list[RoleLadder]

    @property
    def ladders(self) -> Iterator[tuple[RoleLadder, Activation]]:
        """Every ladder, with the activation that it is of."""
        for name, ladders in self.teams.items():
            yield from ((each, self.activations[name]) for each in ladders)

    def is_over(self) -> bool:
        """Whether every ladder has ended."""
        return all(len(activation.told_ends()) == len(ROLES) for activation in self.activations.values())

    def faults(self, calls: Mapping[str, int]) -> list[str]:
        """What is not as the plain model has it, as lines to read. ``calls``: the providers', by delivery."""
        found = [f"{each.primary}: {fault}" for each, told in self.ladders for fault in faults_of(each, told, calls)]
        return found + _unheard(self)

    def ends(self) -> dict[str, LadderState]:
        """How each ladder ended, by its first person."""
        return {each.primary: told.told_ends()[each.role] for each, told in self.ladders}


def test_every_ladder_keeps_to_what_a_paging_system_must_get_right(
    driven: Region, people: SandboxClient, tmp_path: Path
) -> None:
    chance = Random(SEED)  # noqa: S311 - the same ladders every time
    teams = {f"ladders-{number}": _ladders(driven, number, chance) for number in range(LADDERS // len(ROLES))}
    habits = {_phone(user): chance.choice(_USUAL) for each in teams.values() for user in _users(each)}
    people.set_habits(Habits(usual=Habit(on_call="ignores"), phones=habits))
    driven.import_directory(_directory(driven, teams), tmp_path / "ladders.jsonl")
    driven.await_directory(seconds=240)
    cut_off = chance.sample([each for ladders in teams.values() for each in ladders], CUT_OFF)
    people.set_modes(*(_outage(each, chance) for each in cut_off), *_troubles())
    play = Play(teams, {name: _call(driven, name, chance) for name in teams}, habits, cut_off)

    with killing(driven.cloud, seed=SEED, most=KILLS, pauses=PAUSES) as killer:
        hurry(driven.cloud, play.is_over, patience=PATIENCE)

    faults = _that_stay(lambda: play.faults(_calls(people)))
    assert not faults, "\n".join(faults)
    late = [seconds for each, told in play.ladders for seconds in lateness(each, told)]
    # What a dead worker held comes back after its queue's visibility, and not before.
    worst = [max(lateness(each, told), default=0.0) for each, told in play.ladders]
    assert KILLS or max(median(late), median(worst)) <= ON_TIME.total_seconds()
    assert bool(killer.kills) == bool(KILLS)
    ends = play.ends()
    assert set(ends.values()) == {LadderState.ACKNOWLEDGED, LadderState.EXHAUSTED}
    assert {ends[each.primary] for each in cut_off} <= {LadderState.EXHAUSTED}


def _calls(people: SandboxClient) -> Counter[str]:
    """How often a provider was asked to start each delivery."""
    return Counter(call.message_id or "" for call in people.calls() if call.operation in STARTS)


def _that_stay(faults: Callable[[], list[str]]) -> list[str]:
    """The faults that are still there when the bus has had time to bring all that had happened when the play ended."""
    deadline = time.monotonic() + TOLD_WITHIN
    while (found := faults()) and time.monotonic() < deadline:
        time.sleep(LOOK_AGAIN)
    return found


_USUAL = [habit for times, habit in HABITS for _ in range(times)]


def _ladders(region: Region, number: int, chance: Random) -> list[RoleLadder]:
    """One team's ladders, which climb by one rule."""
    rule = random_rule(region.tenant, f"rule-{number}", chance)
    first = number * len(ROLES)
    return [
        RoleLadder(role, f"u-ladder-{first + place:03}-a", f"u-ladder-{first + place:03}-b", rule)
        for place, role in enumerate(ROLES)
    ]


def _users(ladders: list[RoleLadder]) -> list[str]:
    return [user for each in ladders for user in (each.primary, each.backup)]


def _phone(user: str) -> str:
    """Nobody else's number."""
    _, _, number, which = user.split("-")
    return f"+1416557{int(number):03}{'ab'.index(which)}"


def _directory(region: Region, teams: dict[str, list[RoleLadder]]) -> Iterator[DirectoryChange]:
    for name, ladders in teams.items():
        rule = ladders[0].rule.change
        yield rule
        for user in _users(ladders):
            yield from person(region.tenant, user, _phone(user))
        primaries: list[Seat] = [(each.primary, each.role, "primary") for each in ladders]
        backups: list[Seat] = [(each.backup, each.role, "backup") for each in ladders]
        yield from team(region, name, [*primaries, *backups], policy=rule.id)


def _troubles() -> list[Mode]:
    ours = Match(destination_prefix="+1416557")
    return [
        Mode(provider=provider, mode=mode, match=ours, probability=share, seed=SEED, seconds=1.0, retry_after=1)
        for provider, mode, share in TROUBLES
    ]


def _outage(ladder: RoleLadder, chance: Random) -> Mode:
    """Every provider is down, as far as the ladder's people can tell."""
    return Mode(mode=chance.choice(OUTAGES), match=Match(destination_prefix=_phone(ladder.primary)[:-1]))


def _call(region: Region, name: str, chance: Random) -> Activation:
    message = code(region, name)
    for _ in range(2 if chance.random() < AGAIN else 1):
        region.send(message, Priority.STAT)
    return Activation(region, message["id"])


def _unheard(play: Play) -> list[str]:
    """Who accepted and does not cover a role, and who covers one and never said so."""
    found = []
    for name, activation in play.activations.items():
        accepted = {event.user for event in activation.answers if event.answer is Answer.ACCEPT}
        said_yes = {user for user in accepted if _says_yes(play.habits[_phone(user)])}
        found += [f"{name}: {user} never accepted" for user in accepted - said_yes]
        for ladder in play.teams[name]:
            came = accepted & {ladder.primary, ladder.backup}
            if bool(came) != (activation.covered_at(ladder.role) is not None):
                found.append(f"{name}: {ladder.role} was accepted by {sorted(came)}, and its cover says otherwise")
    return found


def _says_yes(habit: Habit) -> bool:
    return habit.keys == ("1",) or bool(habit.texts_back)
