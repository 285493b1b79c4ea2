"""The page about states tells what the code does."""

import re
from pathlib import Path

import pytest

from functions.core.domain.delivering.states import SETTLED, TRANSITIONS, State, check_transition
from functions.core.domain.errors import ForbiddenTransitionError
from functions.core.domain.routing.lanes import FUNCTION_TIMEOUT, LANES, LEASE, PROVIDER_TIMEOUT
from statline.contract.words import Priority

PAGE = Path(__file__).parents[2] / "docs" / "state.md"


def test_the_page_has_the_table_of_the_code() -> None:
    rows = re.findall(r"^\| (\(none\)|[A-Z]+) \| ([A-Z, -]+) \|$", PAGE.read_text(), flags=re.MULTILINE)

    told = {before: set() if afters == "-" else set(afters.split(", ")) for before, afters in rows}
    assert told == {str(before or "(none)"): {str(a) for a in afters} for before, afters in TRANSITIONS.items()}


def test_every_state_has_its_row() -> None:
    assert set(TRANSITIONS) == {None, *State}


def test_nothing_leaves_an_end() -> None:
    for state in (State.FAILED, State.EXPIRED, State.CANCELLED, State.READ, State.UNDELIVERED):
        assert not TRANSITIONS[state]


def test_what_is_settled_is_never_sent_again() -> None:
    for state in SETTLED:
        assert State.SENDING not in TRANSITIONS[state]


def test_a_step_that_the_table_lacks_is_an_error() -> None:
    with pytest.raises(ForbiddenTransitionError, match="from DELIVERED to SENDING"):
        check_transition(State.DELIVERED, State.SENDING)


def test_a_killed_workers_stat_is_taken_up_again_within_20_seconds() -> None:
    """Visibility, then a worker that may find the lease still alive and comes back when it ends."""
    lane = LANES[Priority.STAT]
    assert FUNCTION_TIMEOUT < LEASE < lane.visibility
    assert max(lane.visibility, LEASE + FUNCTION_TIMEOUT).total_seconds() < 20
    assert PROVIDER_TIMEOUT < LEASE
