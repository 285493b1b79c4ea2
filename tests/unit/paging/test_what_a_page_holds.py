"""What a page carries of a call or a text: the number to call back, and what was written."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.core.domain.paging.pager_call import Wants, callback_of
from statline.contract.words import Channel, Kind, Priority, Sensitivity
from tests.fakes.clock import NOON
from tests.fakes.directory_changes import a_policy
from tests.unit.paging.scene import CALL, CALLER, LINE, TEXT, Scene, assert_nobody_is_said_to_be_paged, held_by_a_user


def test_a_numeric_page_carries_the_number_and_nothing_of_a_patient() -> None:
    scene = Scene(held_by_a_user())

    answer = scene.page(replace(CALL, callback="4165550123"))

    (message,) = scene.doors.sent
    assert (message.kind, message.priority) == (Kind.PAGE, Priority.STAT)
    assert message.content.callback == "+14165550123"
    assert message.content.sensitivity is Sensitivity.OPERATIONAL
    assert "1 4 1 6 5 5 5 0 1 2 3" in answer.said


def test_a_number_inside_the_house_is_told_as_an_extension() -> None:
    scene = Scene(held_by_a_user())

    scene.page(replace(CALL, callback="5521"))

    (message,) = scene.doors.sent
    assert message.content.callback is None
    assert message.content.body == "Call back extension 5521"


def test_a_number_that_cannot_be_one_gives_way_to_the_callers_own_which_is_told() -> None:
    scene = Scene(held_by_a_user())

    answer = scene.page(replace(CALL, callback="99"))

    assert scene.doors.sent[0].content.callback == CALLER
    assert " ".join(CALLER[1:]) in answer.said


def test_without_any_number_to_call_back_nobody_is_paged_and_the_caller_hears_why() -> None:
    scene = Scene(held_by_a_user())

    answer = scene.page(replace(CALL, caller="anonymous"))

    assert_nobody_is_said_to_be_paged(answer)
    assert "no number to call back" in answer.said
    assert scene.doors.sent == []


@pytest.mark.parametrize("keyed", ["5550123", "12345678", "0000000"])
def test_a_number_without_its_area_code_is_none_that_can_be_called_back(keyed: str) -> None:
    """Written as an international number it would be somebody else's, and the caller would hear it confirmed."""
    page = Scene(held_by_a_user()).page

    assert page.check(replace(CALL, callback=keyed)).wants is Wants.CALLBACK
    assert callback_of(keyed, "", LINE) is None


def test_a_callers_text_is_patient_content() -> None:
    scene = Scene(held_by_a_user())

    scene.page(TEXT)

    (message,) = scene.doors.sent
    assert message.content.sensitivity is Sensitivity.PATIENT
    assert "Doe" in message.content.body
    shown = [delivery.screen for delivery in scene.plan(message).deliveries]
    assert not any("Doe" in screen.title + screen.body for screen in shown)


def test_a_text_where_the_tenants_policy_lets_it_reaches_the_phone() -> None:
    scene = Scene(held_by_a_user())
    scene.directory.changes[2] = a_policy(patient_content=["sms"])

    scene.page(TEXT)

    texts = [d for d in scene.plan(scene.doors.sent[0]).deliveries if d.key.channel is Channel.SMS]
    assert all("Doe" in delivery.screen.body for delivery in texts)
    assert texts


def test_a_withheld_number_is_no_hindrance_for_a_text() -> None:
    scene = Scene(held_by_a_user())

    assert scene.page(replace(TEXT, caller="")).paged


def test_a_text_that_comes_after_its_page_would_have_expired_is_told_that_nobody_heard() -> None:
    scene = Scene(held_by_a_user())

    answer = scene.page(replace(TEXT, at=NOON - timedelta(hours=5)))

    assert_nobody_is_said_to_be_paged(answer)
    assert scene.doors.sent == []
