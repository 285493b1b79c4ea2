"""What the producer hears of an activation: who covers a role, who answered, which step was fired, and how it ended."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.core.adapters.aws.dynamodb_values import Item
from functions.core.adapters.state.acknowledgement_items import (
    item_of_acknowledgement,
    item_of_stand_down,
    item_of_word,
)
from functions.core.adapters.state.items import to_item
from functions.core.adapters.state.ladder_items import item_of_ladder
from functions.core.adapters.state.notification_items import items_of
from functions.core.adapters.state.stream import EVENTFUL, event_of
from functions.core.domain.answers.acknowledgement import Acknowledgement, StoodDown, Word
from functions.core.domain.delivering.record import Worker, first_claim
from functions.core.domain.escalation.activation import Activation, LadderPlan
from functions.core.domain.escalation.ladder import Ladder
from functions.core.domain.escalation.step_name import StepName, reply_id, stand_down_id, step_id
from functions.core.domain.routing.plan import Plan, RecipientTrouble, Trouble
from statline.contract.events import (
    ActivationAnswered,
    ActivationStoodDown,
    DeliveryStateChanged,
    Event,
    LadderEnded,
    NotificationRouted,
    RoleCovered,
    RolePaged,
    StepFired,
)
from statline.contract.words import Answer, Channel, Kind, LadderState, Priority, Via
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery
from tests.fakes.stream import changes
from tests.unit.events.words import assert_keeps_to_its_schema

LADDER = Ladder(
    tenant="northshore",
    activation="n-1",
    role="leader",
    state=LadderState.CLIMBING,
    revision=1,
    at=0,
    opened_at=NOON,
    due_at=NOON + timedelta(minutes=1),
    wake_at=NOON + timedelta(seconds=5),
    changed_at=NOON,
    expires_at=NOON + timedelta(hours=1),
)
STEP = step_id("n-1", StepName("leader", 1, 2))


def a_plan(notification: str = "n-1", activation: Activation | None = None) -> Plan:
    delivery = a_delivery(Channel.VOICE, Priority.STAT, notification=notification, roles=("leader",))
    return Plan(
        tenant="northshore",
        notification=notification,
        digest="0" * 32,
        producer="northshore-ehr",
        priority=Priority.STAT,
        kind=Kind.CODE,
        sent_at=NOON,
        routed_at=NOON,
        expires_at=NOON + timedelta(hours=1),
        deliveries=(delivery,),
        troubles=(RecipientTrouble(recipient="role:airway", trouble=Trouble.NOBODY_ON_SHIFT),),
        activation=activation,
    )


def told(*items: Item) -> list[Event | None]:
    return [event_of(change) for change in changes(list(items))]


def test_an_activation_is_told_with_its_roles_and_those_that_nobody_was_paged_for() -> None:
    ladders = (LadderPlan(role="leader", people=("u-1", "u-2")), LadderPlan(role="airway"))
    (event,) = told(*items_of(a_plan(activation=Activation(code="7Q4", ladders=ladders))))

    assert isinstance(event, NotificationRouted)
    assert event.code == "7Q4"
    assert event.roles == (RolePaged(role="leader", people=2), RolePaged(role="airway", people=0))
    assert_keeps_to_its_schema(event)


def test_a_step_is_told_as_its_activations() -> None:
    (event,) = told(*items_of(a_plan(STEP)))

    assert isinstance(event, StepFired)
    assert (event.notification, event.role, event.step, event.people) == ("n-1", "leader", "leader~1~2", 1)
    assert_keeps_to_its_schema(event)


def test_a_steps_delivery_is_told_under_the_producers_own_id() -> None:
    (event,) = told(to_item(first_claim(a_plan(STEP).deliveries[0], Worker("w-1", "connect", NOON))))

    assert isinstance(event, DeliveryStateChanged)
    assert (event.notification, event.step) == ("n-1", "leader~1~2")


def test_neither_the_notice_of_a_stand_down_nor_our_answer_to_a_text_is_news() -> None:
    answer = a_delivery(Channel.SMS, Priority.STAT, notification=reply_id("m-1"))

    assert told(*items_of(a_plan(stand_down_id("n-1")))) == [None]
    assert told(to_item(first_claim(answer, Worker("w-1", "sms", NOON)))) == [None]


def test_the_first_of_a_role_is_told() -> None:
    (event,) = told(item_of_acknowledgement(Acknowledgement("northshore", "n-1", "leader", "u-1", Via.KEY, NOON)))

    assert event == RoleCovered(
        tenant="northshore", notification="n-1", role="leader", user="u-1", via=Via.KEY, at=NOON
    )


def test_a_change_of_mind_is_news_and_the_same_word_again_is_none() -> None:
    coming = Word("northshore", "n-1", "u-1", ("leader",), Answer.ACCEPT, Via.APP, NOON)
    again = replace(coming, via=Via.SMS, at=NOON + timedelta(seconds=9))
    first, second, third = told(*map(item_of_word, (coming, again, replace(again, answer=Answer.DECLINE))))

    assert isinstance(first, ActivationAnswered)
    assert (first.user, first.roles, first.answer, first.via) == ("u-1", ("leader",), Answer.ACCEPT, Via.APP)
    assert second is None
    assert isinstance(third, ActivationAnswered)
    assert third.answer is Answer.DECLINE


@pytest.mark.parametrize("state", [state for state in LadderState if state is not LadderState.CLIMBING])
def test_the_end_of_a_ladder_is_told_once_with_the_steps_that_it_had(state: LadderState) -> None:
    ended = replace(LADDER, state=state, revision=2, at=3)
    opened, end, again = told(*map(item_of_ladder, (LADDER, ended, replace(ended, revision=3))))

    assert opened is None
    assert isinstance(end, LadderEnded)
    assert (end.role, end.state, end.steps) == ("leader", state, 3)
    assert again is None
    assert_keeps_to_its_schema(end)


def test_somebody_who_comes_after_the_last_step_is_told_of_as_another_end() -> None:
    exhausted = replace(LADDER, state=LadderState.EXHAUSTED, revision=2)
    _, late = told(*map(item_of_ladder, (exhausted, replace(exhausted, state=LadderState.ACKNOWLEDGED, revision=3))))

    assert isinstance(late, LadderEnded)
    assert late.state is LadderState.ACKNOWLEDGED


def test_a_ladder_that_climbs_is_no_news_of_its_own() -> None:
    assert told(item_of_ladder(LADDER), item_of_ladder(replace(LADDER, revision=2, at=1)))[1] is None


def test_a_stand_down_is_told_with_who_wanted_it() -> None:
    (event,) = told(item_of_stand_down(StoodDown("northshore", "n-1", "northshore-ehr", NOON)))

    assert event == ActivationStoodDown(tenant="northshore", notification="n-1", producer="northshore-ehr", at=NOON)


def test_every_row_that_is_told_of_begins_as_the_streams_filter_says() -> None:
    rows = [
        *items_of(a_plan()),
        to_item(first_claim(a_plan().deliveries[0], Worker("w-1", "connect", NOON))),
        item_of_ladder(LADDER),
        item_of_stand_down(StoodDown("northshore", "n-1", "northshore-ehr", NOON)),
    ]

    assert all(row["sk"]["S"].startswith(EVENTFUL) for row in rows)
