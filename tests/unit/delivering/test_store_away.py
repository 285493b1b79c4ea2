"""A state table that does not answer: no call without a claim, and no second call without UNKNOWN."""

import pytest

from functions.core.domain.delivering.outcomes import NeverRetry
from functions.core.domain.delivering.record import DeliveryRecord
from functions.core.domain.delivering.states import State
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.routing.lanes import LANES
from statline.contract.words import Channel, Priority
from tests.fakes.deliveries import a_delivery, a_fallback
from tests.unit.delivering.ward import OVER, Ward

UNTIL_ANOTHER_WORKER = {lane: LANES[lane].visibility for lane in Priority}


def test_while_the_state_table_is_away_nobody_is_called(ward: Ward) -> None:
    ward.states.away = True

    with pytest.raises(StoreUnavailableError):
        ward.hand(a_delivery(), a_delivery(recipient="u-2"))

    assert ward.provider.calls == []
    ward.states.away = False
    assert ward.hand_one(a_delivery()) is None


@pytest.mark.parametrize("lane", Priority)
def test_a_claim_without_an_answer_does_not_cost_its_neighbours_their_call(ward: Ward, lane: Priority) -> None:
    """Their claims stand: uncalled they would be UNKNOWN, and a calmer text would never be sent."""
    throttled, *others = [a_delivery(Channel.SMS, lane, recipient=f"u-{number}") for number in range(10)]
    ward.states.unanswered = {throttled.key}

    verdicts = ward.hand(throttled, *others)

    assert ward.provider.calls == others
    assert [verdict.again_in for verdict in verdicts] == [UNTIL_ANOTHER_WORKER[lane], *[None] * 9]
    assert not verdicts[0].acted
    ward.states.unanswered.clear()
    assert ward.hand_one(throttled) is None
    assert ward.provider.calls_for(throttled) == 1


def test_an_outcome_without_an_answer_does_not_hold_up_its_neighbours(ward: Ward) -> None:
    unlucky, other = a_delivery(recipient="u-1"), a_delivery(recipient="u-2")
    ward.meanwhile = lambda _: ward.states.unanswered.add(unlucky.key)

    verdicts = ward.hand(unlucky, other)

    assert [verdict.again_in for verdict in verdicts] == [UNTIL_ANOTHER_WORKER[Priority.ROUTINE], None]
    assert ward.record_of(other).state is State.ACCEPTED
    assert ward.record_of(unlucky).state is State.SENDING


def test_when_the_table_goes_away_after_the_call_unknown_stands_before_the_second_call(ward: Ward) -> None:
    delivery = a_delivery()
    ward.meanwhile = lambda _: setattr(ward.states, "away", True)
    assert ward.hand_one(delivery) == UNTIL_ANOTHER_WORKER[Priority.ROUTINE]
    assert ward.states_of(delivery) == [State.SENDING]

    ward.states.away = False
    at_the_second_call: list[list[State]] = []
    ward.meanwhile = lambda called: at_the_second_call.append(ward.states_of(called))
    ward.clock.advance(OVER)

    assert ward.hand_one(delivery) is None
    assert at_the_second_call == [[State.SENDING, State.UNKNOWN, State.SENDING]]
    assert ward.provider.calls_for(delivery) == 2


def test_a_stat_that_failed_while_the_table_was_away_has_gone_its_next_way_already(ward: Ward) -> None:
    stat = a_delivery(Channel.PUSH, Priority.STAT, fallbacks=(a_fallback(Channel.VOICE),))
    ward.provider.answer(NeverRetry("sender_id_mismatch"))
    ward.meanwhile = lambda _: setattr(ward.states, "away", True)

    assert ward.hand_one(stat) == UNTIL_ANOTHER_WORKER[Priority.STAT]
    assert [way.key.channel for way in ward.outbox.sent] == [Channel.VOICE]


# Between the claim and the acknowledgement


def away_after_the_claims(ward: Ward, claims: int = 1) -> None:
    """The table stops answering once it has taken so many claims."""
    taken: list[DeliveryRecord] = []

    def take(record: DeliveryRecord) -> None:
        taken.append(record)
        if len(taken) == claims:
            ward.states.away = True

    ward.states.before_write = take


def test_a_table_that_goes_away_between_the_claim_and_the_acknowledgement_lets_nothing_through(ward: Ward) -> None:
    delivery = a_delivery(priority=Priority.STAT, roles=("leader",))
    away_after_the_claims(ward)

    assert ward.hand_one(delivery) == UNTIL_ANOTHER_WORKER[Priority.STAT]

    assert ward.provider.calls == []


def test_while_acknowledgements_cannot_be_read_a_role_waits_uncalled_and_the_others_are_called(ward: Ward) -> None:
    """The claim is let go in so many words: left to its lease, a calmer text would be UNKNOWN, and never sent."""
    with_role = a_delivery(Channel.SMS, Priority.URGENT, recipient="u-1", roles=("leader",))
    without = a_delivery(Channel.SMS, Priority.URGENT, recipient="u-2")
    ward.states.unreadable = True

    verdicts = ward.hand(with_role, without)

    assert ward.provider.calls == [without]
    assert [verdict.again_in for verdict in verdicts] == [LANES[Priority.URGENT].first_retry, None]
    assert (ward.record_of(with_role).state, ward.record_of(with_role).reason) == (State.RETRYING, "not_started")
    ward.states.unreadable = False
    ward.clock.advance(LANES[Priority.URGENT].first_retry.total_seconds())
    assert ward.hand_one(with_role) is None
    assert ward.provider.calls_for(with_role) == 1
