"""Which pager a call or a text is for, and what a caller on the line is asked."""

from dataclasses import replace

import pytest

from functions.core.domain.paging.pager_call import PagerCall, Wants
from statline.contract.words import Sensitivity
from tests.fakes.directory_changes import a_phone, a_shift
from tests.unit.paging.scene import (
    CALL,
    CALLER,
    LINE,
    SHARED,
    SWITCHBOARD,
    Scene,
    assert_nobody_is_said_to_be_paged,
    held_by_a_team,
    held_by_a_user,
)


def test_a_shared_line_pages_the_pager_that_was_keyed_in() -> None:
    scene = Scene(held_by_a_user())

    assert scene.page(replace(CALL, line=SHARED, pager="4471")).paged
    assert scene.recipients() == {"u-1"}


def test_a_shared_line_pages_the_pager_that_a_text_begins_with() -> None:
    scene = Scene(held_by_a_user())

    answer = scene.page(replace(CALL, line=SHARED, text="4471 call ward 3"))

    assert answer.paged
    assert scene.doors.sent[0].content.body == "call ward 3"


def test_a_pagers_number_alone_is_a_numeric_page_by_text() -> None:
    scene = Scene(held_by_a_user())

    scene.page(replace(CALL, line=SHARED, text="4471"))

    assert scene.doors.sent[0].content.sensitivity is Sensitivity.OPERATIONAL
    assert scene.doors.sent[0].content.callback == CALLER


def test_a_lines_own_pager_is_paged_whatever_the_text_begins_with() -> None:
    scene = Scene(held_by_a_user())

    scene.page(replace(CALL, text="9999 is the room"))

    assert scene.doors.sent[0].content.body == "9999 is the room"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        pytest.param(replace(CALL, line="+14165550177"), "This number pages nobody", id="no line of ours"),
        pytest.param(replace(CALL, line=SHARED, pager="9999"), "There is no pager 9999", id="no such pager"),
        pytest.param(replace(CALL, line=SHARED, text="call ward 3"), "begin the text", id="no pager in a text"),
        pytest.param(replace(CALL, line=SHARED), "No pager number was keyed in", id="no pager on a call"),
    ],
)
def test_a_call_to_nobody_is_answered_with_what_to_do(call: PagerCall, said: str) -> None:
    scene = Scene(held_by_a_user())

    answer = scene.page(call)

    assert_nobody_is_said_to_be_paged(answer)
    assert said in answer.said
    assert scene.doors.sent == []


def test_a_line_with_a_pager_asks_for_the_number_to_call_back_at_once() -> None:
    scene = Scene(held_by_a_team(a_shift("u-1"), a_phone("u-1")))

    prompt = scene.page.ask(LINE)

    assert prompt.wants is Wants.CALLBACK
    assert "Stroke" in prompt.said


def test_a_shared_line_asks_for_the_pager_and_once_more_where_there_is_none_such() -> None:
    page = Scene(held_by_a_user()).page

    assert page.ask(SHARED).wants is Wants.PAGER
    assert page.ask(SHARED, "9999").wants is Wants.PAGER
    assert page.ask(SHARED, "4471").wants is Wants.CALLBACK
    assert page.ask(SHARED, "9999", again=True).wants is Wants.NOTHING


def test_a_number_that_cannot_be_one_is_asked_for_once_more() -> None:
    page = Scene(held_by_a_user()).page

    assert page.check(replace(CALL, callback="99")).wants is Wants.CALLBACK
    assert page.check(replace(CALL, callback="99"), again=True).wants is Wants.PAGE
    assert page.check(CALL).wants is Wants.PAGE


def test_a_line_whose_own_pager_is_gone_says_so_at_once_and_asks_for_no_other() -> None:
    prompt = Scene([]).page.ask(LINE)

    assert prompt.wants is Wants.NOTHING
    assert "Nobody was told" in prompt.said
    assert SWITCHBOARD in prompt.said
