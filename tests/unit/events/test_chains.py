"""Whatever way a delivery takes through the table of transitions, its events make one chain."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from functions.core.adapters.state.items import to_item
from functions.core.adapters.state.stream import event_of
from functions.core.domain.delivering.record import DeliveryRecord, Worker, first_claim, first_record
from functions.core.domain.delivering.states import TRANSITIONS, State
from statline.contract.events import DeliveryStateChanged
from statline.contract.words import Channel, Priority
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery
from tests.fakes.stream import changes
from tests.unit.events.words import assert_keeps_to_its_schema

LONGEST = 40


@st.composite
def lives(draw: st.DrawFn) -> list[DeliveryRecord]:
    """Every record of one delivery: moves that the table allows, with notes of a late word in between."""
    delivery = a_delivery(draw(st.sampled_from(Channel)), draw(st.sampled_from(Priority)))
    now = NOON
    first = draw(st.sampled_from(sorted(TRANSITIONS[None])))
    claimed = first is State.SENDING
    records = [first_claim(delivery, Worker("w-0", "p", now)) if claimed else first_record(delivery, first, now)]
    while len(records) < LONGEST and (ways := sorted(TRANSITIONS[records[-1].state])):
        last, now = records[-1], now + timedelta(seconds=draw(st.sampled_from([0, 0.001, 7])))
        if draw(st.booleans()) and last.attempts:
            records.append(last.with_outcome("accepted", f"p-{len(records)}").noted(now))
            continue
        to = draw(st.sampled_from(ways))
        records.append(
            last.claimed(Worker(f"w-{len(records)}", "p", now))
            if to is State.SENDING
            else last.with_outcome("code").moved(to, now, reason=draw(st.sampled_from(["", "code"])))
        )
    return records


def events_of(records: list[DeliveryRecord]) -> list[DeliveryStateChanged | None]:
    found = [event_of(change) for change in changes([to_item(record) for record in records])]
    return [event if event is None or isinstance(event, DeliveryStateChanged) else None for event in found]


@given(lives())
def test_every_move_is_told_and_nothing_else(records: list[DeliveryRecord]) -> None:
    moved = [True, *(a.state is not b.state for a, b in pairwise(records))]
    assert [event is not None for event in events_of(records)] == moved


@given(lives())
def test_each_event_begins_where_the_one_before_ended(records: list[DeliveryRecord]) -> None:
    told = [event for event in events_of(records) if event is not None]
    assert [event.previous for event in told] == [None, *(event.state for event in told[:-1])]
    assert all(event.state.value in {s.value for s in TRANSITIONS[_state(event)]} for event in told)


def _state(event: DeliveryStateChanged) -> State | None:
    return State(event.previous.value) if event.previous else None


@given(lives())
def test_the_events_of_a_delivery_can_be_put_in_order_and_keep_to_their_schema(records: list[DeliveryRecord]) -> None:
    told = [event for event in events_of(records) if event is not None]
    revisions = [event.revision for event in told]
    assert revisions == sorted(set(revisions))
    attempts = [event.attempt for event in told]
    assert attempts == sorted(attempts)
    assert {event.delivery for event in told} == {records[0].key.id}
    for event in told:
        assert_keeps_to_its_schema(event)


@given(lives())
def test_a_row_is_read_as_it_was_written(records: list[DeliveryRecord]) -> None:
    last = records[-1]
    (*_, event) = [event for event in events_of(records) if event is not None]
    assert (event.state, event.attempt) == (last.state, last.attempt)
