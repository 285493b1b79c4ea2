"""Who may call, and when: claims, leases, copies, expiry and acknowledgements."""

import pytest

from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.record import DeliveryRecord
from functions.core.domain.delivering.states import State
from functions.core.domain.routing.lanes import LEASE, PROVIDER_TIMEOUT
from statline.contract.words import Channel, Priority
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery
from tests.unit.delivering.ward import OVER, Ward, seconds

SENDING, RETRYING, UNKNOWN, ACCEPTED = State.SENDING, State.RETRYING, State.UNKNOWN, State.ACCEPTED


def test_a_delivery_that_goes_well_is_claimed_called_and_accepted(ward: Ward) -> None:
    delivery = a_delivery()
    found_at_the_call: list[DeliveryRecord] = []
    ward.meanwhile = lambda called: found_at_the_call.append(ward.record_of(called))

    (verdict,) = ward.hand(delivery)

    (claim,) = found_at_the_call
    assert (claim.state, claim.owner, claim.lease_until) == (SENDING, "worker-1", NOON + LEASE)
    assert ward.provider.calls == [delivery]
    accepted = ward.record_of(delivery)
    assert (accepted.state, accepted.revision, accepted.lease_until, accepted.owner) == (ACCEPTED, 2, None, "")
    (attempt,) = accepted.attempts
    assert (attempt.number, attempt.at, attempt.provider, attempt.code, attempt.provider_id) == (
        1,
        NOON,
        "fcm",
        "accepted",
        "fcm-1",
    )
    assert (verdict.delivery, verdict.record, verdict.again_in, verdict.acted) == (delivery, accepted, None, True)


def test_a_batch_is_called_at_once_and_answered_in_its_order(ward: Ward) -> None:
    batch = [a_delivery(recipient=f"u-{number}") for number in range(10)]

    verdicts = ward.hand(*batch)

    assert ward.provider.calls == batch
    assert [verdict.delivery for verdict in verdicts] == batch
    assert {verdict.again_in for verdict in verdicts} == {None}


def test_an_empty_batch_writes_and_calls_nothing(ward: Ward) -> None:
    assert ward.hand() == []
    assert ward.states.history == []
    assert ward.provider.calls == []


@pytest.mark.parametrize("state", [State.ACCEPTED, State.DELIVERED, State.READ, State.UNDELIVERED])
def test_a_message_that_comes_again_after_its_end_is_only_deleted(ward: Ward, state: State) -> None:
    delivery = a_delivery()
    ward.hand(delivery)
    if state is not ACCEPTED:
        ward.states.write([ward.record_of(delivery).moved(state, ward.clock())])

    (again,) = ward.hand(delivery)

    assert (again.again_in, again.acted) == (None, False)
    assert ward.provider.calls_for(delivery) == 1
    assert ward.states_of(delivery)[-1] is state


def test_a_copy_that_arrives_while_a_lease_lives_waits_until_it_ends(ward: Ward) -> None:
    delivery = a_delivery()
    copies: list[object] = []

    def a_copy_comes(_: Delivery) -> None:
        ward.meanwhile = lambda _: None
        ward.clock.advance(2.5)
        copies.append(ward.hand_one(delivery))

    ward.meanwhile = a_copy_comes
    ward.hand(delivery)

    assert copies == [LEASE - seconds(2.5)]
    assert ward.provider.calls_for(delivery) == 1
    assert ward.states_of(delivery) == [SENDING, ACCEPTED]


def test_two_copies_in_one_batch_make_one_call(ward: Ward) -> None:
    copy, delivery = a_delivery(), a_delivery()

    verdicts = ward.hand(copy, delivery)

    assert ward.provider.calls == [delivery]
    assert [verdict.again_in for verdict in verdicts] == [LEASE, None]
    ward.clock.advance(OVER)
    assert ward.hand_one(copy) is None
    assert ward.provider.calls_for(delivery) == 1


def test_of_two_workers_that_claim_in_the_same_instant_one_calls(ward: Ward) -> None:
    delivery = a_delivery()
    others: list[object] = []

    def another_is_first(_: DeliveryRecord) -> None:
        ward.states.before_write = lambda _: None
        others.append(ward.hand_one(delivery))

    ward.states.before_write = another_is_first
    (verdict,) = ward.hand(delivery)

    assert others == [None]
    assert (verdict.again_in, verdict.acted) == (None, False)
    assert ward.provider.calls_for(delivery) == 1


def test_a_worker_that_is_overtaken_every_time_puts_the_message_back_without_a_call(ward: Ward) -> None:
    """Others keep writing the record; that ends by itself, and a call without a claim would be a second call."""
    delivery = a_delivery()
    ward.lose_a_worker(delivery)
    ward.clock.advance(OVER)
    calls = len(ward.provider.calls)

    def another_notes_something(record: DeliveryRecord) -> None:
        ward.states.stored[record.key] = ward.states.stored[record.key].noted(ward.clock())

    ward.states.before_write = another_notes_something

    assert ward.hand_one(delivery) == seconds(1)
    assert len(ward.provider.calls) == calls


def test_an_expired_delivery_is_never_sent(ward: Ward) -> None:
    delivery = a_delivery(expires_at=NOON)

    assert ward.hand_one(delivery) is None

    assert ward.provider.calls == []
    record = ward.record_of(delivery)
    assert (record.state, record.reason, record.attempt) == (State.EXPIRED, "expired_before_first_attempt", 0)


def test_a_delivery_that_expires_between_its_claim_and_its_call_is_not_sent(ward: Ward) -> None:
    delivery = a_delivery(expires_at=NOON + seconds(1))
    ward.states.before_write = lambda _: ward.clock.advance(1)

    assert ward.hand_one(delivery) is None

    assert ward.provider.calls == []
    assert ward.states_of(delivery) == [SENDING, State.EXPIRED]
    assert ward.record_of(delivery).reason == "expired_before_call"


def test_an_acknowledged_delivery_is_cancelled_and_not_called(ward: Ward) -> None:
    silenced, other_role, without_role = (
        a_delivery(recipient="u-1", roles=("leader",)),
        a_delivery(recipient="u-2", roles=("airway",)),
        a_delivery(recipient="u-3"),
    )
    ward.states.acknowledge(silenced)

    verdicts = ward.hand(silenced, other_role, without_role)

    assert ward.provider.calls == [other_role, without_role]
    assert ward.states_of(silenced) == [SENDING, State.CANCELLED]
    assert ward.record_of(silenced).reason == "acknowledged"
    assert [verdict.again_in for verdict in verdicts] == [None, None, None]


def test_an_acknowledgement_that_comes_during_the_claim_is_still_seen(ward: Ward) -> None:
    delivery = a_delivery(roles=("leader",))
    ward.states.before_write = lambda _: ward.states.acknowledge(delivery)

    ward.hand(delivery)

    assert ward.provider.calls == []
    assert ward.states_of(delivery)[-1] is State.CANCELLED


def test_an_acknowledgement_stops_the_next_attempt_of_a_lost_answer(ward: Ward) -> None:
    delivery = a_delivery(Channel.VOICE, Priority.STAT, roles=("leader",))
    ward.lose_a_worker(delivery)
    ward.states.acknowledge(delivery)
    ward.clock.advance(OVER)

    assert ward.hand_one(delivery) is None

    assert ward.provider.calls_for(delivery) == 1
    assert ward.states_of(delivery) == [SENDING, UNKNOWN, SENDING, State.CANCELLED]


def test_a_call_does_not_start_when_the_lease_may_end_before_its_answer(ward: Ward) -> None:
    delivery = a_delivery(priority=Priority.STAT)
    slow = (LEASE - PROVIDER_TIMEOUT).total_seconds() + 0.001
    advanced: list[float] = []

    def the_table_is_slow(_: DeliveryRecord) -> None:
        if not advanced:
            advanced.append(slow)
            ward.clock.advance(slow)

    ward.states.before_write = the_table_is_slow

    assert ward.hand_one(delivery) == seconds(0)

    assert ward.provider.calls == []
    record = ward.record_of(delivery)
    assert (record.state, record.reason, record.attempts[0].code) == (RETRYING, "not_started", "not_started")
    assert ward.hand_one(delivery) is None
    assert ward.provider.calls_for(delivery) == 1


def test_a_call_starts_while_its_answer_can_still_come_within_the_lease(ward: Ward) -> None:
    delivery = a_delivery()
    slow = (LEASE - PROVIDER_TIMEOUT).total_seconds()
    ward.states.before_write = lambda record: ward.clock.advance(slow if record.state is SENDING else 0)

    assert ward.hand_one(delivery) is None
    assert ward.provider.calls == [delivery]
