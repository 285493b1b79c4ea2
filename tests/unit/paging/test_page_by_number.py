"""What becomes of a call or a text to a line, and what its caller is told: over the real planning of a page."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from functions.core.domain.errors import TemporaryError
from functions.core.domain.paging.pager_call import PagerAnswer, PagerCall, Wants, callback_of
from functions.core.domain.routing.admission import Ingress
from functions.core.domain.routing.planning import plan_of
from functions.core.domain.routing.producers import EVERY_TENANT, Producer
from functions.core.services.page_by_number import PageByNumber
from functions.core.services.route import Answer, RouteBatch, Routed, read_snapshot
from statline.contract.directory import DirectoryChange
from statline.contract.notification import Notification
from statline.contract.words import Channel, Kind, Priority, Sensitivity
from tests.fakes.acknowledgements import FakeAcknowledgements
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.directory import FakeDirectory
from tests.fakes.directory_changes import (
    a_device,
    a_line,
    a_pager,
    a_phone,
    a_policy,
    a_service,
    a_shift,
    a_step,
    a_team,
    a_user,
    an_escalation_policy,
)
from tests.fakes.doors import FakeDoors
from tests.fakes.escalation import FakeEscalation
from tests.fakes.notifications import FakeNotifications
from tests.fakes.queues import FakeOutbox, FakeQuarantine

LINE, SHARED, CALLER, SWITCHBOARD = "+14165550199", "+14165550198", "+14165550111", "+14165550100"
CALL = PagerCall(line=LINE, caller=CALLER, id="contact-1")
TO_ONE = an_escalation_policy("climb", a_step({"type": "user", "id": "u-2"}))
TEXT = replace(CALL, text="Mr Doe in bed 12 is short of breath")


@dataclass
class Scene:
    """A house with a line for pager 4471, a line for any pager, and a switchboard."""

    changes: list[DirectoryChange]
    clock: FakeClock = field(default_factory=FakeClock)
    doors: FakeDoors = field(default_factory=FakeDoors)
    channels: frozenset[Channel] = frozenset(Channel)

    def __post_init__(self) -> None:
        shared = a_line(SHARED, pager=None)
        self.directory = FakeDirectory([a_line(LINE), shared, a_policy(switchboard=SWITCHBOARD), *self.changes])

    @property
    def page(self) -> PageByNumber:
        return PageByNumber(self.directory, self.doors, self.clock, self.channels)

    def route(self) -> list[Answer]:
        """What the real router answers to what was sent."""
        route = RouteBatch(
            directory=self.directory,
            notifications=FakeNotifications(),
            acknowledgements=FakeAcknowledgements(),
            outbox=FakeOutbox(),
            escalation=FakeEscalation(),
            quarantine=FakeQuarantine(),
            producers={"pager": Producer("virtual_pager", frozenset({EVERY_TENANT}), frozenset(Priority))},
            clock=self.clock,
        )
        sent = [(message, message.model_dump_json()) for message in self.doors.sent]
        return route([Ingress(message.id, body, "pager:session", message.priority) for message, body in sent])

    def recipients(self) -> set[str]:
        """Whom the router would reach with what was sent, at this moment."""
        plans = [self.plan(message) for message in self.doors.sent]
        return {delivery.key.recipient for plan in plans for delivery in plan.deliveries}

    def plan(self, message: Notification) -> Any:
        now = self.clock()
        return plan_of(message, read_snapshot(self.directory, [message], now), producer="p", now=now)


def held_by_a_user() -> list[DirectoryChange]:
    return [a_pager(), a_user("u-1", name="Dr. Ada Lee"), a_phone("u-1"), a_device("u-1")]


def held_by_a_team(*more: DirectoryChange, **fields: Any) -> list[DirectoryChange]:
    return [a_pager("4471", "team", "stroke", **fields), a_team("stroke", name="Stroke"), *more]


def assert_nobody_is_said_to_be_paged(answer: PagerAnswer) -> None:
    assert not answer.paged
    assert not answer.reference
    assert "was paged" not in answer.said
    assert "switchboard" in answer.said


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


def test_whoever_is_on_shift_now_is_paged() -> None:
    night = a_shift("u-2", starts_at=NOON + timedelta(hours=4), ends_at=NOON + timedelta(hours=12))
    scene = Scene(held_by_a_team(a_shift("u-1"), night, a_phone("u-1"), a_phone("u-2", number="+14165550124")))
    scene.clock.advance(5 * 3600)

    answer = scene.page(CALL)

    assert answer.said.startswith("The one on call for Stroke was paged")
    assert scene.recipients() == {"u-2"}


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


def test_where_nobody_is_on_now_the_policy_pages_who_stands_in() -> None:
    backup = a_shift("u-2", duty="backup")
    scene = Scene(held_by_a_team(backup, a_phone("u-2"), an_escalation_policy("climb"), policy="climb"))

    answer = scene.page(CALL)

    assert answer.paged
    assert answer.said.startswith("Nobody is on call for Stroke now, so the one who stands in was paged")
    assert len(scene.doors.sent) == 1
    assert any(ladder.rungs for ladder in scene.plan(scene.doors.sent[0]).activation.ladders)


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


def test_a_channel_that_the_region_lacks_reaches_nobody() -> None:
    calls_only = a_phone("u-1", uses=["voice"])
    changes: list[DirectoryChange] = [a_pager(), a_user("u-1"), calls_only]

    assert Scene(changes).page(CALL).paged
    assert not Scene(changes, channels=frozenset({Channel.PUSH, Channel.SMS})).page(CALL).paged


def test_a_service_is_paged_at_who_holds_it_by_the_hour() -> None:
    pager = a_pager("4471", "service", "cardiology")
    hours = {"days": list(range(1, 8)), "starts": "08:00", "ends": "20:00", "holder": "user", "holder_id": "u-1"}
    service = a_service(name="Cardiology", zone="UTC", hours=[hours])
    scene = Scene([pager, service, a_user("u-1"), a_phone("u-1")])

    assert "Cardiology was paged" in scene.page(CALL).said

    scene.clock.advance(9 * 3600)
    assert_nobody_is_said_to_be_paged(scene.page(replace(CALL, id="contact-2")))


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


@pytest.mark.parametrize("keyed", ["5550123", "12345678", "0000000"])
def test_a_number_without_its_area_code_is_none_that_can_be_called_back(keyed: str) -> None:
    """Written as an international number it would be somebody else's, and the caller would hear it confirmed."""
    page = Scene(held_by_a_user()).page

    assert page.check(replace(CALL, callback=keyed)).wants is Wants.CALLBACK
    assert callback_of(keyed, "", LINE) is None


def test_a_text_that_comes_after_its_page_would_have_expired_is_told_that_nobody_heard() -> None:
    scene = Scene(held_by_a_user())

    answer = scene.page(replace(TEXT, at=NOON - timedelta(hours=5)))

    assert_nobody_is_said_to_be_paged(answer)
    assert scene.doors.sent == []


def test_a_line_whose_own_pager_is_gone_says_so_at_once_and_asks_for_no_other() -> None:
    prompt = Scene([]).page.ask(LINE)

    assert prompt.wants is Wants.NOTHING
    assert "Nobody was told" in prompt.said
    assert SWITCHBOARD in prompt.said
