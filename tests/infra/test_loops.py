"""Lambda stops what looks like a loop at about 16 hops. A ladder is one, and must not be stopped; what is none must be.

Which functions are on a loop is not written down here: it follows from who may send to what, and who works it off.
"""

from collections.abc import Iterator, Mapping

import pytest

from tests.infra.templates import Template, as_list, references

_BOUNDED = {
    "statline-canary": "a minute's start and its ticks: two calls",
    "statline-outstanding": "a minute's start and its ticks: two calls",
    "statline-roll-call": "the schedule and the report: two calls",
}
"""Functions that send to themselves a fixed number of times, far from 16."""


@pytest.fixture
def sends(delivery: Template) -> Mapping[str, set[str]]:
    """By the function, the functions that get what it may send."""
    consumers = dict(_consumers(delivery))
    return {
        function["FunctionName"]: {
            consumers[queue]
            for statement in delivery.statements(function["Role"]["Fn::GetAtt"][0])
            if "sqs:SendMessage" in as_list(statement["Action"])
            for queue in map(delivery.name_of, as_list(statement["Resource"]))
            if queue in consumers
        }
        for function in delivery.properties("AWS::Lambda::Function")
    }


def _consumers(delivery: Template) -> Iterator[tuple[str, str]]:
    aliases = delivery.resources("AWS::Lambda::Alias")
    for mapping in delivery.properties("AWS::Lambda::EventSourceMapping"):
        alias = aliases[next(references(mapping["FunctionName"]))]
        yield delivery.name_of(mapping["EventSourceArn"]), delivery.name_of(alias["Properties"]["FunctionName"])


def _reached(sends: Mapping[str, set[str]], start: str) -> set[str]:
    found, ahead = set[str](), set(sends[start])
    while ahead:
        function = ahead.pop()
        if function not in found:
            found.add(function)
            ahead |= sends[function]
    return found


def _may_loop(delivery: Template) -> set[str]:
    return {
        function["FunctionName"]
        for function in delivery.properties("AWS::Lambda::Function")
        if function.get("RecursiveLoop") == "Allow"
    }


def test_every_function_on_a_loop_may_loop_and_no_other(delivery: Template, sends: Mapping[str, set[str]]) -> None:
    on_a_loop = {function for function in sends if function in _reached(sends, function)}
    assert {"statline-escalation", "statline-late-receipts", "statline-sms"} <= on_a_loop
    assert _may_loop(delivery) == on_a_loop - set(_BOUNDED) | {"statline-dead-letters"}


def test_dead_letters_come_of_a_loop_and_go_back_into_it(sends: Mapping[str, set[str]]) -> None:
    """SQS itself moves a message to a dead-letter queue, which is no right of any function's."""
    assert {"statline-push", "statline-sms", "statline-voice"} <= sends["statline-dead-letters"]


def test_what_loops_a_fixed_number_of_times_reaches_nobody_who_sends_back(sends: Mapping[str, set[str]]) -> None:
    for function in _BOUNDED:
        others = _reached(sends, function) - {function}
        assert function in sends[function]
        assert not any(function in sends[other] for other in others)


def test_a_ladder_reaches_itself_by_its_timer_and_by_every_channel(sends: Mapping[str, set[str]]) -> None:
    assert "statline-escalation" in sends["statline-escalation"]
    for channel in ("statline-push", "statline-sms", "statline-voice"):
        assert channel in sends["statline-escalation"]
        assert "statline-escalation" in sends[channel]
