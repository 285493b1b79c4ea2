"""A caller's way through the contact flow and the function behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from functions.core.services.page_by_number import PageByNumber
from functions.virtual_pager.conversation import Conversation, Details, Step
from statline.contract.directory import DirectoryChange
from statline.contract.words import Channel
from tests.fakes.clock import FakeClock
from tests.fakes.directory import FakeDirectory
from tests.fakes.directory_changes import a_line, a_pager, a_phone, a_policy, a_user
from tests.fakes.doors import FakeDoors
from tests.unit.paging.flow import FLOW, Call

OWN, SHARED, CALLER = "+14165550199", "+14165550198", "+14165550111"


@dataclass
class House:
    """A line for pager 4471 and one for any pager. ``broken``: the steps at which the function fails."""

    line: str = OWN
    caller: str | None = CALLER
    broken: tuple[Step, ...] = ()
    doors: FakeDoors = field(default_factory=FakeDoors)
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        held: list[DirectoryChange] = [a_pager(), a_user("u-1"), a_phone("u-1"), a_policy(switchboard="+14165550100")]
        directory = FakeDirectory([a_line(OWN), a_line(SHARED, pager=None), *held])
        page = PageByNumber(directory, self.doors, self.clock, frozenset(Channel))
        self._answer = Conversation(page, self.clock)

    def call(self, *keys: str) -> Call:
        return Call(self.invoke, keys).run()

    def invoke(self, parameters: Mapping[str, str | None]) -> Mapping[str, str] | None:
        """As Connect invokes it: twice, as if the first answer were lost. A second passes between."""
        if parameters["statline_step"] in self.broken:
            return None
        details = Details.model_validate(self.details(parameters))
        self._answer(details)
        self.clock.advance(1)
        return self._answer(details)

    def details(self, parameters: Mapping[str, str | None]) -> dict[str, Any]:
        return {
            "Parameters": parameters,
            "ContactData": {
                "ContactId": "contact-1",
                "Channel": "VOICE",
                "Attributes": {},
                "CustomerEndpoint": {"Address": self.caller, "Type": "TELEPHONE_NUMBER"} if self.caller else None,
                "SystemEndpoint": {"Address": self.line, "Type": "TELEPHONE_NUMBER"},
            },
        }


def test_a_caller_keys_in_a_number_and_hears_that_the_holder_was_paged() -> None:
    house = House()

    call = house.call("5521")

    assert len(call.asked) == 1
    first, second = call.heard
    assert first == second
    assert "was paged" in first
    assert house.doors.sent[0].content.body == "Call back extension 5521"


def test_a_step_that_connect_repeats_is_one_page() -> None:
    house = House()

    house.call("5521")

    once, again = house.doors.sent
    assert once == again


def test_an_attribute_that_was_never_set_may_come_as_null() -> None:
    """A line with a pager of its own asks for none, and the attribute that would hold it does not exist."""
    house = House()

    answer = house.invoke({"statline_step": "page", "statline_pager": None, "statline_callback": "5521"})

    assert answer is not None
    assert answer["statline_paged"] == "true"


def test_the_reference_is_spelled_out() -> None:
    call = House().call("5521")

    reference = call.data["External"]["statline_reference"]
    assert f"reference {', '.join(reference)}" in call.heard[0]


def test_nothing_keyed_in_is_the_callers_own_number() -> None:
    house = House()

    house.call()

    assert house.doors.sent[0].content.callback == CALLER


def test_a_shared_line_asks_for_the_pager_first() -> None:
    house = House(line=SHARED)

    call = house.call("4471", "4165550123")

    assert len(call.asked) == 2
    assert house.doors.sent[0].content.callback == "+14165550123"


def test_a_wrong_pager_may_be_keyed_in_once_more() -> None:
    house = House(line=SHARED)

    call = house.call("9999", "4471", "5521")

    assert "There is no pager 9 9 9 9" in call.asked[1]
    assert "was paged" in call.heard[0]


def test_a_pager_that_is_wrong_twice_pages_nobody_and_the_caller_hears_what_to_do() -> None:
    house = House(line=SHARED)

    call = house.call("9999", "8888")

    assert house.doors.sent == []
    assert "Nobody was told" in call.heard[0]
    assert "switchboard" in call.heard[0]


def test_a_wrong_number_to_call_back_may_be_keyed_in_once_more() -> None:
    house = House()

    call = house.call("99", "5521")

    assert len(call.asked) == 2
    assert house.doors.sent[0].content.body == "Call back extension 5521"


def test_who_withholds_the_number_and_keys_in_none_is_told_that_nobody_was() -> None:
    house = House(caller=None)

    call = house.call()

    assert house.doors.sent == []
    assert "was paged" not in call.heard[0]


def test_wherever_the_function_fails_the_caller_hears_that_nothing_is_confirmed() -> None:
    for step in Step:
        house = House(line=SHARED, broken=(step,))
        call = house.call("9999", "4471", "99", "5521")
        assert call.heard == [next(a for a in FLOW["Actions"] if a["Identifier"] == "apologize")["Parameters"]["Text"]]
        assert house.doors.sent == []


def test_a_closed_queue_is_told_as_not_confirmed() -> None:
    house = House(doors=FakeDoors(closed=True))

    call = house.call("5521")

    assert "could not be confirmed" in call.heard[0]
    assert call.data["External"]["statline_paged"] == "false"


def test_every_action_of_the_flow_can_be_reached_and_leads_on() -> None:
    actions = {action["Identifier"]: action for action in FLOW["Actions"]}
    reached, left = set(), [FLOW["StartAction"]]
    while left:
        name = left.pop()
        if name in reached:
            continue
        reached.add(name)
        to = actions[name]["Transitions"]
        left += [to["NextAction"]] if to else []
        left += [each["NextAction"] for each in (*to.get("Errors", ()), *to.get("Conditions", ()))]

    assert reached == set(actions)
    assert all(a["Transitions"].get("Errors") for a in FLOW["Actions"] if a["Type"] != "DisconnectParticipant")
    assert set(FLOW["Metadata"]["ActionMetadata"]) == set(actions)
