"""The workflow's loops: each is watched over, each ends, and all of them fit into what Step Functions keeps."""

from dataclasses import replace

import pytest

from functions.core.domain.backup.record import BackupOutcome
from infra.constructs.backup.machine.definition import backup_definition
from infra.constructs.backup.machine.polling import most_rounds
from tests.infra.backup.machine import NAMES, States, reachable, states_of, with_inner

_KEPT_EVENTS = 25_000
_EVENTS_OF = {"Task": 5, "Wait": 2, "Choice": 2, "Pass": 2, "Map": 3}
_FOR_DUMPS = 8_000
_STOPS = (BackupOutcome.CANCELLED, BackupOutcome.HALTED)


@pytest.fixture(scope="module")
def states() -> States:
    return states_of()


def _loops(states: States) -> dict[str, set[str]]:
    """The states of each loop, by the state that waits in it."""
    waits = [name for name, state in states.items() if state["Type"] == "Wait"]
    return {wait: _round(states, wait) for wait in waits}


def _round(states: States, wait: str) -> set[str]:
    after = reachable(states, states[wait]["Next"], without=frozenset({wait}))
    return {wait, *(name for name in after if wait in reachable(states, name) and name != "DropInstance")}


def test_every_wait_watches_the_alarms_and_for_a_cancellation_but_the_drop(states: States) -> None:
    loops = _loops(states)
    assert len(loops) == 7
    unwatched = {wait for wait, loop in loops.items() if not any(name.startswith("WatchOver") for name in loop)}
    assert unwatched == {"WaitForDropped"}
    for wait in set(loops) - unwatched:
        of = wait.removeprefix("WaitFor")
        choices = states[f"Judge{of}"]["Choices"]
        assert [c["Assign"]["outcome"] for c in choices[: len(_STOPS)]] == [*_STOPS]
        assert wait in reachable(states, states[f"Judge{of}"]["Default"])
        conditions = [choice["Condition"] for name in loops[wait] for choice in states[name].get("Choices", ())]
        assert any("$millis() > $begun" in condition for condition in conditions), wait


def test_the_step_that_is_waited_for_has_started_its_own_clock(states: States) -> None:
    for wait in _loops(states):
        begun = [name for name, state in states.items() if "begun" in state.get("Assign", {})]
        assert any(wait in reachable(states, name, without=frozenset(begun) - {name}) for name in begun), wait
        starts = reachable(states, "NameBackup", without=frozenset(begun) - {"NameBackup"})
        assert wait not in starts - {"WaitForSource"}, "the preflight's clock is the backup's"


def test_the_longest_run_fits_into_the_history_that_step_functions_keeps(states: States) -> None:
    rounds = most_rounds(NAMES)
    loops = _loops(states)
    # A drop that is refused asks again and looks again in each round.
    loops["WaitForDropped"].add("DropInstance")
    waiting = sum(rounds * sum(_EVENTS_OF[states[name]["Type"]] for name in loop) for loop in loops.values())
    once = sum(_EVENTS_OF.get(state["Type"], 2) for state in with_inner(states).values())
    assert waiting + once < _KEPT_EVENTS - _FOR_DUMPS


@pytest.mark.parametrize("longest", [10, 240, 1440])
@pytest.mark.parametrize("poll", [2, 30, 300])
def test_the_number_of_looks_stays_bounded_whatever_the_config_says(longest: int, poll: int) -> None:
    assert most_rounds(replace(NAMES, longest_minutes=longest, poll_seconds=poll)) <= 310


def test_the_net_lies_above_all_deadlines_of_its_own(states: States) -> None:
    assert backup_definition(NAMES)["TimeoutSeconds"] > len(_loops(states)) * NAMES.longest_minutes * 60
