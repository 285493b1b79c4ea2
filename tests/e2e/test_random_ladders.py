"""Random ladders, many at once, on the deployed stacks: answers, declines, losses, duplicates and delays.

The clock is driven, so that minutes of waiting take seconds. Every ladder is held to a plain model (`ladders.py`).
"""

import os
from collections.abc import Iterator
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
from tests.e2e.ladders import HABITS, ON_TIME, ROLES, RoleLadder, faults_of, lateness, person, random_rule
from tests.e2e.region import Region

# Forty take a minute or two; `STATLINE_LADDERS=200` takes as many as the property test has, and some ten minutes.
LADDERS = int(os.environ.get("STATLINE_LADDERS", "40"))
SEED = 2_03_2026
AGAIN = 0.2
"""The share of messages that their producer sends twice."""
PATIENCE = 120 + 3 * LADDERS
"""Seconds of the machine's time."""
PACE = 0.05
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


def test_every_ladder_keeps_to_what_a_paging_system_must_get_right(
    driven: Region, people: SandboxClient, tmp_path: Path
) -> None:
    chance = Random(SEED)  # noqa: S311 - the same ladders every time
    teams = {f"ladders-{number}": _ladders(driven, number, chance) for number in range(LADDERS // len(ROLES))}
    habits = {_phone(user): chance.choice(_USUAL) for each in teams.values() for user in _users(each)}
    people.set_habits(Habits(usual=Habit(on_call="ignores"), phones=habits))
    driven.import_directory(_directory(driven, teams), tmp_path / "ladders.jsonl")
    driven.await_directory(seconds=240)
    people.set_modes(*_troubles())

    activations = {name: _call(driven, name, chance) for name in teams}
    hurry(driven.cloud, lambda: _all_ended(activations), patience=PATIENCE)

    faults = [
        f"{name}: {fault}" for name in teams for each in teams[name] for fault in faults_of(each, activations[name])
    ]
    assert not faults, "\n".join(faults)
    assert (
        median(lateness(each, activations[name]) for name in teams for each in teams[name]) <= ON_TIME.total_seconds()
    )
    assert _unheard(activations, teams, habits) == []
    ends = [state for activation in activations.values() for state in activation.told_ends().values()]
    assert {LadderState.ACKNOWLEDGED, LadderState.EXHAUSTED} == set(ends)


def _all_ended(activations: dict[str, Activation]) -> bool:
    return all(len(activation.told_ends()) == len(ROLES) for activation in activations.values())


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


def _call(region: Region, name: str, chance: Random) -> Activation:
    message = code(region, name)
    for _ in range(2 if chance.random() < AGAIN else 1):
        region.send(message, Priority.STAT)
    return Activation(region, message["id"])


def _unheard(
    activations: dict[str, Activation], teams: dict[str, list[RoleLadder]], habits: dict[str, Habit]
) -> list[str]:
    """Who accepted and does not cover a role, and who covers one and never said so."""
    found = []
    for name, activation in activations.items():
        accepted = {event.user for event in activation.answers if event.answer is Answer.ACCEPT}
        said_yes = {user for user in accepted if habits[_phone(user)].keys == ("1",) or habits[_phone(user)].texts_back}
        found += [f"{name}: {user} never accepted" for user in accepted - said_yes]
        for ladder in teams[name]:
            came = accepted & {ladder.primary, ladder.backup}
            if bool(came) != (activation.covered_at(ladder.role) is not None):
                found.append(f"{name}: {ladder.role} was accepted by {sorted(came)}, and its cover says otherwise")
    return found
