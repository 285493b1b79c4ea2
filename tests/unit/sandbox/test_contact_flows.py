"""Calls by Amazon Connect, with somebody on the phone: our own flow runs, the function it names is asked."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local.sandbox.connect.contact_flows import ContactFlows
from local.sandbox.connect.contacts import Contact, Contacts
from local.sandbox.people.lines import Line
from local.sandbox.world import World
from tests.unit.sandbox.conftest import NUMBER, PHONE, lived, used
from tests.unit.sandbox.provider_cloud import FakeProviderCloud

REGION, INSTANCE = "ca-central-1", "arn:aws:connect:ca-central-1:000000000000:instance/i-1"
KEYPAD = "arn:aws:lambda:ca-central-1:000000000000:function:keypad"
FLOWS = Path(__file__).parents[3] / "infra/contact_flows"
ASKS = {"statline_asks": "yes", "statline_text": "Code blue. Press 1 or 2.", "statline_recipient": "u-17"}


@pytest.fixture
def flows(world: World, cloud: FakeProviderCloud) -> ContactFlows:
    association = {"InstanceId": INSTANCE, "IntegrationArn": KEYPAD, "IntegrationType": "LAMBDA_FUNCTION"}
    cloud.known = {
        "AWS::Connect::ContactFlow": [
            {
                "region": REGION,
                "id": f"{INSTANCE}/contact-flow/f-1",
                "properties": {"Name": "ask", "Content": content()},
            }
        ],
        "AWS::Connect::IntegrationAssociation": [{"region": REGION, "id": "a", "properties": association}],
    }
    cloud.functions = {KEYPAD: answered}
    return ContactFlows(world, Contacts())


def content() -> str:
    return (FLOWS / "speak_and_ask.json").read_text().replace("${KeypadFunction}", KEYPAD)


def answered(event: Mapping[str, Any]) -> object:
    details = event["Details"]
    who, said = details["ContactData"]["Attributes"]["statline_recipient"], details["Parameters"]["statline_answer"]
    return {"statline_said": f"{who} said {said}.", "statline_result": "first"}


def contact() -> Contact:
    return Contact("c-1", REGION, PHONE, None, None, 0.0, instance=INSTANCE, flow="f-1", attributes=dict(ASKS))


def told(cloud: FakeProviderCloud) -> list[tuple[str, str]]:
    return [(event["detail"]["eventType"], event["detail"].get("disconnectReason", "")) for event in cloud.events]


@pytest.mark.parametrize(("key", "answer"), [("1", "accept"), ("2", "decline")])
def test_a_pressed_key_reaches_the_function_and_its_answer_is_spoken(
    world: World, cloud: FakeProviderCloud, flows: ContactFlows, key: str, answer: str
) -> None:
    used(world, keys=(key,))

    happened = lived(world, lambda: flows.call_out(contact(), NUMBER))

    assert ("presses", key) in happened
    assert ("hears", f"u-17 said {answer}.") in happened
    assert happened[-1] == ("ended", "over")
    assert told(cloud) == [
        ("INITIATED", ""),
        ("CONNECTED_TO_SYSTEM", ""),
        ("DISCONNECTED", "CONTACT_FLOW_DISCONNECT"),
    ]


def test_nobody_takes_the_call(world: World, cloud: FakeProviderCloud, flows: ContactFlows) -> None:
    used(world, on_call="ignores")

    assert lived(world, lambda: flows.call_out(contact(), NUMBER)) == [("rings", NUMBER), ("ended", "unanswered")]
    assert told(cloud) == [("INITIATED", ""), ("DISCONNECTED", "TELECOM_UNANSWERED")]


def test_a_voicemail_hears_it_all_and_presses_nothing(
    world: World, cloud: FakeProviderCloud, flows: ContactFlows
) -> None:
    used(world, on_call="voicemail", keys=("1",))

    happened = lived(world, lambda: flows.call_out(contact(), NUMBER))

    assert ("answers", "voicemail") in happened
    assert not [what for what, _ in happened if what == "presses"]
    assert told(cloud)[1] == ("CONNECTED_TO_SYSTEM", "")


def test_a_stopped_call_falls_silent(world: World, cloud: FakeProviderCloud, flows: ContactFlows) -> None:
    used(world, on_call="ignores")

    happened = lived(world, lambda: flows.call_out(contact(), NUMBER), lambda: flows.stop("c-1"))

    assert happened[-1] == ("ended", "stopped")
    assert told(cloud)[-1] == ("DISCONNECTED", "API")


def test_a_function_that_is_not_associated_is_never_called(
    world: World, cloud: FakeProviderCloud, flows: ContactFlows, capsys: pytest.CaptureFixture[str]
) -> None:
    used(world, keys=("1",))
    cloud.known["AWS::Connect::IntegrationAssociation"] = []

    happened = lived(world, lambda: flows.call_out(contact(), NUMBER))

    assert not [text for what, text in happened if what == "hears" and "said" in text]
    assert "no association" in capsys.readouterr().err


def test_a_nested_answer_is_none_that_connect_takes(
    world: World, cloud: FakeProviderCloud, flows: ContactFlows, capsys: pytest.CaptureFixture[str]
) -> None:
    used(world, keys=("1",))
    cloud.functions[KEYPAD] = lambda _: {"statline_said": {"text": "no"}}

    lived(world, lambda: flows.call_out(contact(), NUMBER))

    assert "flat object" in capsys.readouterr().err


def test_somebody_calls_a_line(world: World, cloud: FakeProviderCloud, flows: ContactFlows) -> None:
    pager = KEYPAD.replace("keypad", "virtual-pager")
    flow = (FLOWS / "pager_line.json").read_text().replace("${VirtualPagerFunction}", pager)
    cloud.known["AWS::Connect::ContactFlow"][0]["properties"].update(Name="line", Content=flow)
    cloud.known["AWS::Connect::IntegrationAssociation"][0]["properties"].update(IntegrationArn=pager)
    steps: list[Mapping[str, str]] = []

    def talk(event: Mapping[str, Any]) -> object:
        steps.append(event["Details"]["Parameters"])
        wants = {"greet": "pager", "pager": "callback"}.get(steps[-1]["statline_step"], "nothing")
        return {"statline_said": f"after {steps[-1]['statline_step']}", "statline_wants": wants}

    cloud.functions = {pager: talk}
    line = Line(provider="connect", region=REGION, flow="line", instance=INSTANCE)

    lived(world, lambda: flows.call_in(PHONE, NUMBER, line, ("4471#", "6475550100#")))

    keyed = [value for step in steps for name, value in step.items() if name != "statline_step"]
    assert {"4471", "6475550100"} <= set(keyed)
    assert cloud.events[0]["detail"]["initiationMethod"] == "INBOUND"
