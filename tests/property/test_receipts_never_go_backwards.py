"""Receipts in any order, any number of times, beside any number of attempts: no state ever moves backwards.

The order is told here in plain words and not by the table of transitions: what a delivery has come to is ranked, and
nothing that comes back may lower the rank, or end an attempt that it is not of.
"""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.record import DeliveryRecord, Worker, first_claim
from functions.core.domain.delivering.states import State
from functions.core.domain.receipts.receipt_states import NOT_YET, Receipt, after_receipt
from statline.contract.words import Channel, Priority
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery

TEXT: Delivery = a_delivery(Channel.SMS, Priority.STAT)
HEARD = (State.DELIVERED, State.READ, State.UNDELIVERED)
RANK = {
    State.SENDING: 0,
    State.RETRYING: 0,
    State.UNKNOWN: 0,
    State.ACCEPTED: 1,
    State.UNDELIVERED: 2,
    State.DELIVERED: 2,
    State.READ: 3,
    State.FAILED: 4,
    State.EXPIRED: 4,
    State.CANCELLED: 4,
}
OPEN = (State.SENDING, State.RETRYING, State.UNKNOWN)

attempts = st.lists(
    st.tuples(st.sampled_from(["sms", "twilio"]), st.booleans(), st.sampled_from([State.UNKNOWN, State.RETRYING])),
    max_size=3,
)
ends = st.sampled_from([None, State.ACCEPTED, State.UNKNOWN, State.RETRYING, State.FAILED, State.EXPIRED])
receipts = st.lists(
    st.tuples(st.sampled_from(HEARD), st.integers(1, 5), st.sampled_from(["sms", "twilio", ""])), max_size=12
)


def a_record(before: list[tuple[str, bool, State]], end: State | None) -> DeliveryRecord:
    """A record with so many attempts that came to nothing, and a latest one that came to ``end``, or is under way."""
    record = first_claim(TEXT, Worker("w-1", "sms", NOON))
    for provider, named, became in before:
        record = record.with_outcome("code", f"p-{record.attempt}" if named else "")
        record = record.moved(became, NOON).claimed(Worker("w", provider, NOON))
    if end is None:
        return record
    return record.with_outcome("code", f"p-{record.attempt}" if end is State.ACCEPTED else "").moved(end, NOON)


@given(attempts, ends, receipts)
def test_no_receipt_moves_a_state_backwards_or_ends_what_it_is_not_of(
    before: list[tuple[str, bool, State]], end: State | None, heard: list[tuple[State, int, str]]
) -> None:
    record = a_record(before, end)
    for state, number, provider in heard:
        receipt = Receipt(TEXT.key, state, NOON + timedelta(seconds=1), provider, f"p-{number}" if provider else "")
        step = after_receipt(record, receipt, NOON + timedelta(seconds=2))
        if step is NOT_YET or not isinstance(step, DeliveryRecord):
            continue
        assert step.revision == record.revision + 1
        assert RANK[step.state] >= RANK[record.state]
        assert step.attempt == record.attempt
        if step.state is State.UNDELIVERED and record.state is not State.UNDELIVERED:
            assert record.attempts[-1].provider == provider
            assert record.attempts[-1].provider_id in {"", f"p-{number}"}
            assert not [each for each in record.attempts[:-1] if each.provider_id == f"p-{number}"]
        record = step


@given(attempts, ends, st.permutations([State.DELIVERED, State.READ, State.UNDELIVERED, State.DELIVERED, State.READ]))
def test_a_person_who_has_read_it_has_read_it_whatever_else_is_heard_in_whichever_order(
    before: list[tuple[str, bool, State]], end: State | None, order: list[State]
) -> None:
    record = a_record(before, end)
    reached = record.state in OPEN or record.state is State.ACCEPTED
    undelivered_first = next(state for state in order if state is not State.READ) is State.UNDELIVERED
    for state in order:
        latest = record.attempts[-1]
        receipt = Receipt(TEXT.key, state, NOON, latest.provider, latest.provider_id)
        step = after_receipt(record, receipt, NOON)
        record = step if isinstance(step, DeliveryRecord) else record
    if not reached:
        assert record.state is end
    elif record.state is not State.READ:
        # It was told first, of the latest attempt, that it could not be delivered: that ended it.
        assert record.state is State.UNDELIVERED
        assert undelivered_first
