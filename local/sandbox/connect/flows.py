"""Runs a contact flow with somebody on the line."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.sandbox.connect.flow_rules import Action, Flow
from local.sandbox.people.calls import Call

_REFERENCE = re.compile(r"\$(?:\.[A-Za-z0-9_]+|\['[^']+'\])+")
_STEP = re.compile(r"\.([A-Za-z0-9_]+)|\['([^']+)'\]")
_TAG = re.compile(r"<[^>]+>")
_MOST_ACTIONS = 1_000
"""Connect ends a flow that runs in circles, too."""

Invoke = Callable[[str, Mapping[str, str], int], Awaitable[Mapping[str, str]]]
"""Calls a function: its ARN, the attributes, the time limit in seconds. Raises FunctionFailedError."""


class FunctionFailedError(Exception):
    """The function did not answer as Connect takes it; the flow goes on with its error branch."""


@dataclass
class Run:
    """One contact's way through a flow. `contact` is what `$` means: Attributes, CustomerEndpoint and so on."""

    flow: Flow
    call: Call
    contact: dict[str, Any]
    invoke: Invoke
    _loops: dict[str, int] = field(default_factory=dict)

    async def to_end(self) -> None:
        """Run until the flow disconnects. Raises CallEndedError when the other side was first."""
        at: str | None = self.flow.start
        for _ in range(_MOST_ACTIONS):
            if at is None:
                return
            action = self.flow.actions[at]
            at = await _DO[action.type](self, action)

    def text(self, value: object) -> str:
        """A parameter with its references put in; what is not there is empty."""
        return _REFERENCE.sub(lambda match: self._resolved(match.group()), str(value))

    def _resolved(self, reference: str) -> str:
        found: Any = self.contact
        for dotted, quoted in _STEP.findall(reference):
            found = found.get(dotted or quoted) if isinstance(found, Mapping) else None
        return "" if found is None else str(found)

    def spoken(self, parameters: Mapping[str, Any]) -> str:
        """What is said aloud."""
        if "SSML" in parameters:
            return _TAG.sub("", self.text(parameters["SSML"]))
        return self.text(parameters.get("Text", parameters.get("PromptId", "")))

    async def speak(self, action: Action) -> str | None:
        """MessageParticipant."""
        await self.call.hear(self.spoken(action.parameters))
        return action.transitions.following

    async def ask(self, action: Action) -> str | None:
        """GetParticipantInput: keys into conditions, or stored whole."""
        parameters = action.parameters
        pressed = await self.call.ask(self.spoken(parameters), seconds=float(parameters["InputTimeLimitSeconds"]))
        if str(parameters.get("StoreInput", "False")) == "True":
            ending = (parameters.get("DTMFConfiguration") or {}).get("InputTerminationSequence", "#")
            self.contact["StoredCustomerInput"] = "Timeout" if pressed is None else pressed.partition(ending)[0]
            return action.transitions.following
        if pressed is None:
            return action.transitions.errors["InputTimeLimitExceeded"]
        return self.branch(action, pressed[:1])

    async def call_function(self, action: Action) -> str | None:
        """InvokeLambdaFunction: its answer is `$.External` until the next one's."""
        parameters = action.parameters
        given = {name: self.text(value) for name, value in (parameters.get("LambdaInvocationAttributes") or {}).items()}
        arn, limit = self.text(parameters["LambdaFunctionARN"]), int(parameters["InvocationTimeLimitSeconds"])
        try:
            self.contact["External"] = await self.invoke(arn, given, limit)
        except FunctionFailedError:
            return action.transitions.errors["NoMatchingError"]
        return action.transitions.following

    async def keep(self, action: Action) -> str | None:
        """UpdateContactAttributes."""
        given = action.parameters["Attributes"].items()
        self.contact["Attributes"] |= {name: self.text(value) for name, value in given}
        return action.transitions.following

    async def compare(self, action: Action) -> str | None:
        """Compare."""
        return self.branch(action, self.text(action.parameters["ComparisonValue"]))

    async def loop(self, action: Action) -> str | None:
        """Loop: so many times one way, then the other."""
        done = self._loops.get(action.identifier, 0)
        if done < int(action.parameters["LoopCount"]):
            self._loops[action.identifier] = done + 1
            return self.branch(action, "ContinueLooping")
        self._loops[action.identifier] = 0
        return self.branch(action, "DoneLooping")

    async def go_on(self, action: Action) -> str | None:
        """What nobody on the line notices."""
        return action.transitions.following

    async def end(self, action: Action) -> str | None:
        """DisconnectParticipant, EndFlowExecution."""
        del action
        return None

    def branch(self, action: Action, value: str) -> str | None:
        """The way of the first condition that holds."""
        for operator, operands, way in action.transitions.conditions:
            if _HOLDS[operator](value, operands):
                return way
        return action.transitions.errors.get("NoMatchingCondition", action.transitions.following)


_HOLDS: Mapping[str, Callable[[str, tuple[str, ...]], bool]] = {
    "Equals": lambda value, operands: value == operands[0],
    "TextStartsWith": lambda value, operands: value.startswith(operands[0]),
    "TextEndsWith": lambda value, operands: value.endswith(operands[0]),
    "TextContains": lambda value, operands: operands[0] in value,
    "NumberGreaterThan": lambda value, operands: value.isdecimal() and int(value) > int(operands[0]),
    "NumberLessThan": lambda value, operands: value.isdecimal() and int(value) < int(operands[0]),
}
_DO: Mapping[str, Callable[[Run, Action], Awaitable[str | None]]] = {
    "MessageParticipant": Run.speak,
    "GetParticipantInput": Run.ask,
    "InvokeLambdaFunction": Run.call_function,
    "UpdateContactAttributes": Run.keep,
    "UpdateContactTextToSpeechVoice": Run.go_on,
    "UpdateContactRecordingBehavior": Run.go_on,
    "UpdateFlowLoggingBehavior": Run.go_on,
    "Wait": Run.go_on,
    "Compare": Run.compare,
    "Loop": Run.loop,
    "DisconnectParticipant": Run.end,
    "EndFlowExecution": Run.end,
}
