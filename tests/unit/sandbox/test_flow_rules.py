"""What Connect refuses of a contact flow, and that it takes ours."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.sandbox.connect.flow_rules import FlowError, parse

FLOWS = Path(__file__).parents[3] / "infra/contact_flows"
ASK = {"Text": "Well?", "InputTimeLimitSeconds": "5"}
ERRORS = [
    {"ErrorType": kind, "NextAction": "end"}
    for kind in ("NoMatchingError", "NoMatchingCondition", "InputTimeLimitExceeded")
]
END = {"Identifier": "end", "Type": "DisconnectParticipant"}


def flow(**action: Any) -> str:
    first = {"Identifier": "first", "Transitions": {"NextAction": "end", "Errors": ERRORS}, **action}
    return json.dumps({"Version": "2019-10-30", "StartAction": "first", "Actions": [first, END]})


@pytest.mark.parametrize("file", sorted(FLOWS.glob("*.json")), ids=lambda file: str(file.stem))
def test_our_own_flows_are_taken(file: Path) -> None:
    assert parse(file.read_text()).actions


def test_a_whole_flow_is_taken() -> None:
    assert parse(flow(Type="GetParticipantInput", Parameters=ASK)).start == "first"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("not JSON", "not JSON"),
        ("{}", "lacks"),
        (flow(Type="PlayTheFiddle"), "no action that is known"),
        (flow(Type="MessageParticipant", Parameters={}), "exactly one of Text"),
        (flow(Type="GetParticipantInput", Parameters={**ASK, "InputTimeLimitSeconds": "999"}), "InputTimeLimitSeconds"),
        (flow(Type="GetParticipantInput", Parameters=ASK, Transitions={"NextAction": "end"}), "InputTimeLimitExceeded"),
        (
            flow(
                Type="InvokeLambdaFunction",
                Parameters={"LambdaFunctionARN": "arn", "InvocationTimeLimitSeconds": "9"},
            ),
            "1 to 8",
        ),
        (flow(Type="MessageParticipant", Parameters={"Text": "a"}, Transitions={"NextAction": "away"}), "away"),
        (flow(Type="MessageParticipant", Parameters={"Text": "a"}, Transitions={}), "where to go on"),
    ],
)
def test_a_flow_that_connect_would_refuse_is_refused_by_what_is_wrong(content: str, problem: str) -> None:
    with pytest.raises(FlowError, match=problem):
        parse(content)
