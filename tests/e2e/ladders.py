"""Random ladders, and a plain model of what each may do: no more than counting rungs and adding seconds."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from local.sandbox.people.habits import Habit
from statline.contract.directory import (
    BackupTarget,
    ContactPointChange,
    DirectoryChange,
    EscalationPolicyChange,
    EscalationStep,
    ShiftTarget,
    UserChange,
)
from statline.contract.events import DeliveryStateChanged, StepFired
from statline.contract.words import Answer, Channel, DeliveryState, LadderState
from tests.e2e.codes import Activation

ROLES = ("leader", "anaesthesia", "airway", "runner")
WAITS = (15, 30, 45, 60)
GRACE = 30
ON_TIME = timedelta(seconds=5)
"""What half of the steps keep to, and a lone ladder always (test_code_activation)."""
LATEST = timedelta(seconds=120)
"""So many ladders on a laptop's processors make workers run out of time: then a message's visibility runs out, or the
minute of the sweep. Nothing is later than both."""
SMS, VOICE = Channel.SMS, Channel.VOICE
HABITS: Sequence[tuple[int, Habit]] = (
    (5, Habit(on_call="ignores")),
    (2, Habit(on_call="voicemail")),
    (2, Habit(on_call="busy", text_fate="TEXT_UNREACHABLE")),
    (3, Habit(keys=("1",))),
    (2, Habit(keys=("2",))),
    (2, Habit(on_call="ignores", texts_back="1")),
    (1, Habit(on_call="ignores", texts_back="what is this?")),
)
"""How people behave, and how many of seventeen do."""
STARTS = frozenset({"SendTextMessage", "StartOutboundVoiceContact", "Messages"})
"""What a provider is asked for when a text or a call is to be started."""
LEASE_RAN_OUT = "lease_ran_out"
"""Why a delivery is UNKNOWN whose worker died: whether its call was started, the provider knows."""
LOST = {DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.UNDELIVERED, DeliveryState.EXPIRED}


@dataclass(frozen=True)
class Rule:
    """A policy as the model has it: first wait, rungs by name, each with its wait and who it pages."""

    change: EscalationPolicyChange
    rungs: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True)
class RoleLadder:
    """One ladder: the role, its two people, and the rule that it climbs by."""

    role: str
    primary: str
    backup: str
    rule: Rule

    def step(self, number: int) -> str:
        """The name of the nth step."""
        return f"{self.role}~{self.rule.rungs[number][0]}"

    def paged_by(self, number: int) -> str:
        """Whom the nth step pages."""
        return {"shift": self.primary, "backup": self.backup}[self.rule.rungs[number][2]]


def random_rule(tenant: str, name: str, chance: Random) -> Rule:
    """A policy of one to three steps, gone through once or twice, perhaps with a final one."""
    steps = [_step(chance) for _ in range(chance.randint(1, 3))]
    repeats, final = chance.randint(0, 1), _step(chance) if chance.random() < 1 / 3 else None
    rungs = []
    for turn in range(1, repeats + 2):
        last = [final] if final and turn == repeats + 1 else []
        for place, step in enumerate([*steps, *last], start=1):
            rungs.append((f"{turn}~{place}", step.wait, step.who[0].type))
    change = EscalationPolicyChange(
        kind="escalation_policy",
        tenant=tenant,
        revision=1,
        id=name,
        name=name,
        first_wait=chance.choice(WAITS),
        steps=tuple(steps),
        repeats=repeats,
        final=final,
    )
    return Rule(change, tuple(rungs))


def _step(chance: Random) -> EscalationStep:
    who = chance.choice((ShiftTarget(type="shift"), BackupTarget(type="backup")))
    return EscalationStep(who=(who,), channels=chance.choice(((SMS, VOICE), (VOICE,))), wait=chance.choice(WAITS))


def person(tenant: str, user: str, number: str) -> Iterator[DirectoryChange]:
    """Somebody with a telephone and no app."""
    yield UserChange(kind="user", tenant=tenant, revision=1, id=user, name=user)
    yield ContactPointChange(
        kind="contact_point", tenant=tenant, revision=1, user=user, id="mobile", number=number, uses=(SMS, VOICE)
    )


def faults_of(ladder: RoleLadder, activation: Activation, calls: Mapping[str, int]) -> Iterator[str]:
    """What a ladder did that the plain model does not allow, as lines to read. ``calls``: those to start a delivery."""
    steps = _steps(ladder, activation)
    named = [ladder.step(number) for number in range(len(ladder.rule.rungs))]
    state = activation.told_ends().get(ladder.role)
    yield from _order(ladder, steps, named, state)
    yield from _people(ladder, activation, steps)
    yield from _times(ladder, activation)
    yield from _silence(ladder, activation, calls)


def _order(
    ladder: RoleLadder, steps: Sequence[StepFired], named: Sequence[str], state: LadderState | None
) -> Iterator[str]:
    fired = [step.step for step in steps]
    if state is None:
        yield f"{ladder.role} never ended; it fired {fired}"
    if fired != named[: len(fired)]:
        yield f"{ladder.role} fired {fired}, and its policy has {named}"
    if state is LadderState.EXHAUSTED and len(fired) < len(named):
        yield f"{ladder.role} was given up after {fired} of {named}"
    if state not in {LadderState.EXHAUSTED, LadderState.ACKNOWLEDGED, None}:
        yield f"{ladder.role} ended as {state}"


def _people(ladder: RoleLadder, activation: Activation, steps: Sequence[StepFired]) -> Iterator[str]:
    """Nobody is skipped but who has declined."""
    declined = {event.user for event in activation.answers if event.answer is Answer.DECLINE}
    reached = {(event.step, event.recipient) for event in activation.told(DeliveryStateChanged)}
    for number, step in enumerate(steps[: len(ladder.rule.rungs)]):
        wanted = ladder.paged_by(number)
        if (step.step, wanted) not in reached and wanted not in declined:
            yield f"{step.step} did not page {wanted}"


def _dues(ladder: RoleLadder, activation: Activation) -> Iterator[tuple[StepFired, datetime, bool]]:
    """Each fired step, when the wait before it was over, and whether it was to be fired at once instead."""
    opened = activation.told_routed_at()
    waits = [ladder.rule.change.first_wait, *(wait for _, wait, _ in ladder.rule.rungs)]
    people, name = {ladder.primary}, ""
    for number, step in enumerate(_steps(ladder, activation)[: len(ladder.rule.rungs)]):
        latest_clock = opened + timedelta(seconds=GRACE)
        clock = min(activation.accepted_at(name, people) or latest_clock, latest_clock)
        yield step, clock + timedelta(seconds=waits[number]), _hopeless(activation, name, people)
        opened, name, people = step.at, step.step, {ladder.paged_by(number)}


def _times(ladder: RoleLadder, activation: Activation) -> Iterator[str]:
    """A step is fired when the wait before it is over, or at once where nobody can be counted on to answer."""
    for step, due, at_once in _dues(ladder, activation):
        if step.at > due + LATEST:
            yield f"{step.step} was {(step.at - due).total_seconds():.1f} s late"
        if step.at < due and not at_once:
            yield f"{step.step} was {(due - step.at).total_seconds():.1f} s early, and nothing was lost or declined"


def lateness(ladder: RoleLadder, activation: Activation) -> list[float]:
    """Seconds by which each of a ladder's steps was late."""
    return [(step.at - due).total_seconds() for step, due, _ in _dues(ladder, activation)]


def _steps(ladder: RoleLadder, activation: Activation) -> list[StepFired]:
    fired = {event.step: event for event in activation.told(StepFired) if event.role == ladder.role}
    return sorted(fired.values(), key=lambda event: event.at)


def _hopeless(activation: Activation, step: str, people: set[str]) -> bool:
    declined = {event.user for event in activation.answers if event.answer is Answer.DECLINE}
    lost = {
        event.recipient for event in activation.told(DeliveryStateChanged) if event.step == step and event.state in LOST
    }
    return people <= declined | lost


def _silence(ladder: RoleLadder, activation: Activation, calls: Mapping[str, int]) -> Iterator[str]:
    """No call is started for a role whose acknowledgement is stored: its ladder ends after that."""
    ended = activation.acknowledged_at(ladder.role)
    if ended is None:
        return
    told = [event for event in activation.told(DeliveryStateChanged) if event.attempt and _role_of(event, ladder)]
    claimed = {(each.delivery, each.attempt): each.at for each in told if each.state is DeliveryState.SENDING}
    for event in told:
        late = (claimed.get((event.delivery, event.attempt), event.at) - ended).total_seconds()
        started = event.state in {DeliveryState.ACCEPTED, DeliveryState.UNKNOWN} and event.reason != LEASE_RAN_OUT
        if started and late > 0:
            page = event.step or "the first page"
            yield f"{page} sent {event.channel} to {event.recipient} {late:.1f} s after the end of {ladder.role}"
    in_time = Counter(delivery for (delivery, _), at in claimed.items() if at <= ended)
    for delivery in {event.delivery for event in told}:
        if calls.get(delivery, 0) > in_time[delivery]:
            yield f"{delivery} was called more often than it was claimed before the end of {ladder.role}"


def _role_of(event: DeliveryStateChanged, ladder: RoleLadder) -> bool:
    if event.step:
        return event.step.startswith(f"{ladder.role}~")
    return event.recipient in {ladder.primary, ladder.backup}
