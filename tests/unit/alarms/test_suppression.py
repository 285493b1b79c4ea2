"""The six examples of "Suppressing composite alarm actions": a wait of 2 time units, an extension of 3."""

from collections.abc import Mapping

import pytest

from statline.alarms.composites import Composites
from statline.alarms.model import Actions, CompositeAlarm, State, Suppression, Transition
from tests.unit.alarms.made import alarm

UNIT = 60
OK, ALARM = State.OK, State.ALARM


def composite(wait: int = 2 * UNIT, extension: int = 3 * UNIT) -> CompositeAlarm:
    return CompositeAlarm(
        name="whole",
        rule="ALARM(part)",
        actions=Actions(alarm=("page",), ok=("calm",)),
        suppression=Suppression(suppressor="known", wait=wait, extension=extension),
    )


def replayed(
    part: Mapping[int, State], known: Mapping[int, State], units: int = 14, watched: CompositeAlarm | None = None
) -> list[Transition]:
    """What the composite does, all calm and told before; part, known: the units at which these change."""
    composites = Composites([alarm("part"), alarm("known"), watched or composite()])
    states = {"part": OK, "known": OK, "whole": OK}
    done: list[Transition] = []
    for unit in range(units):
        states["part"] = part.get(unit, states["part"])
        states["known"] = known.get(unit, states["known"])
        done.extend(composites.step(unit * UNIT, states))
    return done


def told(done: list[Transition]) -> list[tuple[int, str]]:
    return [(int(one.at) // UNIT, topic) for one in done for topic in one.told]


def changed(done: list[Transition]) -> list[tuple[int, State]]:
    return [(int(one.at) // UNIT, one.after) for one in done if one.before is not one.after]


@pytest.mark.parametrize(
    ("part", "known", "expected"),
    [
        pytest.param({2: ALARM}, {}, [(4, "page")], id="1: the wait ends and the suppressor is calm"),
        pytest.param({2: ALARM}, {3: ALARM}, [], id="2: the suppressor speaks before the wait ends"),
        pytest.param({2: ALARM, 3: OK}, {}, [(5, "calm")], id="3: a change in the wait begins a new one"),
        pytest.param({2: ALARM}, {0: ALARM}, [], id="4: the suppressor speaks already"),
        pytest.param({2: ALARM}, {3: ALARM, 6: OK}, [(9, "page")], id="5: the extension ends"),
        pytest.param({2: ALARM, 7: OK}, {3: ALARM, 6: OK}, [(9, "calm")], id="6: a change in the extension: a wait"),
        pytest.param({2: ALARM}, {4: ALARM}, [], id="the suppressor speaks in the second the wait ends"),
        pytest.param({2: ALARM}, {3: ALARM, 6: OK, 8: ALARM}, [], id="the suppressor speaks again in the extension"),
        pytest.param({2: ALARM, 5: OK}, {1: ALARM, 6: OK}, [(9, "calm")], id="calm again by the end of the extension"),
        pytest.param({1: ALARM}, {4: ALARM, 6: OK}, [(3, "page")], id="what was told is not told again"),
    ],
)
def test_actions_wait_as_in_the_documentations_examples(
    part: dict[int, State], known: dict[int, State], expected: list[tuple[int, str]]
) -> None:
    assert told(replayed(part, known)) == expected


def test_states_change_whatever_is_suppressed() -> None:
    done = replayed({2: ALARM, 5: OK}, {0: ALARM})
    assert changed(done) == [(2, ALARM), (5, OK)]
    assert [one.suppressed for one in done] == [True, True]


def test_what_was_held_back_is_told_without_a_change_of_state() -> None:
    held, late = replayed({2: ALARM}, {})
    assert (held.told, held.suppressed) == ((), True)
    assert (late.before, late.after, late.told, late.suppressed) == (ALARM, ALARM, ("page",), False)


def test_a_suppressor_of_which_nothing_is_known_suppresses_nothing() -> None:
    """Only ALARM does: whose figures are gone must not silence others."""
    assert told(replayed({2: ALARM}, {0: State.INSUFFICIENT_DATA})) == [(4, "page")]
    assert told(replayed({2: ALARM}, {1: ALARM, 6: State.INSUFFICIENT_DATA})) == [(9, "page")]


def test_without_a_wait_actions_are_taken_at_once() -> None:
    assert told(replayed({2: ALARM}, {}, watched=composite(wait=0))) == [(2, "page")]


def test_without_an_extension_actions_are_taken_when_the_suppressor_is_calm() -> None:
    assert told(replayed({2: ALARM}, {1: ALARM, 6: OK}, watched=composite(extension=0))) == [(6, "page")]
