"""An IAM simulator, asked what principals may do: one run of Node for all questions of a test."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from local.cloud.tools import ensure_simulator

_PROGRAM = Path(__file__).with_name("simulate.mjs")
_PACKAGE = Path("@cloud-copilot") / "iam-simulate" / "dist" / "esm" / "index.js"
_FACTS = Path("@cloud-copilot") / "iam-data" / "data"

Document = Mapping[str, Any]
EVERYTHING: Document = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


class Verdict(StrEnum):
    """What the simulator says. Both last ones refuse; only the last refuses whatever is allowed elsewhere."""

    ALLOWED = "Allowed"
    NOT_ALLOWED = "ImplicitlyDenied"
    DENIED = "ExplicitlyDenied"


@dataclass(frozen=True, eq=False)
class Principal:
    """A role or a person: its policies, its boundary, and what the organisation lays on its account."""

    arn: str
    account: str
    policies: tuple[Document, ...]
    boundary: Document | None = None
    service_control_policy: Document | None = None

    def as_asked(self) -> dict[str, Any]:
        """The principal as simulate.mjs reads it."""
        laid_on = [EVERYTHING, *([self.service_control_policy] if self.service_control_policy else [])]
        return {
            "arn": self.arn,
            "account": self.account,
            "identityPolicies": _named(self.policies),
            "boundaries": _named([self.boundary] if self.boundary else []),
            "serviceControlPolicies": [{"orgIdentifier": "o-example", "policies": _named(laid_on)}],
        }


@dataclass(frozen=True)
class Request:
    """One call: an action on a resource, and what else IAM knows of it."""

    action: str
    resource: str
    context: Mapping[str, str | list[str]] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.action} on {self.resource} {dict(self.context) or ''}"


@dataclass(frozen=True)
class Question:
    """Whether a principal may. resource_policy: the resource's own, where that says something."""

    principal: Principal
    request: Request
    resource_policy: Document | None = None

    def __str__(self) -> str:
        return f"{self.principal.arn}: {self.request}"


def ask(questions: Sequence[Question]) -> list[Verdict]:
    """The verdicts, in order. An action that cannot be asked of such a resource is an error."""
    node, packages = ensure_simulator()
    principals = {id(question.principal): question.principal for question in questions}
    asked = {
        "library": str(packages / _PACKAGE),
        "principals": {str(key): principal.as_asked() for key, principal in principals.items()},
        "questions": [
            {
                "principal": str(id(question.principal)),
                "action": question.request.action,
                "resource": question.request.resource,
                "context": dict(question.request.context),
                "resourcePolicy": question.resource_policy,
            }
            for question in questions
        ],
    }
    done = subprocess.run([node, _PROGRAM], input=json.dumps(asked), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [Verdict(verdict) for verdict in json.loads(done.stdout)]


def not_as_expected(questions: Sequence[Question], *expected: Verdict) -> list[str]:
    """The questions whose verdict is none of the expected ones, in words."""
    verdicts = ask(questions)
    assert verdicts
    return [
        f"{question}: {verdict}"
        for question, verdict in zip(questions, verdicts, strict=True)
        if verdict not in expected
    ]


@cache
def authorization_reference(service: str) -> dict[str, Any]:
    """What AWS says of a service's actions, by their names in lower case."""
    _, packages = ensure_simulator()
    found: dict[str, Any] = json.loads((packages / _FACTS / "actions" / f"{service}.json").read_text(encoding="utf-8"))
    return found


@cache
def resource_types(service: str) -> dict[str, Any]:
    """What AWS says of the kinds of resources that a service has, by their names in lower case."""
    _, packages = ensure_simulator()
    file = packages / _FACTS / "resourceTypes" / f"{service}.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _named(documents: Sequence[Document]) -> list[dict[str, Any]]:
    return [{"name": f"policy {number}", "policy": document} for number, document in enumerate(documents)]
