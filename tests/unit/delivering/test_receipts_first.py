"""A receipt may overtake our own word: what the late word then adds."""

import pytest

from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.outcomes import Accepted, NeverRetry, Outcome, RetryLater, Unknown
from functions.core.domain.delivering.states import State
from statline.contract.words import Channel
from tests.fakes.deliveries import a_delivery
from tests.unit.delivering.ward import Ward

RECEIPTS = [State.DELIVERED, State.READ, State.UNDELIVERED]


def receipt_during_the_call(ward: Ward, state: State) -> None:
    def arrive(delivery: Delivery) -> None:
        ward.states.write([ward.record_of(delivery).moved(state, ward.clock())])

    ward.meanwhile = arrive


@pytest.mark.parametrize("receipt", RECEIPTS)
def test_a_late_acceptance_after_a_receipt_only_adds_the_providers_id(ward: Ward, receipt: State) -> None:
    delivery = a_delivery(Channel.SMS)
    receipt_during_the_call(ward, receipt)

    (verdict,) = ward.hand(delivery)

    assert ward.states_of(delivery) == [State.SENDING, receipt, receipt]
    record = ward.record_of(delivery)
    assert (record.attempts[0].provider_id, record.attempts[0].code) == ("fcm-1", "accepted")
    assert (verdict.again_in, verdict.record) == (None, record)


@pytest.mark.parametrize("late", [Unknown("timed_out"), RetryLater("throttled"), NeverRetry("opted_out")])
@pytest.mark.parametrize("receipt", RECEIPTS)
def test_no_other_late_answer_changes_what_a_receipt_has_said(ward: Ward, receipt: State, late: Outcome) -> None:
    delivery = a_delivery(Channel.SMS)
    ward.provider.answer(late)
    receipt_during_the_call(ward, receipt)

    (verdict,) = ward.hand(delivery)

    assert ward.states_of(delivery) == [State.SENDING, receipt]
    assert verdict.again_in is None


def test_what_is_added_after_a_receipt_is_added_to_the_newest_record(ward: Ward) -> None:
    """DELIVERED and READ come close together: the second receipt may be written while we add to the first."""
    delivery = a_delivery(Channel.SMS)
    receipt_during_the_call(ward, State.DELIVERED)
    seen: list[State] = []

    def read_meanwhile(record: object) -> None:
        stored = ward.states.stored.get(delivery.key)
        if stored is not None and stored.state is State.DELIVERED and not seen:
            seen.append(stored.state)
            ward.states.write([stored.moved(State.READ, ward.clock())])

    ward.provider.answer(Accepted("p-7"))
    ward.states.before_write = read_meanwhile

    ward.hand(delivery)

    record = ward.record_of(delivery)
    assert (record.state, record.attempts[0].provider_id) == (State.READ, "p-7")
