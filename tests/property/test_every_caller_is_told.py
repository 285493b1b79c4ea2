"""Whoever calls or texts a line, whatever is keyed in or written: the caller is told the truth, and nothing breaks."""

from hypothesis import example, given
from hypothesis import strategies as st

from functions.core.domain.paging.pager_call import PagerCall, Wants
from functions.core.domain.paging.pager_words import spoken
from functions.core.services.route import Routed
from statline.contract.notification import Notification
from tests.unit.paging.scene import CALL, CALLER, LINE, SHARED, Scene, held_by_a_user

keys = st.text(alphabet="0123456789*#", max_size=40)
callers = st.one_of(
    st.sampled_from(["", CALLER, "anonymous", "+266696687", "sip:ward@example.org", "911"]),
    st.builds("+{}".format, st.text(alphabet="0123456789", max_size=18)),
    st.text(max_size=20),
)
texts = st.one_of(
    st.text(max_size=300),
    st.builds("{} {}".format, st.sampled_from(["4471", "#4471:", "0000", "44 71"]), st.text(max_size=300)),
    st.sampled_from(["", "   ", "\n", "\U0001f691" * 1_600, "x" * 1_600, "\x00\ufffe", "START", "4471"]),
)
calls = st.builds(
    PagerCall,
    line=st.sampled_from([LINE, SHARED, "+14165550177", "", "anonymous"]),
    caller=callers,
    id=st.text(min_size=1, max_size=40),
    pager=keys,
    callback=st.one_of(keys, st.text(alphabet="0123456789", min_size=7, max_size=20)),
    text=texts,
)


@given(call=calls)
@example(call=PagerCall(line=LINE, caller=CALLER, id="1", callback="011270012345678"))
def test_was_paged_is_said_exactly_where_a_page_is_on_its_queue_that_the_router_takes(call: PagerCall) -> None:
    scene = Scene(held_by_a_user())

    answer = scene.page(call)

    assert answer.paged == ("was paged" in answer.said) == bool(answer.reference) == bool(scene.doors.sent)
    assert "switchboard" in answer.said
    assert spoken(answer)
    assert [Notification.model_validate_json(page.model_dump_json()) for page in scene.doors.sent] == scene.doors.sent
    assert all(isinstance(routed, Routed) for routed in scene.route())


@given(first=keys, second=keys, third=keys, fourth=keys, caller=callers)
def test_whatever_is_keyed_in_a_call_ends_after_four_questions(
    first: str, second: str, third: str, fourth: str, caller: str
) -> None:
    page = Scene(held_by_a_user()).page
    asked = page.ask(SHARED, first)
    if asked.wants is Wants.PAGER:
        asked = page.ask(SHARED, second, again=True)
    if asked.wants is Wants.CALLBACK:
        call = PagerCall(line=SHARED, caller=caller, id=CALL.id, callback=third)
        asked = page.check(call)
        if asked.wants is Wants.CALLBACK:
            asked = page.check(PagerCall(line=SHARED, caller=caller, id=CALL.id, callback=fourth), again=True)

    assert asked.wants in {Wants.PAGE, Wants.NOTHING}
