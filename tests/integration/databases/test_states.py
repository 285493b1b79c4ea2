"""The table of states of the laptop cloud's RDS holds together."""

from local.emulator.rds.messages import CANCELED_COPY, MESSAGES
from local.emulator.rds.states import AVAILABLE, STOPPED, TABLE, WHEN_IT_FAILS, Action, Kind, Passage


def passages(kind: Kind) -> list[Passage]:
    return [passage for (of, _action), passage in TABLE.items() if of is kind]


def test_every_event_of_the_table_has_its_words() -> None:
    told = {number for passage in TABLE.values() for number in (passage.begins, passage.ends)}
    told |= {number for _state, number in WHEN_IT_FAILS.values()} | set(CANCELED_COPY.values())

    assert told - {None} <= set(MESSAGES)


def test_a_state_on_the_way_names_no_resting_state() -> None:
    for kind in Kind:
        resting = {passage.then for passage in passages(kind)}
        assert not resting & {passage.now for passage in passages(kind)}


def test_an_action_is_allowed_in_states_that_are_reached() -> None:
    for kind in Kind:
        reached = {state for passage in passages(kind) for state in (passage.now, passage.then)}
        for passage in passages(kind):
            assert passage.allowed <= reached


def test_whatever_is_stopped_can_be_started_again() -> None:
    assert TABLE[Kind.INSTANCE, Action.STOP].then == STOPPED
    assert TABLE[Kind.INSTANCE, Action.START].allowed == {STOPPED}
    assert TABLE[Kind.INSTANCE, Action.START].then == AVAILABLE
