"""What ``statline show`` says of an activation: its roles, who is coming, and how far each ladder is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from functions.core.adapters.state.acknowledgement_table import AcknowledgementTable
from functions.core.adapters.state.ladder_table import LadderTable
from functions.core.adapters.state.notification_table import NotificationTable
from functions.core.domain.answers.acknowledgement import Acknowledgement, Answers
from functions.core.domain.escalation.activation import LadderPlan
from functions.core.domain.escalation.ladder import Ladder
from functions.core.domain.escalation.step_name import ANYBODY, step_id
from functions.core.domain.routing.plan import Plan
from statline.contract.words import Answer, LadderState

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ENDS: Mapping[LadderState, str] = {
    LadderState.EXHAUSTED: "NOBODY IS COMING: all steps are climbed",
    LadderState.EXPIRED: "NOBODY IS COMING: its time is over",
    LadderState.STOOD_DOWN: "stood down",
}


@dataclass(frozen=True, slots=True)
class ActivationFound:
    """An activation as it is now. ``steps``: the plans of the steps that were fired, in the order of the ladders."""

    plan: Plan
    ladders: Sequence[Ladder]
    answers: Answers
    steps: Sequence[Plan]


def find_activation(client: "DynamoDBClient", table: str, plan: Plan) -> ActivationFound | None:
    """The activation behind a plan; None where nobody has to acknowledge it."""
    if plan.activation is None:
        return None
    ladders = LadderTable(client, table).of(plan.tenant, plan.notification)
    reached = {ladder.role: ladder.at for ladder in ladders}
    names = [ladder.name(at) for ladder in plan.activation.ladders for at in range(1, reached.get(ladder.role, 0) + 1)]
    notifications = NotificationTable(client, table)
    steps = (notifications.find(plan.tenant, step_id(plan.notification, name)) for name in names)
    answers = AcknowledgementTable(client, table).of(plan.tenant, plan.notification)
    return ActivationFound(plan, ladders, answers, [step for step in steps if step is not None])


def activation_lines(found: ActivationFound, now: datetime) -> Iterator[str]:
    """The activation in words, a line for each role and for each person who answered."""
    activation = found.plan.activation
    if activation is None:
        return
    yield f"answer with the code {activation.code}"
    if found.answers.stood_down is not None:
        called_off = found.answers.stood_down
        yield f"stood down by {called_off.producer} {_time(called_off.at)}"
    ladders = {ladder.role: ladder for ladder in found.ladders}
    covered = {each.role: each for each in found.answers.acknowledgements}
    for planned in activation.ladders:
        yield f"role {_role(planned)}: {_standing(planned, ladders.get(planned.role), covered.get(planned.role), now)}"
    for word in sorted(found.answers.words, key=lambda each: each.at):
        verb = "is coming" if word.answer is Answer.ACCEPT else "declined"
        yield f"{word.user} {verb} ({word.via}, {_time(word.at)})"


def _role(planned: LadderPlan) -> str:
    return "any (one is enough)" if planned.role == ANYBODY else planned.role


def _standing(planned: LadderPlan, ladder: Ladder | None, covered: Acknowledgement | None, now: datetime) -> str:
    if covered is not None:
        return f"covered by {covered.user} ({covered.via}, {_time(covered.at)})"
    if ladder is not None and not ladder.climbing:
        return _ENDS.get(ladder.state, ladder.state)
    people = f"{len(planned.people)} paged at first" if planned.people else "nobody could be paged at first"
    if ladder is None or not planned.rungs:
        return f"OPEN, {people}"
    left = max(round((ladder.due_at - now).total_seconds()), 0)
    step = f"step {ladder.at} of {len(planned.rungs)}"
    following = f"the next one in {left} s" if ladder.at < len(planned.rungs) else f"ends in {left} s"
    return f"OPEN, {people}, {step}, {following}"


def _time(moment: datetime) -> str:
    return f"{moment:%H:%M:%S}Z"
