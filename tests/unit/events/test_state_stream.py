"""Which change of the state table makes which event, and which makes none."""

import json
from datetime import timedelta

import pytest

from functions.core.adapters.aws.dynamodb_values import to_item as plain_item
from functions.core.adapters.state.items import to_item
from functions.core.adapters.state.notification_items import item_of_refusal, items_of
from functions.core.adapters.state.stream import event_of
from functions.core.domain.delivering.record import DeliveryRecord, Worker, first_claim, first_record
from functions.core.domain.delivering.states import State
from functions.core.domain.routing.plan import Plan, RecipientTrouble, Trouble
from functions.core.domain.routing.refusals import SENTENCES, Fault, Reason, Refusal
from statline.contract.events import DeliveryStateChanged, Event, MessageRefused, NotificationRouted
from statline.contract.words import Channel, Kind, Priority
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery
from tests.fakes.stream import changes, deletion
from tests.unit.events.words import assert_keeps_to_its_schema

DELIVERY = a_delivery(Channel.SMS, Priority.STAT)
CLAIM = first_claim(DELIVERY, Worker("w-1", "sms", NOON))
ACCEPTED = CLAIM.with_outcome("accepted", "p-1").moved(State.ACCEPTED, NOON + timedelta(seconds=1))


def events(*records: DeliveryRecord) -> list[Event | None]:
    return [event_of(change) for change in changes([to_item(record) for record in records])]


def test_every_step_of_a_delivery_is_told_with_the_one_before_it() -> None:
    claimed, accepted = events(CLAIM, ACCEPTED)

    assert claimed == DeliveryStateChanged(
        tenant="northshore",
        notification="n-1",
        delivery=DELIVERY.key.id,
        recipient="u-17",
        channel=Channel.SMS,
        priority=Priority.STAT,
        state=State.SENDING,
        previous=None,
        revision=1,
        attempt=1,
        provider="sms",
        at=NOON,
    )
    assert isinstance(accepted, DeliveryStateChanged)
    assert (accepted.state, accepted.previous, accepted.revision) == (State.ACCEPTED, State.SENDING, 2)
    assert (accepted.provider, accepted.provider_id, accepted.reason) == ("sms", "p-1", "")
    assert accepted.at == NOON + timedelta(seconds=1)


@pytest.mark.parametrize("state", [State.FAILED, State.EXPIRED, State.CANCELLED])
def test_an_end_before_any_attempt_is_told_with_its_reason_and_no_provider(state: State) -> None:
    (event,) = events(first_record(DELIVERY, state, NOON, reason="why"))
    assert isinstance(event, DeliveryStateChanged)
    assert (event.state, event.previous, event.attempt, event.reason) == (state, None, 0, "why")
    assert (event.provider, event.provider_id) == ("", "")


def test_a_text_that_was_cut_says_so_in_every_event() -> None:
    cut = a_delivery(screen=DELIVERY.screen.model_copy(update={"cut": True}))
    (event,) = events(first_claim(cut, Worker("w-1", "fcm", NOON)))
    assert isinstance(event, DeliveryStateChanged)
    assert event.cut


def test_a_note_without_a_move_is_told_to_nobody() -> None:
    delivered = CLAIM.moved(State.DELIVERED, NOON)
    noted = delivered.with_outcome("accepted", "p-1").noted(NOON)
    assert events(CLAIM, delivered, noted)[-1] is None


def test_a_row_whose_time_is_over_is_told_to_nobody() -> None:
    for item in (to_item(ACCEPTED), *items_of(a_plan()), item_of_refusal(a_refusal())):
        assert event_of(deletion(item)) is None


def test_a_row_that_an_older_version_of_ours_does_not_know_is_told_to_nobody() -> None:
    item = plain_item({"pk": "T#northshore#N#n-1", "sk": "SOMETHING#new", "due_at": 1})
    assert [event_of(change) for change in changes([item, item])] == [None, None]


# Notifications


def a_plan(*, people: int = 1, troubles: tuple[RecipientTrouble, ...] = ()) -> Plan:
    return Plan(
        tenant="northshore",
        notification="n-1",
        digest="0" * 32,
        producer="ward-app",
        priority=Priority.STAT,
        kind=Kind.CODE,
        sent_at=NOON - timedelta(seconds=2),
        routed_at=NOON,
        expires_at=NOON + timedelta(hours=1),
        deliveries=tuple(
            a_delivery(channel, Priority.STAT, recipient=f"u-{number}", address=f"{number * 7919:0>40}")
            for number in range(people)
            for channel in (Channel.PUSH, Channel.SMS)
        ),
        troubles=troubles,
    )


@pytest.mark.parametrize("people", [1, 50, 500])
def test_a_routed_notification_is_told_once_however_large_its_plan_is(people: int) -> None:
    """In one row, compressed, or in parts that are written before it."""
    trouble = RecipientTrouble(recipient="team:stroke", trouble=Trouble.NOBODY_ON_SHIFT)

    found = [event_of(change) for change in changes(items_of(a_plan(people=people, troubles=(trouble,))))]

    assert found[:-1] == [None] * (len(found) - 1)
    routed = found[-1]
    assert isinstance(routed, NotificationRouted)
    assert (routed.tenant, routed.notification, routed.producer) == ("northshore", "n-1", "ward-app")
    assert (routed.recipients, routed.deliveries) == (people, {Channel.PUSH: people, Channel.SMS: people})
    assert [(each.recipient, each.trouble.value) for each in routed.troubles] == [("team:stroke", "nobody_on_shift")]
    assert (routed.kind, routed.priority) == (Kind.CODE, Priority.STAT)
    assert (routed.sent_at, routed.at) == (NOON - timedelta(seconds=2), NOON)
    assert_keeps_to_its_schema(routed)


def test_a_notification_that_leaves_the_watch_list_is_not_told_again() -> None:
    *parts, meta = items_of(a_plan())
    released = {name: value for name, value in meta.items() if name not in {"due_shard", "due_at"}}
    assert len(released) == len(meta) - 2

    found = [event_of(change) for change in changes([*parts, meta, released])]

    assert isinstance(found[-2], NotificationRouted)
    assert found[-1] is None


def test_a_notification_that_is_written_again_is_not_told_again() -> None:
    (item,) = items_of(a_plan())
    assert [event is None for event in map(event_of, changes([item, item]))] == [False, True]


# Refusals


def a_refusal(reason: Reason = Reason.INVALID) -> Refusal:
    return Refusal(
        message_id="m-1",
        reason=reason,
        at=NOON,
        lane=Priority.URGENT,
        producer="ward-app",
        tenant="northshore",
        notification="n-1",
        faults=(Fault("recipients.0.id", "must be a text"),),
        troubles=(("user:u-9", "unknown_recipient"),),
    )


@pytest.mark.parametrize("reason", Reason)
def test_a_refused_message_is_answered_with_a_sentence(reason: Reason) -> None:
    (change,) = changes([item_of_refusal(a_refusal(reason))])

    refused = event_of(change)

    assert isinstance(refused, MessageRefused)
    assert (refused.reason.value, refused.sentence) == (reason.value, SENTENCES[reason])
    assert (refused.message_id, refused.producer, refused.lane) == ("m-1", "ward-app", Priority.URGENT)
    assert [(fault.path, fault.rule) for fault in refused.faults] == [("recipients.0.id", "must be a text")]
    assert [(each.recipient, each.trouble.value) for each in refused.troubles] == [("user:u-9", "unknown_recipient")]
    assert_keeps_to_its_schema(refused)


def test_a_refusal_that_says_nothing_of_itself_is_answered_too() -> None:
    (change,) = changes([item_of_refusal(Refusal("m-1", Reason.NOT_JSON, NOON, Priority.ROUTINE))])
    refused = event_of(change)
    assert isinstance(refused, MessageRefused)
    assert (refused.tenant, refused.notification, refused.producer, refused.faults) == ("", "", "", ())
    assert_keeps_to_its_schema(refused)


def test_a_refusal_that_is_recorded_again_is_not_told_again() -> None:
    item = item_of_refusal(a_refusal())
    assert [event is None for event in map(event_of, changes([item, item]))] == [False, True]


def test_no_event_of_a_delivery_has_its_address_or_its_text() -> None:
    secret = a_delivery(
        address="+14165550188", screen=DELIVERY.screen.model_copy(update={"title": "Zephyrine", "body": "Zephyrine"})
    )
    (event,) = events(first_claim(secret, Worker("w-1", "fcm", NOON)))
    assert event is not None
    told = json.dumps(json.loads(event.model_dump_json()))
    assert "Zephyrine" not in told
    assert "5550188" not in told
