"""A call or a text to a line pages whoever holds the pager now: over the real planning of a page."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.core.services.route import Routed
from statline.contract.directory import DirectoryChange
from statline.contract.words import Channel
from tests.fakes.clock import NOON
from tests.fakes.directory_changes import a_pager, a_phone, a_service, a_shift, a_user, an_escalation_policy
from tests.unit.paging.scene import (
    CALL,
    TO_ONE,
    Scene,
    assert_nobody_is_said_to_be_paged,
    held_by_a_team,
    held_by_a_user,
)


def test_a_call_pages_the_holder_and_says_so_with_a_reference() -> None:
    scene = Scene(held_by_a_user())

    answer = scene.page(CALL)

    assert answer.paged
    assert f"was paged; reference {answer.reference}." in answer.said
    assert scene.recipients() == {"u-1"}


def test_the_reference_is_the_code_that_the_paged_person_reads() -> None:
    scene = Scene(held_by_a_user())

    answer = scene.page(CALL)

    assert scene.plan(scene.doors.sent[0]).activation.code == answer.reference


def test_the_caller_hears_no_persons_name() -> None:
    assert "Lee" not in Scene(held_by_a_user()).page(CALL).said


def test_whoever_is_on_shift_now_is_paged() -> None:
    night = a_shift("u-2", starts_at=NOON + timedelta(hours=4), ends_at=NOON + timedelta(hours=12))
    scene = Scene(held_by_a_team(a_shift("u-1"), night, a_phone("u-1"), a_phone("u-2", number="+14165550124")))
    scene.clock.advance(5 * 3600)

    answer = scene.page(CALL)

    assert answer.said.startswith("The one on call for Stroke was paged")
    assert scene.recipients() == {"u-2"}


def test_a_service_is_paged_at_who_holds_it_by_the_hour() -> None:
    pager = a_pager("4471", "service", "cardiology")
    hours = {"days": list(range(1, 8)), "starts": "08:00", "ends": "20:00", "holder": "user", "holder_id": "u-1"}
    service = a_service(name="Cardiology", zone="UTC", hours=[hours])
    scene = Scene([pager, service, a_user("u-1"), a_phone("u-1")])

    assert "Cardiology was paged" in scene.page(CALL).said

    scene.clock.advance(9 * 3600)
    assert_nobody_is_said_to_be_paged(scene.page(replace(CALL, id="contact-2")))


def test_the_same_call_twice_is_one_page_and_one_answer() -> None:
    scene = Scene(held_by_a_user())
    call = replace(CALL, at=NOON - timedelta(seconds=1))

    first = scene.page(call)
    scene.clock.advance(3)
    second = scene.page(call)

    assert first == second
    assert scene.doors.sent[0] == scene.doors.sent[1]


def test_two_calls_are_two_pages() -> None:
    scene = Scene(held_by_a_user())

    scene.page(CALL)
    scene.page(replace(CALL, id="contact-2"))

    assert scene.doors.sent[0].id != scene.doors.sent[1].id


def test_a_page_is_never_sent_from_the_future() -> None:
    scene = Scene(held_by_a_user())

    scene.page(replace(CALL, at=NOON + timedelta(days=3)))

    assert scene.doors.sent[0].sent_at == NOON


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(held_by_a_user(), id="held by a person"),
        pytest.param(held_by_a_team(a_shift("u-1"), a_phone("u-1")), id="held by a shift"),
        pytest.param(
            held_by_a_team(a_shift("u-2", duty="backup"), a_phone("u-2"), an_escalation_policy(), policy="climb"),
            id="held by nobody, with a backup",
        ),
        pytest.param(
            [a_pager("4471", "user", "u-404", policy="climb"), a_user("u-2"), a_phone("u-2"), TO_ONE],
            id="held by nobody whom the directory knows, with a policy",
        ),
    ],
)
def test_what_a_caller_was_told_the_router_takes_on(changes: list[DirectoryChange]) -> None:
    scene = Scene(changes)
    assert scene.page(CALL).paged

    (answer,) = scene.route()

    assert isinstance(answer, Routed)
    activation = answer.plan.activation
    assert activation is not None
    assert answer.plan.deliveries or any(ladder.rungs for ladder in activation.ladders)


def test_a_channel_that_the_region_lacks_reaches_nobody() -> None:
    calls_only = a_phone("u-1", uses=["voice"])
    changes: list[DirectoryChange] = [a_pager(), a_user("u-1"), calls_only]

    assert Scene(changes).page(CALL).paged
    assert not Scene(changes, channels=frozenset({Channel.PUSH, Channel.SMS})).page(CALL).paged
