"""Nobody holds the pager: who stands in, and what a caller is told who gets nobody."""

import pytest

from functions.core.domain.errors import TemporaryError
from functions.core.domain.paging.pager_call import Wants
from statline.contract.directory import DirectoryChange
from tests.fakes.directory_changes import (
    a_pager,
    a_phone,
    a_service,
    a_shift,
    a_step,
    a_team,
    a_user,
    an_escalation_policy,
)
from tests.fakes.doors import FakeDoors
from tests.unit.paging.scene import (
    CALL,
    LINE,
    SWITCHBOARD,
    Scene,
    assert_nobody_is_said_to_be_paged,
    held_by_a_team,
    held_by_a_user,
)


def test_where_nobody_is_on_now_the_policy_pages_who_stands_in() -> None:
    backup = a_shift("u-2", duty="backup")
    scene = Scene(held_by_a_team(backup, a_phone("u-2"), an_escalation_policy("climb"), policy="climb"))

    answer = scene.page(CALL)

    assert answer.paged
    assert answer.said.startswith("Nobody is on call for Stroke now, so the one who stands in was paged")
    assert len(scene.doors.sent) == 1
    assert any(ladder.rungs for ladder in scene.plan(scene.doors.sent[0]).activation.ladders)


def test_a_policy_whose_people_have_no_phone_reaches_nobody_and_the_caller_hears_it() -> None:
    policy = an_escalation_policy("climb", a_step({"type": "user", "id": "u-9"}))
    scene = Scene(held_by_a_team(policy, a_user("u-9"), policy="climb"))

    answer = scene.page(CALL)

    assert_nobody_is_said_to_be_paged(answer)
    assert answer.said.startswith("Nobody could be reached")


def test_a_page_that_reaches_nobody_now_is_sent_where_its_end_will_alarm() -> None:
    policy = an_escalation_policy("climb", a_step({"type": "user", "id": "u-9"}))
    scene = Scene(held_by_a_team(policy, a_user("u-9"), policy="climb"))

    scene.page(CALL)

    assert len(scene.doors.sent) == 1


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param([a_pager("4471", "team", "stroke"), a_team()], id="nobody is on shift and nothing climbs"),
        pytest.param([a_pager(), a_user("u-1")], id="the holder has neither phone nor app"),
        pytest.param([a_pager("4471", "user", "u-404")], id="the holder is nobody whom the directory knows"),
        pytest.param(
            [a_pager("4471", "service", "cardiology"), a_service(hours=[])], id="a service that nobody holds now"
        ),
    ],
)
def test_where_nobody_can_be_reached_the_caller_is_told_what_to_do(changes: list[DirectoryChange]) -> None:
    scene = Scene(changes)

    answer = scene.page(CALL)

    assert_nobody_is_said_to_be_paged(answer)
    assert SWITCHBOARD in answer.said
    assert scene.doors.sent == []


def test_nothing_is_claimed_while_the_queue_takes_nothing() -> None:
    scene = Scene(held_by_a_user(), doors=FakeDoors(closed=True))

    with pytest.raises(TemporaryError):
        scene.page(CALL)

    answer = scene.page.at_once(CALL)
    assert_nobody_is_said_to_be_paged(answer)
    assert "could not be confirmed" in answer.said
    assert SWITCHBOARD in answer.said


def test_a_caller_is_told_what_to_do_also_while_the_directory_is_away() -> None:
    scene = Scene(held_by_a_user())
    scene.directory.away = True

    assert_nobody_is_said_to_be_paged(scene.page.at_once(CALL))
    assert scene.page.ask(LINE).wants is Wants.NOTHING
