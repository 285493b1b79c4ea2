"""A roll call: a test page to a team, and what came of it. Pure.

Nobody's role is covered by it and nothing climbs: each person is asked, and each one's silence is told.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from functions.core.domain.answers.acknowledgement import Answers
from functions.core.domain.delivering.delivery import DeliveryKey, digest
from functions.core.domain.delivering.record import DeliveryRecord
from functions.core.domain.delivering.states import State
from functions.core.domain.escalation.activating import PERSON
from functions.core.domain.routing.plan import Plan
from statline.contract.notification import Content, Notification, TeamRecipient
from statline.contract.words import (
    Answer,
    Channel,
    Kind,
    Priority,
    RecipientProblem,
    RollCallProblem,
    RollCallStanding,
    Sensitivity,
)

LIFE = timedelta(hours=1)
"""How long a roll call may still be delivered and answered."""
PRIORITY = Priority.URGENT
"""Loud enough to be heard, and no stat: a test must not stand before a code."""
_LONGEST_TEAM = 90
"""What of an id of 128 characters is left for the team's."""

PROBLEMS: Mapping[str, RollCallProblem] = {
    "unregistered": RollCallProblem.DEAD_DEVICE,
    "invalid_token": RollCallProblem.DEAD_DEVICE,
    "opted_out": RollCallProblem.OPTED_OUT,
    "number_not_verified": RollCallProblem.UNVERIFIED,
    # Told in a callback, after Twilio had taken the text over.
    "twilio_21610": RollCallProblem.OPTED_OUT,
    "twilio_21608": RollCallProblem.UNVERIFIED,
}
"""What the reason of a FAILED or UNDELIVERED delivery means, where it is the person's own to mend."""
_PHONES = frozenset({Channel.SMS, Channel.VOICE})
_SENT = frozenset({State.ACCEPTED, State.DELIVERED, State.READ})
_NOT_YET = frozenset({State.SENDING, State.RETRYING, State.UNKNOWN})
_ORDER: Mapping[RollCallStanding, int] = {
    RollCallStanding.UNREACHABLE: 0,
    RollCallStanding.SILENT: 1,
    RollCallStanding.DECLINED: 2,
    RollCallStanding.ACKNOWLEDGED: 3,
}

Records = Mapping[DeliveryKey, DeliveryRecord | None]


@dataclass(frozen=True, slots=True)
class Called:
    """One person of a roll call: how they stand, and what is wrong with their ways."""

    user: str
    standing: RollCallStanding
    problems: tuple[RollCallProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class RollCall:
    """A roll call as it stands. ``people``: those who need somebody's care first, then by name."""

    tenant: str
    notification: str
    people: tuple[Called, ...]

    def count(self, standing: RollCallStanding) -> int:
        """How many people stand so."""
        return sum(person.standing is standing for person in self.people)

    @property
    def over(self) -> bool:
        """Whether everybody has answered, or cannot be reached: waiting longer shows nothing new."""
        return self.count(RollCallStanding.SILENT) == 0


def roll_call_id(team: str, moment: datetime) -> str:
    """The notification's id of a team's roll call in a minute. A team has one in a minute at most."""
    name = team if len(team) <= _LONGEST_TEAM else digest("team", team)
    return f"roll-call.{name}.{moment.astimezone(UTC):%Y%m%dT%H%MZ}"


def roll_call_of(tenant: str, team: str, moment: datetime, sent_at: datetime) -> Notification:
    """The notification that asks a team to answer. ``moment`` names it, ``sent_at`` is when it is sent."""
    return Notification(
        tenant=tenant,
        id=roll_call_id(team, moment),
        kind=Kind.ROLL_CALL,
        priority=PRIORITY,
        recipients=(TeamRecipient(type="team", id=team),),
        content=Content(
            sensitivity=Sensitivity.OPERATIONAL,
            title="Roll call: this is a test",
            body="Accept, so that we know that a code would reach you.",
        ),
        sent_at=sent_at,
        expires_at=sent_at + LIFE,
    )


def roll_call_in(plan: Plan, records: Records, answers: Answers) -> RollCall:
    """How everybody who was called stands, by what is stored now."""
    accepted, declined = _said(answers)
    found = []
    for user in _people(plan):
        keys = [delivery.key for delivery in plan.deliveries if delivery.key.recipient == user]
        problems = tuple(dict.fromkeys((*_missing(plan, keys), *_failed(keys, records))))
        found.append(Called(user, _standing(user, keys, records, accepted, declined), problems))
    found.sort(key=lambda person: (_ORDER[person.standing], person.user))
    return RollCall(plan.tenant, plan.notification, tuple(found))


def _said(answers: Answers) -> tuple[set[str], set[str]]:
    """Who accepted, and who declined and did not accept before."""
    roles = (each.role for each in answers.acknowledgements)
    accepted = {role.removeprefix(PERSON) for role in roles if role.startswith(PERSON)}
    accepted |= {word.user for word in answers.words if word.answer is Answer.ACCEPT}
    return accepted, {word.user for word in answers.words} - accepted


def _people(plan: Plan) -> list[str]:
    """Everybody who was called, also those whom nothing could be sent to."""
    ladders = plan.activation.ladders if plan.activation else ()
    named = [ladder.role.removeprefix(PERSON) for ladder in ladders if ladder.role.startswith(PERSON)]
    without = [
        each.recipient.removeprefix("user:")
        for each in plan.troubles
        if each.trouble is RecipientProblem.NO_ENDPOINT and each.recipient.startswith("user:")
    ]
    return list(dict.fromkeys([*named, *(delivery.key.recipient for delivery in plan.deliveries), *without]))


def _missing(plan: Plan, keys: Sequence[DeliveryKey]) -> Iterator[RollCallProblem]:
    """What a person lacks. The app everybody should have; a phone, where the roll call takes phones."""
    there = {key.channel for key in keys}
    pushes = plan.activation is None or Channel.PUSH in plan.activation.screens
    phones = any(delivery.key.channel in _PHONES for delivery in plan.deliveries)
    if pushes and Channel.PUSH not in there:
        yield RollCallProblem.NO_DEVICE
    if not there & _PHONES and (phones or not keys):
        yield RollCallProblem.NO_PHONE


def _failed(keys: Iterable[DeliveryKey], records: Records) -> Iterator[RollCallProblem]:
    for key in keys:
        record = records.get(key)
        if record is None or record.state in _SENT | _NOT_YET or record.state is State.CANCELLED:
            continue
        if record.state is State.UNDELIVERED:
            yield PROBLEMS.get(record.reason, RollCallProblem.NOT_DELIVERED)
        else:
            yield PROBLEMS.get(record.reason, RollCallProblem.NOT_SENT)


def _standing(
    user: str, keys: Sequence[DeliveryKey], records: Records, accepted: Iterable[str], declined: Iterable[str]
) -> RollCallStanding:
    if user in accepted:
        return RollCallStanding.ACKNOWLEDGED
    if user in declined:
        return RollCallStanding.DECLINED
    states = [record.state if (record := records.get(key)) else None for key in keys]
    may_come = any(state is None or state in _SENT | _NOT_YET for state in states)
    return RollCallStanding.SILENT if may_come else RollCallStanding.UNREACHABLE
