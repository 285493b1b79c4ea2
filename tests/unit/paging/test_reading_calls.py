"""What a caller keys in or writes, read."""

import pytest

from functions.core.domain.paging.pager_call import Callback, callback_of, pager_and_text

LINE, CALLER = "+14165550199", "+14165550111"


@pytest.mark.parametrize(
    ("keyed", "callback"),
    [
        ("", Callback(number=CALLER)),
        ("5521", Callback(extension="5521")),
        ("4165550123", Callback(number="+14165550123")),
        ("14165550123", Callback(number="+14165550123")),
        ("416 555-0123", Callback(number="+14165550123")),
        ("011493012345678", Callback(number="+493012345678")),
        ("12", None),
        ("41655501234165550", None),
    ],
)
def test_a_number_is_read_as_it_is_dialled_where_the_line_is(keyed: str, callback: Callback | None) -> None:
    assert callback_of(keyed, CALLER, LINE) == callback


@pytest.mark.parametrize(
    "caller",
    ["", "anonymous", "sip:somebody", "+266696687", "+7378742833", "+2562533", "+8656696"],
)
def test_what_networks_put_in_the_place_of_a_withheld_number_is_none_to_call_back(caller: str) -> None:
    assert callback_of("", caller, LINE) is None


@pytest.mark.parametrize(
    ("text", "pager", "rest"),
    [
        ("4471 call ward 3", "4471", "call ward 3"),
        ("#4471: call ward 3\nnow", "4471", "call ward 3\nnow"),
        ("4471", "4471", ""),
        ("call ward 3", "", "call ward 3"),
        ("12 beds are free", "", "12 beds are free"),
        ("4471b is my room", "", "4471b is my room"),
        ("4471 - 3 beds", "4471", "3 beds"),
        ("416-555-0123 please call", "", "416-555-0123 please call"),
        ("416.555.0123 please call", "", "416.555.0123 please call"),
    ],
)
def test_a_text_begins_with_the_pager_that_it_is_for(text: str, pager: str, rest: str) -> None:
    assert pager_and_text(text) == (pager, rest)
