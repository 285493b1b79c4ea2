"""The flows of calls: what the stacks deploy, and that a call ends whatever happens on it."""

import json
from collections.abc import Mapping
from typing import Any

from infra.config.model import RegionConfig
from tests.infra.templates import Template, references

Flow = dict[str, Any]
_ASKS = {"statline-speak-and-ask": "statline-keypad", "statline-pager-line": "statline-virtual-pager"}


def _flows(delivery: Template) -> Mapping[str, tuple[Flow, Mapping[str, Any]]]:
    """By the flow's name: its content, and what stands for the words in it."""
    found = {}
    for flow in delivery.properties("AWS::Connect::ContactFlow"):
        content, words = flow["Content"]["Fn::Sub"]
        found[flow["Name"]] = (json.loads(content), words)
    return found


def _actions(flow: Flow) -> dict[str, dict[str, Any]]:
    return {action["Identifier"]: action for action in flow["Actions"]}


def _next_of(action: Mapping[str, Any]) -> set[str]:
    transitions = action["Transitions"]
    ways = [*transitions.get("Errors", []), *transitions.get("Conditions", [])]
    following = {way["NextAction"] for way in ways}
    return following | ({transitions["NextAction"]} if "NextAction" in transitions else set())


def _function_of(delivery: Template, alias: Any) -> str:
    found = delivery.resources("AWS::Lambda::Alias")[next(references(alias))]
    return delivery.name_of(found["Properties"]["FunctionName"])


def test_the_flow_that_speaks_asks_the_keypad_and_the_pagers_line_asks_the_pager(delivery: Template) -> None:
    asked = {
        name: {_function_of(delivery, alias) for alias in words.values()}
        for name, (_, words) in _flows(delivery).items()
    }
    assert asked == {name: {function} for name, function in _ASKS.items()}


def test_every_function_that_a_flow_asks_is_one_that_the_stack_puts_in(delivery: Template) -> None:
    for flow, words in _flows(delivery).values():
        asked = {
            action["Parameters"]["LambdaFunctionARN"]
            for action in flow["Actions"]
            if action["Type"] == "InvokeLambdaFunction"
        }
        assert asked == {f"${{{word}}}" for word in words}


def test_every_way_through_a_flow_leads_on_and_in_the_end_to_a_hang_up(delivery: Template) -> None:
    for name, (flow, _) in _flows(delivery).items():
        actions = _actions(flow)
        assert flow["StartAction"] in actions
        for action in actions.values():
            assert _next_of(action) <= set(actions), (name, action["Identifier"])
        ends = {key for key, action in actions.items() if action["Type"] == "DisconnectParticipant"}
        while grown := {key for key, action in actions.items() if _next_of(action) & ends} - ends:
            ends |= grown
        assert ends == set(actions), name


def test_a_call_goes_on_in_words_when_the_function_does_not_answer(delivery: Template) -> None:
    """Silence on the line is the one thing that a caller must not get."""
    for name, (flow, _) in _flows(delivery).items():
        actions = _actions(flow)
        asking = [action for action in actions.values() if action["Type"] == "InvokeLambdaFunction"]
        assert asking
        for action in asking:
            (failed,) = action["Transitions"]["Errors"]
            assert actions[failed["NextAction"]]["Type"] == "MessageParticipant", (name, action["Identifier"])


def test_only_the_regions_own_instance_may_call_the_functions_of_calls(
    delivery: Template, config: RegionConfig
) -> None:
    assert config.providers.voice is not None
    permitted = {
        _function_of(delivery, permission["FunctionName"]): permission
        for permission in delivery.properties("AWS::Lambda::Permission")
        if permission["Principal"] == "connect.amazonaws.com"
    }
    assert set(permitted) == set(_ASKS.values())
    for permission in permitted.values():
        assert permission["SourceArn"] == config.providers.voice.instance_arn
        assert permission["SourceAccount"] == config.account.id


def test_a_flow_is_made_after_its_function_was_made_known_to_the_instance(delivery: Template) -> None:
    known = delivery.resources("AWS::Connect::IntegrationAssociation")
    assert {_function_of(delivery, one["Properties"]["IntegrationArn"]) for one in known.values()} == set(
        _ASKS.values()
    )
    for flow in delivery.resources("AWS::Connect::ContactFlow").values():
        assert set(flow["DependsOn"]) & set(known)


def test_voice_starts_calls_with_the_flow_that_asks(delivery: Template) -> None:
    voice = delivery.named("AWS::Lambda::Function", "statline-voice")["Properties"]["Environment"]["Variables"]
    (flow,) = references(voice["CONTACT_FLOW"])
    assert delivery.resources("AWS::Connect::ContactFlow")[flow]["Properties"]["Name"] == "statline-speak-and-ask"
