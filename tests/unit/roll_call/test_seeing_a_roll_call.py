"""Who acknowledged, who did not, and who cannot be reached and why."""

from datetime import timedelta

import pytest

from functions.core.domain.delivering.states import State
from functions.core.domain.paging.roll_call import roll_call_id, roll_call_of
from statline.contract.words import Answer, Channel, RollCallProblem, RollCallStanding
from tests.fakes.clock import NOON
from tests.fakes.directory_changes import TENANT
from tests.unit.roll_call.house import House, somebody

PUSH, SMS = Channel.PUSH, Channel.SMS
Standing, Problem = RollCallStanding, RollCallProblem


def standing_of(house: House, user: str) -> tuple[RollCallStanding, tuple[RollCallProblem, ...]]:
    called = next(person for person in house.seen().people if person.user == user)
    return called.standing, called.problems


def test_everybody_is_silent_until_they_answer() -> None:
    house = House([*somebody("u-1"), *somebody("u-2")])
    house.call()

    assert {person.standing for person in house.seen().people} == {Standing.SILENT}
    assert not house.seen().over

    house.says("u-1", Answer.ACCEPT)
    house.says("u-2", Answer.DECLINE)

    assert standing_of(house, "u-1") == (Standing.ACKNOWLEDGED, ())
    assert standing_of(house, "u-2") == (Standing.DECLINED, ())
    assert house.seen().over


def test_each_persons_answer_is_their_own() -> None:
    house = House([*somebody("u-1"), *somebody("u-2")])
    house.call()

    house.says("u-1", Answer.ACCEPT)

    assert standing_of(house, "u-2")[0] is Standing.SILENT


@pytest.mark.parametrize(
    ("channel", "reason", "problem"),
    [
        (PUSH, "unregistered", Problem.DEAD_DEVICE),
        (PUSH, "invalid_token", Problem.DEAD_DEVICE),
        (SMS, "opted_out", Problem.OPTED_OUT),
        (SMS, "number_not_verified", Problem.UNVERIFIED),
        (SMS, "destination_blocked", Problem.NOT_SENT),
    ],
)
def test_a_way_that_fails_is_told_with_its_reason(channel: Channel, reason: str, problem: RollCallProblem) -> None:
    house = House(somebody("u-1"))
    plan = house.call()
    house.becomes(plan, "u-1", channel, State.FAILED, reason)

    assert standing_of(house, "u-1") == (Standing.SILENT, (problem,))


@pytest.mark.parametrize(
    ("reason", "problem"),
    [
        ("twilio_21610", Problem.OPTED_OUT),
        ("twilio_21608", Problem.UNVERIFIED),
        ("twilio_30003", Problem.NOT_DELIVERED),
    ],
)
def test_a_text_that_was_taken_over_and_not_delivered_is_told_with_its_reason(
    reason: str, problem: RollCallProblem
) -> None:
    house = House(somebody("u-1"))
    house.becomes(house.call(), "u-1", SMS, State.UNDELIVERED, reason)

    assert standing_of(house, "u-1") == (Standing.SILENT, (problem,))


def test_whom_no_way_reaches_cannot_be_reached() -> None:
    house = House(somebody("u-1"))
    plan = house.call()
    house.becomes(plan, "u-1", PUSH, State.FAILED, "unregistered")
    house.becomes(plan, "u-1", SMS, State.FAILED, "opted_out")

    assert standing_of(house, "u-1") == (Standing.UNREACHABLE, (Problem.DEAD_DEVICE, Problem.OPTED_OUT))
    assert house.seen().over


def test_somebody_without_phone_or_app_cannot_be_reached() -> None:
    house = House([*somebody("u-1"), *somebody("u-2", device=False, phone=False)])
    house.call()

    standing, problems = standing_of(house, "u-2")

    assert standing is Standing.UNREACHABLE
    assert set(problems) == {Problem.NO_DEVICE, Problem.NO_PHONE}


def test_a_missing_device_is_told_also_of_somebody_who_answered() -> None:
    house = House([*somebody("u-1"), *somebody("u-2", device=False)])
    house.call()
    house.says("u-2", Answer.ACCEPT)

    assert standing_of(house, "u-2") == (Standing.ACKNOWLEDGED, (Problem.NO_DEVICE,))


def test_what_the_provider_could_not_deliver_reaches_nobody() -> None:
    house = House(somebody("u-1", device=False))
    plan = house.call()
    house.becomes(plan, "u-1", SMS, State.UNDELIVERED)

    standing, problems = standing_of(house, "u-1")

    assert standing is Standing.UNREACHABLE
    assert Problem.NOT_DELIVERED in problems


@pytest.mark.parametrize("state", [State.SENDING, State.UNKNOWN, State.ACCEPTED, State.DELIVERED])
def test_who_may_still_be_reached_is_silent_not_out_of_reach(state: State) -> None:
    house = House(somebody("u-1", device=False))
    plan = house.call()
    house.becomes(plan, "u-1", SMS, state)

    assert standing_of(house, "u-1")[0] is Standing.SILENT


def test_those_who_need_somebodys_care_come_first() -> None:
    house = House([*somebody("a"), *somebody("b"), *somebody("c", device=False, phone=False)])
    house.call()
    house.says("a", Answer.ACCEPT)

    assert [person.user for person in house.seen().people] == ["c", "b", "a"]


def test_a_roll_call_that_was_not_routed_is_none() -> None:
    assert House([]).see(TENANT, "roll-call.stroke.20260110T1200Z") is None


def test_a_team_has_one_roll_call_in_a_minute() -> None:
    first, second = (roll_call_of(TENANT, "stroke", NOON + timedelta(seconds=s), NOON).id for s in (0, 59))

    assert first == second
    assert roll_call_id("stroke", NOON + timedelta(seconds=60)) != first


def test_the_longest_team_id_makes_an_id_of_its_own() -> None:
    long = "t" * 128

    assert roll_call_of(TENANT, long, NOON, NOON).id != roll_call_of(TENANT, long[:-1] + "u", NOON, NOON).id
