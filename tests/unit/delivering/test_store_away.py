"""A state table that does not answer: no call without a claim, and no second call without UNKNOWN."""

import pytest

from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.states import State
from statline.contract.words import Priority
from tests.fakes.deliveries import a_delivery
from tests.unit.delivering.ward import OVER, Ward


def test_while_the_state_table_is_away_nobody_is_called(ward: Ward) -> None:
    ward.states.away = True

    with pytest.raises(StoreUnavailableError):
        ward.hand(a_delivery(), a_delivery(recipient="u-2"))

    assert ward.provider.calls == []
    ward.states.away = False
    assert ward.hand_one(a_delivery()) is None


def test_a_table_that_goes_away_between_the_claim_and_the_acknowledgement_lets_nothing_through(ward: Ward) -> None:
    delivery = a_delivery(priority=Priority.STAT, role="leader")
    ward.states.before_write = lambda _: setattr(ward.states, "away", True)

    with pytest.raises(StoreUnavailableError):
        ward.hand(delivery)

    assert ward.provider.calls == []


def test_when_the_table_goes_away_after_the_call_unknown_stands_before_the_second_call(ward: Ward) -> None:
    delivery = a_delivery()
    ward.meanwhile = lambda _: setattr(ward.states, "away", True)
    with pytest.raises(StoreUnavailableError):
        ward.hand(delivery)
    assert ward.states_of(delivery) == [State.SENDING]

    ward.states.away = False
    at_the_second_call: list[list[State]] = []
    ward.meanwhile = lambda called: at_the_second_call.append(ward.states_of(called))
    ward.clock.advance(OVER)

    assert ward.hand_one(delivery) is None
    assert at_the_second_call == [[State.SENDING, State.UNKNOWN, State.SENDING]]
    assert ward.provider.calls_for(delivery) == 2
