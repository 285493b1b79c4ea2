"""Take down what a person says to an activation. One use case, for a key, a text and the app.

It writes the acceptance of every role that the person was paged for, where nobody has accepted it yet; then the
person's word; then it sends a look, which does all the rest. Each step may be repeated without harm:

    died before              is found next time              and ends as
    all roles are accepted   some of them, by this person    the rest of them
    the word is noted        all of them                     the same word
    the look is sent         everything                      one more look, which changes nothing twice

Of one person the latest word counts: an earlier one that comes after it stands for nothing of its own. An acceptance
that a person took back before it came would else cover a role for which nobody comes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from functions.core.domain.answers.acknowledgement import Acknowledgement, Answers, Word
from functions.core.domain.answers.replies import Result, Said
from functions.core.domain.errors import QueueUnavailableError
from functions.core.domain.escalation.ladder import Look
from functions.core.domain.escalation.step_name import step_id
from functions.core.domain.ports.clock import Clock
from functions.core.domain.ports.escalation import Acknowledgements, Escalation, Ladders
from functions.core.domain.ports.routing import Notifications
from functions.core.domain.routing.plan import Plan
from statline.contract.words import Answer, Via


class UnseenAnswerError(QueueUnavailableError):
    """An answer is stored, and no look was sent: the next timer or sweep sees it. ``said``: what is true already."""

    def __init__(self, said: Said) -> None:
        super().__init__("the escalation queue took no look at an answer that is stored")
        self.said = said


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """The use case, with its ports."""

    notifications: Notifications
    ladders: Ladders
    acknowledgements: Acknowledgements
    escalation: Escalation
    clock: Clock

    def __call__(
        self, tenant: str, activation: str, user: str, answer: Answer, via: Via, *, said_at: datetime | None = None
    ) -> Said:
        """Take down one answer; the same one again changes nothing.

        said_at: when the person said so, where it is known: an answer that comes late replaces no later one.
        Raises `StoreUnavailableError`, `UnseenAnswerError`: the answer is to be taken down again.
        """
        plan = self.notifications.find(tenant, activation)
        roles = tuple(dict.fromkeys(self._roles_of(user, plan))) if plan else ()
        if plan is None or plan.activation is None or not roles:
            return Said(Result.NOT_PAGED)
        at = _within(said_at, plan.routed_at, self.clock())
        heard = self.acknowledgements.of(tenant, activation)
        word = _latest(Word(tenant, activation, user, roles, answer, via, at), heard)
        result, covers = self._heard(word, plan, heard)
        said = Said(result, covers or roles, plan.activation.code)
        try:
            self.escalation.look([Look(tenant, activation)])
        except QueueUnavailableError as cause:
            raise UnseenAnswerError(said) from cause
        return said

    def _heard(self, word: Word, plan: Plan, before: Answers) -> tuple[Result, tuple[str, ...]]:
        """Store what follows from a word; answer its result, and the roles that the person has."""
        held = tuple(each.role for each in before.acknowledgements if each.user == word.user)
        if before.stood_down is not None or self.clock() >= plan.expires_at:
            self.acknowledgements.note(word)
            return Result.OVER, held
        if word.answer is Answer.DECLINE:
            self.acknowledgements.note(word)
            return (Result.HELD if held else Result.DECLINED), held
        stored = [self.acknowledgements.acknowledge(_acceptance(word, role)) for role in word.roles]
        self.acknowledgements.note(word)
        covers = tuple(each.role for each in stored if each.user == word.user)
        return (Result.FIRST if covers else Result.LATE), covers

    def _roles_of(self, user: str, plan: Plan) -> Iterator[str]:
        """The roles that a person was paged for, at first or by a step that was climbed.

        A step's plan is kept before its ladder says that it was climbed: so the one after the position counts, too.
        """
        yield from _roles_in(plan, user)
        if plan.activation is None:
            return
        climbed = {ladder.role: ladder.at for ladder in self.ladders.of(plan.tenant, plan.notification)}
        for ladder in plan.activation.ladders:
            for at in range(1, min(climbed.get(ladder.role, 0) + 1, len(ladder.rungs)) + 1):
                step = self.notifications.find(plan.tenant, step_id(plan.notification, ladder.name(at)))
                yield from _roles_in(step, user) if step else ()


def _roles_in(plan: Plan, user: str) -> Iterator[str]:
    for delivery in plan.deliveries:
        if delivery.key.recipient == user:
            yield from delivery.roles


def _latest(word: Word, heard: Answers) -> Word:
    """A person's word, or the one that the same person is known to have said after it."""
    return next((each for each in heard.words if each.user == word.user and each.at > word.at), word)


def _acceptance(word: Word, role: str) -> Acknowledgement:
    return Acknowledgement(word.tenant, word.activation, role, word.user, word.via, word.at)


def _within(said_at: datetime | None, earliest: datetime, now: datetime) -> datetime:
    """When it was said: a phone's clock may be wrong, but not before the page, nor ahead of us."""
    return now if said_at is None else max(min(said_at, now), min(earliest, now))
