"""Every right that is given is one that AWS knows: real actions, on resources that they are authorised on, in room."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from infra.config.model import RegionConfig
from tests.infra.simulation.resolving import Resolver
from tests.infra.simulation.simulator import Document, Principal, authorization_reference, resource_types
from tests.infra.templates import Template, as_list

_INLINE_LIMIT = 10_240
"""Characters that AWS takes for all policies written into a role, white space not counted."""
_MANAGED_LIMIT = 6_144
"""And for one managed policy."""
_NOT_IN_THE_REFERENCE = re.compile(r"^(rds-db:connect|connect:StartOutboundVoiceContact)$")
"""Signing in has a page of its own in the RDS User Guide; a call is authorised on its contact, which Connect's page of
the reference leaves out."""


@pytest.fixture
def bearers(
    roles: dict[str, Principal], templates: Mapping[str, Template], config: RegionConfig
) -> dict[str, Principal]:
    """Every role, and for each managed policy somebody who has nothing else."""
    people = {
        str(policy["ManagedPolicyName"]): Principal(
            f"arn:aws:iam::{config.account.id}:user/somebody",
            config.account.id,
            (Resolver(template, config.region, config.account.id).resolve(policy["PolicyDocument"]),),
        )
        for stack, template in templates.items()
        if stack.startswith(f"Statline-{config.region}-")
        for policy in template.properties("AWS::IAM::ManagedPolicy")
    }
    return {**roles, **people}


@cache
def _pattern(service: str, kind: str) -> str:
    """The form of a kind's ARNs, each part that varies as a wildcard."""
    arn: str = resource_types(service)[kind.lower()]["arn"]
    return re.sub(r"\$\{\w+\}", "*", arn)


def _statements(role: Principal) -> Iterator[Mapping[str, Any]]:
    for policy in role.policies:
        yield from (statement for statement in policy["Statement"] if statement["Effect"] == "Allow")


def _rights(role: Principal) -> Iterator[tuple[str, list[str]]]:
    """Each action that a role is allowed, and on what."""
    for statement in _statements(role):
        for action in as_list(statement["Action"]):
            if not _NOT_IN_THE_REFERENCE.match(action):
                yield action, as_list(statement["Resource"])


@cache
def _meets(one: str, other: str) -> bool:
    """Whether some ARN is of both forms. In either a wildcard stands for anything, colons too, as IAM reads it."""
    if not one or not other:
        return not (one + other).strip("*")
    if one[0] == "*":
        return _meets(one[1:], other) or _meets(one, other[1:])
    if other[0] == "*":
        return _meets(other, one)
    return one[0] == other[0] and _meets(one[1:], other[1:])


def test_every_action_that_anybody_is_allowed_exists(bearers: dict[str, Principal]) -> None:
    unknown = {
        f"{name}: {action}"
        for name, role in bearers.items()
        for action, _ in _rights(role)
        if "*" not in action and action.partition(":")[2].lower() not in authorization_reference(action.split(":")[0])
    }
    assert unknown == set()


def test_every_right_is_given_on_what_aws_authorises_it_on(bearers: dict[str, Principal]) -> None:
    """A right on an ARN of another kind is none: the first real call is refused."""
    idle = {
        f"{name}: {action} on {resource}"
        for name, role in bearers.items()
        for action, resources in _rights(role)
        if "*" not in action
        for resource in resources
        if resource != "*" and not _fits(action, resource)
        # One statement gives several actions on what any of them needs.
        if not any(_fits(action, other) for other in resources)
    }
    assert idle == set()


def test_what_a_call_touches_besides_is_allowed_with_it(bearers: dict[str, Principal]) -> None:
    """AWS authorises a call on each kind of resource that its page marks as required."""
    missing = {
        f"{name}: {action} on a {kind}"
        for name, role in bearers.items()
        for action in {action for action, _ in _rights(role) if action.startswith("rds:")}
        for kind in _required(action)
        if not any(
            resource == "*" or _meets(resource, _pattern("rds", kind))
            for other, resources in _rights(role)
            if other == action
            for resource in resources
        )
    }
    assert missing == set()


def _fits(action: str, resource: str) -> bool:
    service, _, name = action.partition(":")
    kinds = authorization_reference(service)[name.lower()]["resourceTypes"]
    return any(_meets(resource, _pattern(service, kind["name"])) for kind in kinds)


def _required(action: str) -> list[str]:
    kinds = authorization_reference("rds")[action.partition(":")[2].lower()]["resourceTypes"]
    return [kind["name"] for kind in kinds if kind["required"]]


def test_what_is_written_into_a_role_is_not_more_than_aws_takes(roles: dict[str, Principal]) -> None:
    sizes = {name: sum(map(_size, role.policies)) for name, role in roles.items()}
    assert {name: size for name, size in sizes.items() if size > _INLINE_LIMIT} == {}


def test_a_managed_policy_is_not_larger_than_aws_takes(templates: Mapping[str, Template], config: RegionConfig) -> None:
    sizes = {
        str(policy["ManagedPolicyName"]): _size(
            Resolver(template, config.region, config.account.id).resolve(policy["PolicyDocument"])
        )
        for stack, template in templates.items()
        if stack.startswith(f"Statline-{config.region}-")
        for policy in template.properties("AWS::IAM::ManagedPolicy")
    }
    assert len(sizes) > 5
    assert {name: size for name, size in sizes.items() if size > _MANAGED_LIMIT} == {}


def _size(document: Document) -> int:
    return len(json.dumps(document, separators=(",", ":")))


@pytest.mark.parametrize(
    ("resource", "form", "meets"),
    [
        ("arn:aws:rds:ca-central-1:1:db:statline-verify-*", "arn:*:rds:*:*:db:*", True),
        ("arn:aws:rds:ca-central-1:1:snapshot:x", "arn:*:rds:*:*:db:*", False),
        ("arn:*:rds:*:*:db:*", "arn:*:rds:*:*:db:*", True),
        ("arn:aws:logs:x:1:log-group:y:*", "arn:*:logs:*:*:log-group:*:log-stream:*", True),
    ],
)
def test_a_resource_is_held_to_the_form_of_its_kind(*, resource: str, form: str, meets: bool) -> None:
    assert _meets(resource, form) is meets
