"""Amazon Connect's flow language, as far as it is spoken here: which actions there are, and what makes a flow invalid.

Standard library only: the emulator refuses with it what Connect would refuse when a template brings the flow.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

VERSION = "2019-10-30"
_ENDS = frozenset({"DisconnectParticipant", "EndFlowExecution"})
_LONGEST_FUNCTION = 8
_LONGEST_INPUT = 180


class FlowError(ValueError):
    """Connect would not take the flow; the text says why."""


@dataclass(frozen=True)
class Transitions:
    """Where it goes on: by the condition that holds, by an error's type, or else."""

    following: str | None
    conditions: tuple[tuple[str, tuple[str, ...], str], ...] = ()
    """Operator, operands, the next action."""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Action:
    """One block of a flow."""

    identifier: str
    type: str
    parameters: Mapping[str, Any]
    transitions: Transitions


@dataclass(frozen=True)
class Flow:
    """A flow that can be run."""

    start: str
    actions: Mapping[str, Action]


REQUIRED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "MessageParticipant": (),
        "GetParticipantInput": ("InputTimeLimitSeconds",),
        "InvokeLambdaFunction": ("LambdaFunctionARN", "InvocationTimeLimitSeconds"),
        "UpdateContactAttributes": ("Attributes",),
        "UpdateContactTextToSpeechVoice": (),
        "UpdateContactRecordingBehavior": (),
        "UpdateFlowLoggingBehavior": (),
        "Compare": ("ComparisonValue",),
        "Loop": ("LoopCount",),
        "Wait": ("TimeLimitSeconds",),
        "DisconnectParticipant": (),
        "EndFlowExecution": (),
    }
)
_NEEDED_ERRORS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "GetParticipantInput": ("NoMatchingError",),
        "InvokeLambdaFunction": ("NoMatchingError",),
        "Compare": ("NoMatchingCondition",),
    }
)


def parse(content: str) -> Flow:
    """Read a flow. Raises FlowError with everything that is wrong with it."""
    try:
        document = json.loads(content)
    except ValueError as cause:
        raise FlowError(f"The content is not JSON: {cause}") from cause
    try:
        actions = {action["Identifier"]: _action(action) for action in document["Actions"]}
        flow = Flow(document["StartAction"], actions)
        problems = list(_problems(document, flow))
    except (KeyError, TypeError, AttributeError) as cause:
        raise FlowError(f"The content lacks what every flow has: {cause!r}") from cause
    if problems:
        raise FlowError("; ".join(problems))
    return flow


def _action(given: Mapping[str, Any]) -> Action:
    transitions = given.get("Transitions") or {}
    return Action(
        given["Identifier"],
        given["Type"],
        given.get("Parameters") or {},
        Transitions(
            transitions.get("NextAction"),
            tuple(
                (each["Condition"]["Operator"], tuple(each["Condition"]["Operands"]), each["NextAction"])
                for each in transitions.get("Conditions") or ()
            ),
            {each["ErrorType"]: each["NextAction"] for each in transitions.get("Errors") or ()},
        ),
    )


def _problems(document: Mapping[str, Any], flow: Flow) -> Iterator[str]:
    if document.get("Version") != VERSION:
        yield f"Version must be {VERSION}"
    if len(flow.actions) != len(document["Actions"]):
        yield "two actions have the same Identifier"
    if flow.start not in flow.actions:
        yield f"StartAction {flow.start} is no action"
    for action in flow.actions.values():
        yield from (f"{action.identifier}: {problem}" for problem in _faults(action, flow))


def _faults(action: Action, flow: Flow) -> Iterator[str]:
    if action.type not in REQUIRED:
        yield f"{action.type} is no action that is known here"
        return
    yield from (f"{name} is missing" for name in REQUIRED[action.type] if name not in action.parameters)
    yield from _untied(action, flow)
    yield from _parameter_faults(action.type, action.parameters)


def _untied(action: Action, flow: Flow) -> Iterator[str]:
    """Where it could not go on."""
    go_on = action.transitions
    if action.type not in _ENDS and go_on.following is None and not go_on.conditions:
        yield "it does not say where to go on"
    missing = [error for error in _NEEDED_ERRORS.get(action.type, ()) if error not in go_on.errors]
    if action.type == "GetParticipantInput" and not _stores(action.parameters):
        missing += [error for error in ("InputTimeLimitExceeded", "NoMatchingCondition") if error not in go_on.errors]
    yield from (f"no way is given for {error}" for error in missing)
    ways = [go_on.following, *(way for _, _, way in go_on.conditions), *go_on.errors.values()]
    yield from (f"{way} is no action" for way in ways if way is not None and way not in flow.actions)


def _stores(parameters: Mapping[str, Any]) -> bool:
    return str(parameters.get("StoreInput", "False")) == "True"


def _parameter_faults(kind: str, parameters: Mapping[str, Any]) -> Iterator[str]:
    spoken = [name for name in ("Text", "SSML", "PromptId") if name in parameters]
    if kind == "MessageParticipant" and len(spoken) != 1:
        yield "exactly one of Text, SSML and PromptId must be given"
    if kind == "GetParticipantInput":
        if len(spoken) > 1:
            yield "only one of Text, SSML and PromptId may be given"
        yield from _within("InputTimeLimitSeconds", parameters, 1, _LONGEST_INPUT)
    if kind == "InvokeLambdaFunction":
        yield from _within("InvocationTimeLimitSeconds", parameters, 1, _LONGEST_FUNCTION)


def _within(name: str, parameters: Mapping[str, Any], low: int, high: int) -> Iterator[str]:
    given = parameters.get(name, "")
    if not isinstance(given, str) or not given.isdecimal() or not low <= int(given) <= high:
        yield f"{name} must be a string with a number from {low} to {high}, not {given!r}"
