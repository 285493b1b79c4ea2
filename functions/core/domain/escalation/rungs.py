"""From an escalation policy to the rungs of a ladder: every round of every policy, one behind the other."""

from collections.abc import Mapping, Sequence

from functions.core.domain.escalation.activation import MOST_RUNGS, Rung
from statline.contract.directory import (
    BackupTarget,
    EscalationPolicyChange,
    EscalationStep,
    ShiftTarget,
    Target,
    TeamTarget,
    UserTarget,
)
from statline.contract.words import Channel

Policies = Mapping[str, EscalationPolicyChange]
"""A tenant's escalation policies, by their ids."""
FIRST_WAIT = 60
"""Seconds that those who are paged first have, where no policy says so."""
_AGAIN = (Channel.SMS, Channel.VOICE)


def chain(first: EscalationPolicyChange, policies: Policies) -> list[EscalationPolicyChange]:
    """A policy and those that go on after it. One that would come a second time ends it: the import refuses such."""
    found = {first.id: first}
    last = first
    while last.then and last.then not in found and last.then in policies:
        last = policies[last.then]
        found[last.id] = last
    return list(found.values())


def rungs_of(policies: Sequence[EscalationPolicyChange], channels: Sequence[Channel]) -> tuple[Rung, ...]:
    """The rungs of these policies, at most `MOST_RUNGS`. Rounds are counted on from one policy to the next.

    channels: of the steps that name none.
    """
    rungs: list[Rung] = []
    number = 0
    for policy in policies:
        for repeat in range(policy.repeats + 1):
            number += 1
            last = [policy.final] if policy.final and repeat == policy.repeats else []
            rungs += [
                _rung(number, place, step, channels) for place, step in enumerate([*policy.steps, *last], start=1)
            ]
    return tuple(rungs[:MOST_RUNGS])


def rungs_without_policy(team: str, people: Sequence[str], channels: Sequence[Channel]) -> tuple[Rung, ...]:
    """What a code climbs by where nobody named a policy: two rounds of a minute a step.

    A team: whoever is on shift once more, by text and call, then the backup. Named people: they, once more.
    """
    if team:
        steps: list[tuple[tuple[Target, ...], tuple[Channel, ...]]] = [
            ((ShiftTarget(type="shift"),), _AGAIN),
            ((BackupTarget(type="backup"),), tuple(channels)),
        ]
    else:
        steps = [(tuple(UserTarget(type="user", id=user) for user in people), _AGAIN)] if people else []
    return tuple(
        Rung(round=number, step=place, who=who, channels=by, wait=FIRST_WAIT)
        for number in (1, 2)
        for place, (who, by) in enumerate(steps, start=1)
    )


def over_teams(rungs: Sequence[Rung], teams: Sequence[str]) -> tuple[Rung, ...]:
    """The rungs of a ladder that is several teams': whoever is on shift in any of them."""
    everywhere = [TeamTarget(type="team", id=team) for team in teams]

    def spread(target: Target) -> list[Target]:
        return [*everywhere] if isinstance(target, ShiftTarget) else [target]

    return tuple(
        rung.model_copy(update={"who": tuple(dict.fromkeys(each for target in rung.who for each in spread(target)))})
        for rung in rungs
    )


def _rung(number: int, place: int, step: EscalationStep, channels: Sequence[Channel]) -> Rung:
    return Rung(round=number, step=place, who=step.who, channels=step.channels or tuple(channels), wait=step.wait)
