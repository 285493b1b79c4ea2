"""Walks a contact flow as Amazon Connect does: only the kinds of action that the pager's flow has."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FLOW: Mapping[str, Any] = json.loads(
    (Path(__file__).parents[3] / "infra" / "contact_flows" / "pager_line.json").read_text(encoding="utf-8")
)
TIMEOUT = "Timeout"
"""What Connect stores where the caller keyed in nothing."""
Invoke = Callable[[Mapping[str, str]], Mapping[str, str] | None]
"""The function behind the flow: from its parameters to its answer; None where it failed."""


@dataclass
class Call:
    """One call: what is keyed in at each question, in order, and what the caller heard."""

    invoke: Invoke
    keys: Sequence[str] = ()
    heard: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    data: dict[str, dict[str, str]] = field(default_factory=lambda: {"External": {}, "Attributes": {}})
    stored: str = ""

    def run(self) -> "Call":
        actions = {action["Identifier"]: action for action in FLOW["Actions"]}
        left = iter(self.keys)
        at: str | None = FLOW["StartAction"]
        for _ in range(100):
            if at is None:
                return self
            action = actions[at]
            at = getattr(self, f"_{action['Type']}")(action["Parameters"], action["Transitions"], left)
        raise AssertionError("the flow goes round in circles")

    def _InvokeLambdaFunction(self, parameters: Any, to: Any, _left: Iterator[str]) -> str:  # noqa: N802 - Connect's
        given = {name: self._value(value) for name, value in parameters["LambdaInvocationAttributes"].items()}
        answer = self.invoke(given)
        if answer is None:
            return str(to["Errors"][0]["NextAction"])
        self.data["External"] = dict(answer)
        return str(to["NextAction"])

    def _Compare(self, parameters: Any, to: Any, _left: Iterator[str]) -> str:  # noqa: N802 - Connect's
        value = self._value(parameters["ComparisonValue"])
        for each in to["Conditions"]:
            if value in each["Condition"]["Operands"]:
                return str(each["NextAction"])
        return str(to["Errors"][0]["NextAction"])

    def _GetParticipantInput(self, parameters: Any, to: Any, left: Iterator[str]) -> str:  # noqa: N802 - Connect's
        self.asked.append(self._value(parameters["Text"]))
        self.stored = next(left, "") or TIMEOUT
        return str(to["NextAction"])

    def _UpdateContactAttributes(self, parameters: Any, to: Any, _left: Iterator[str]) -> str:  # noqa: N802 - Connect's
        self.data["Attributes"] |= {name: self._value(value) for name, value in parameters["Attributes"].items()}
        return str(to["NextAction"])

    def _MessageParticipant(self, parameters: Any, to: Any, _left: Iterator[str]) -> str:  # noqa: N802 - Connect's
        self.heard.append(self._value(parameters["Text"]))
        return str(to["NextAction"])

    def _DisconnectParticipant(self, _parameters: Any, _to: Any, _left: Iterator[str]) -> None:  # noqa: N802 - Connect's
        return None

    def _value(self, text: str) -> str:
        """A reference to the call's data, or the text itself. What there is none of is empty."""
        if text == "$.StoredCustomerInput":
            return self.stored
        if not text.startswith("$."):
            return text
        _, namespace, name = text.split(".")
        return self.data[namespace].get(name, "")
