"""What IAM is asked before a call to RDS: for each action every resource that it touches, with the tags they carry.

The emulator asks about one instance, or about `*`, and knows no tags of RDS: a policy that names a snapshot would never
match, and one that spares the primary by its tag would never bite.
"""

import contextvars
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.services import rds

from local.emulator.rds.states import Kind

_DB, _SNAPSHOT, _SUBNETS = str(Kind.INSTANCE), str(Kind.SNAPSHOT), "subgrp"
Touched = Sequence[tuple[str, str]]
_THE_INSTANCE: Touched = ((_DB, "DBInstanceIdentifier"),)
_THE_SNAPSHOT: Touched = ((_SNAPSHOT, "DBSnapshotIdentifier"),)
_THE_NAMED: Touched = (("", "ResourceName"),)

TOUCHED: Mapping[str, Touched] = MappingProxyType(
    {
        "CreateDBInstance": (*_THE_INSTANCE, (_SUBNETS, "DBSubnetGroupName")),
        "CreateDBInstanceReadReplica": (*_THE_INSTANCE, (_DB, "SourceDBInstanceIdentifier")),
        "RestoreDBInstanceFromDBSnapshot": (*_THE_INSTANCE, *_THE_SNAPSHOT, (_SUBNETS, "DBSubnetGroupName")),
        "ModifyDBInstance": _THE_INSTANCE,
        "RebootDBInstance": _THE_INSTANCE,
        "StopDBInstance": _THE_INSTANCE,
        "StartDBInstance": _THE_INSTANCE,
        "DeleteDBInstance": _THE_INSTANCE,
        "CreateDBSnapshot": (*_THE_INSTANCE, *_THE_SNAPSHOT),
        "CopyDBSnapshot": ((_SNAPSHOT, "SourceDBSnapshotIdentifier"), (_SNAPSHOT, "TargetDBSnapshotIdentifier")),
        "DeleteDBSnapshot": _THE_SNAPSHOT,
        "StartExportTask": ((_SNAPSHOT, "SourceArn"),),
        "AddTagsToResource": _THE_NAMED,
        "RemoveTagsFromResource": _THE_NAMED,
        "ListTagsForResource": _THE_NAMED,
    }
)
"""Action → the types of the resources that it touches, with the parameters that name them."""
_LISTED: Mapping[str, tuple[str, Touched]] = MappingProxyType(
    {
        "DescribeDBInstances": (_DB, _THE_INSTANCE),
        "DescribeDBSnapshots": (_SNAPSHOT, (*_THE_SNAPSHOT, *_THE_INSTANCE)),
        "DescribeDBSubnetGroups": (_SUBNETS, ((_SUBNETS, "DBSubnetGroupName"),)),
    }
)
"""Action → the type of all of which it asks when it names none, and how it names some."""
_MAKES: Mapping[str, int] = MappingProxyType(
    {
        "CreateDBInstance": 0,
        "CreateDBInstanceReadReplica": 0,
        "RestoreDBInstanceFromDBSnapshot": 0,
        "CreateDBSnapshot": 1,
        "CopyDBSnapshot": 1,
    }
)
"""Action → which of the resources is new. One that gets tags with it needs the right to tag, too."""
_TAG = "rds:AddTagsToResource"

_asked: contextvars.ContextVar[tuple[str, tuple[tuple[str, str], ...]]] = contextvars.ContextVar("statline_rds_rights")


def touched(action: str, parameters: Mapping[str, str], region: str, account: str) -> list[str]:
    """The ARNs of what a call touches; `*` for an action that knows no resources."""

    def arns(pairs: Touched) -> list[str]:
        named = [(kind, parameters[name]) for kind, name in pairs if parameters.get(name)]
        return [
            name if name.startswith("arn:") else f"arn:aws:rds:{region}:{account}:{kind}:{name}" for kind, name in named
        ]

    if action in TOUCHED:
        return arns(TOUCHED[action]) or ["*"]
    if action in _LISTED:
        kind, pairs = _LISTED[action]
        return arns(pairs)[:1] or [f"arn:aws:rds:{region}:{account}:{kind}:*"]
    return ["*"]


def checks(action: str, parameters: Mapping[str, str], region: str, account: str) -> tuple[tuple[str, str], ...]:
    """What IAM is asked: pairs of an action and an ARN, all of which must be allowed."""
    arns = touched(action, parameters, region, account)
    asked = [(f"rds:{action}", arn) for arn in arns]
    if action in _MAKES and any(name.startswith("Tags.") for name in parameters):
        asked.append((_TAG, arns[_MAKES[action]]))
    return tuple(asked)


def _resources(extract: Callable[..., str]) -> Callable[..., str]:
    def extract_resource_arn(service: str, *request: Any) -> str:
        if service != "rds":
            return extract(service, *request)
        *_others, parameters, region, account = request
        flat = {name: value[0] if isinstance(value, list) else value for name, value in parameters.items()}
        asked = checks(str(flat.get("Action", "")), flat, region, account)
        _asked.set((asked[0][1], asked))
        return asked[0][1]

    return extract_resource_arn


def _enforce(enforce: Callable[..., Any]) -> Callable[..., Any]:
    def enforce_each(
        key: str, action: str, *place: str, resource_arn: str = "*", service_context: Mapping[str, Any] | None = None
    ) -> Any:
        first, asked = _asked.get(("", ()))
        if place[0] != "rds" or first != resource_arn:
            return enforce(key, action, *place, resource_arn=resource_arn, service_context=service_context)
        for one, arn in asked:
            context = {**(service_context or {}), **_tags_of(arn)}
            if denied := enforce(key, one, *place, resource_arn=arn, service_context=context):
                return denied
        return None

    return enforce_each


def _tags_of(arn: str) -> dict[str, str]:
    """The condition keys that a resource's tags give."""
    own = f"rds:{arn.split(':')[5]}-tag" if arn.startswith("arn:") else ""
    tags = {tag["Key"]: tag["Value"] for tag in rds._tags.get(arn, [])}
    return {f"{prefix}/{key}": value for key, value in tags.items() for prefix in ("aws:ResourceTag", own)}


def install() -> None:
    """Ask IAM about everything that a call touches."""
    iam_actions.extract_resource_arn = _resources(iam_actions.extract_resource_arn)
    iam_evaluator.enforce = _enforce(iam_evaluator.enforce)
