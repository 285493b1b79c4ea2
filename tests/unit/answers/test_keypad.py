"""A key pressed on a call, as Amazon Connect's flow tells of it; and the flow itself, walked through."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.delivering.delivery import DeliveryKey
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.receipts.callbacks import KeyPress
from functions.core.services.acknowledge import UnseenAnswerError
from functions.keypad.pressing import KeypadEntrance
from statline.contract.words import Answer, Channel, Via
from tests.fakes.clock import NOON
from tests.unit.answers.scene import LEADER, TENANT, Scene

FLOW = json.loads((Path(__file__).parents[3] / "infra/contact_flows/speak_and_ask.json").read_text(encoding="utf-8"))
ACTIONS: Mapping[str, Any] = {action["Identifier"]: action for action in FLOW["Actions"]}
TEXT, SAID = "$.Attributes.statline_text", "$.External.statline_said"


def pressed(answer: str, notification: str = "code-1", user: str = LEADER) -> dict[str, Any]:
    """docs.aws.amazon.com/connect/latest/adminguide/connect-lambda-functions.html"""
    return {
        "Details": {
            "ContactData": {
                "Attributes": {
                    "statline_text": "Code blue. Press 1 to accept.",
                    "statline_tenant": TENANT,
                    "statline_notification": notification,
                    "statline_recipient": user,
                    "statline_endpoint": "phone",
                },
                "Channel": "VOICE",
                "ContactId": "4a573372-1f28-4e26-b97b-000000000000",
                "CustomerEndpoint": {"Address": "+14165550001", "Type": "TELEPHONE_NUMBER"},
                "InitiationMethod": "API",
                "InstanceARN": "arn:aws:connect:ca-central-1:111122223333:instance/i",
            },
            "Parameters": {"statline_answer": answer},
        },
        "Name": "ContactFlowEvent",
    }


@pytest.fixture
def scene() -> Scene:
    scene = Scene()
    scene.activate()
    return scene


def entrance(scene: Scene) -> KeypadEntrance:
    return KeypadEntrance(scene.acknowledge, scene.presses, Log("keypad-under-test"), scene.clock)


def the_press(notification: str = "code-1", user: str = LEADER) -> KeyPress:
    key = DeliveryKey(tenant=TENANT, notification=notification, recipient=user, channel=Channel.VOICE, endpoint="phone")
    return KeyPress(key=key, contact="4a573372-1f28-4e26-b97b-000000000000", at=NOON)


def test_a_one_covers_the_role_of_who_was_called_and_says_so(scene: Scene) -> None:
    answer = entrance(scene)(pressed("accept"))
    assert answer["statline_result"] == "first"
    assert "You are coming to 7, Q, 4" in answer["statline_said"]
    (covered,) = scene.answers.of(TENANT, "code-1").acknowledgements
    assert (covered.role, covered.user, covered.via) == ("leader", LEADER, Via.KEY)


def test_a_two_declines(scene: Scene) -> None:
    assert entrance(scene)(pressed("decline"))["statline_result"] == "declined"
    (word,) = scene.answers.of(TENANT, "code-1").words
    assert word.answer is Answer.DECLINE


def test_a_key_on_the_call_of_a_step_answers_its_activation(scene: Scene) -> None:
    scene.climb("nurse", "u-4")
    assert entrance(scene)(pressed("accept", "code-1~nurse~1~1", "u-4"))["statline_result"] == "first"
    assert scene.answers.of(TENANT, "code-1").covered == {"nurse"}


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_the_call_on_which_a_key_was_pressed_is_told_to_have_been_heard(scene: Scene, answer: str) -> None:
    entrance(scene)(pressed(answer))
    assert scene.presses.kept == [the_press()]


def test_the_call_of_a_step_is_told_of_by_its_own_name(scene: Scene) -> None:
    scene.climb("nurse", "u-4")
    entrance(scene)(pressed("accept", "code-1~nurse~1~1", "u-4"))
    assert scene.presses.kept == [the_press("code-1~nurse~1~1", "u-4")]


def test_an_answer_stands_although_its_call_cannot_be_told_of(scene: Scene) -> None:
    scene.presses.away = True
    assert entrance(scene)(pressed("accept"))["statline_result"] == "first"
    assert scene.answers.of(TENANT, "code-1").covered == {"leader"}


def test_a_key_that_could_not_be_taken_down_tells_nothing_of_its_call(scene: Scene) -> None:
    scene.answers.away = True
    with pytest.raises(StoreUnavailableError):
        entrance(scene)(pressed("accept"))
    assert scene.presses.kept == []


def test_the_answer_is_a_flat_map_of_texts_as_the_flow_wants_it(scene: Scene) -> None:
    assert {type(value) for value in entrance(scene)(pressed("accept")).values()} == {str}


def test_a_key_that_could_not_be_taken_down_is_an_error_of_the_function(scene: Scene) -> None:
    """The flow hears it, and asks again: an answer that is not stored must not sound like one."""
    scene.answers.away = True
    with pytest.raises(StoreUnavailableError):
        entrance(scene)(pressed("accept"))


def test_who_covers_a_role_hears_so_although_nobody_could_be_sent_to_look(scene: Scene) -> None:
    """It is stored, and every worker and the next timer see it: "not taken down" would keep the one who covers away."""
    scene.escalation.away = True
    assert "You are coming" in entrance(scene)(pressed("accept"))["statline_said"]
    assert scene.answers.of(TENANT, "code-1").covered == {"leader"}


def test_who_declines_and_could_not_have_the_next_one_asked_is_not_told_that_it_was_done(scene: Scene) -> None:
    scene.escalation.away = True
    with pytest.raises(UnseenAnswerError):
        entrance(scene)(pressed("decline"))


# the flow


def walk(*keys: str, asks: str = "yes", taken: Sequence[bool] = (True,)) -> list[str]:
    """What a call says and which answers it takes, for the keys that are pressed in turn; "" is none."""
    pressing, working, said = list(keys), list(taken), []
    at = FLOW["StartAction"]
    for _ in range(50):
        action = ACTIONS[at]
        transitions, parameters = action["Transitions"], action["Parameters"]
        match action["Type"]:
            case "Compare":
                at = branch(transitions, asks, "NoMatchingCondition")
            case "MessageParticipant":
                said.append(parameters["Text"])
                at = transitions["NextAction"]
            case "GetParticipantInput":
                said.append(f"ask {parameters['Text']}")
                key = pressing.pop(0) if pressing else ""
                at = branch(transitions, key, "NoMatchingCondition" if key else "InputTimeLimitExceeded")
            case "InvokeLambdaFunction":
                works = working.pop(0) if working else True
                said.append(parameters["LambdaInvocationAttributes"]["statline_answer"])
                at = transitions["NextAction"] if works else error_of(transitions, "NoMatchingError")
            case "DisconnectParticipant":
                return said
    raise AssertionError(f"the call never ends: {said}")


def branch(transitions: Mapping[str, Any], value: str, otherwise: str) -> str:
    for condition in transitions["Conditions"]:
        if value in condition["Condition"]["Operands"]:
            return str(condition["NextAction"])
    return error_of(transitions, otherwise)


def error_of(transitions: Mapping[str, Any], error: str) -> str:
    return next(str(each["NextAction"]) for each in transitions["Errors"] if each["ErrorType"] == error)


def test_a_key_is_taken_down_and_its_word_spoken() -> None:
    assert walk("1") == [f"ask {TEXT}", "accept", SAID]
    assert walk("2") == [f"ask {TEXT}", "decline", SAID]


@pytest.mark.parametrize("first", ["", "5", "#"])
def test_who_presses_nothing_or_another_key_is_asked_once_more(first: str) -> None:
    assert walk(first, "1") == [f"ask {TEXT}", f"ask {TEXT}", "accept", SAID]


def test_a_voicemail_hears_the_text_twice_and_answers_for_nobody() -> None:
    assert walk("", "") == [f"ask {TEXT}", f"ask {TEXT}"]


def test_an_answer_that_was_not_taken_down_is_asked_for_again_and_then_said_to_be_lost() -> None:
    assert walk("1", "1", taken=[False, True])[-3:] == [f"ask {TEXT}", "accept", SAID]
    *_, last = walk("1", "1", taken=[False, False])
    assert "could not be taken down" in last


def test_a_call_that_asks_for_nothing_speaks_twice() -> None:
    for asks in ("no", ""):
        assert walk("1", asks=asks) == [TEXT, TEXT]


def test_every_action_of_the_flow_leads_somewhere_and_is_led_to() -> None:
    named = {FLOW["StartAction"]}
    for action in FLOW["Actions"]:
        transitions = action["Transitions"]
        for each in (transitions, *transitions.get("Errors", []), *transitions.get("Conditions", [])):
            named |= {each["NextAction"]} if "NextAction" in each else set()
    assert named == set(ACTIONS) == set(FLOW["Metadata"]["ActionMetadata"])
