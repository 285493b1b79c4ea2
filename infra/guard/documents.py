"""The guard's three documents, from the one table of ways: a managed policy, a boundary, a service control policy.

A primary is known twice: by its name, and by its tag. The name holds where nobody has tagged; the tag holds where
somebody has renamed, restored, or keeps another primary.
"""

from collections.abc import Sequence
from typing import Any

from functions.core.domain.backup.record import ROLE_TAG
from infra.config.database import Role
from infra.guard.ways import TAGGING, Kind, actions_on, actions_on_neither

Statement = dict[str, Any]
Document = dict[str, Any]

SERVICE_CONTROL_POLICY_LIMIT = 5120
"""Characters, spaces included, that AWS Organizations takes."""

EXEMPT = "arn:*:iam::{account}:role/cdk-*-cfn-exec-role-*"
"""The role with which CloudFormation makes what a reviewed template says: the one exemption, in every document."""
POLICY_NAME = "statline-no-backup-of-primary-{region}"
BOUNDARY_NAME = "statline-operator-boundary-{region}"
_CLOUDFORMATION = "cloudformation.amazonaws.com"
_OWN_POLICIES = tuple(name.format(region="*") for name in (POLICY_NAME, BOUNDARY_NAME))


def primary_arn(*, region: str, account: str, identifier: str) -> str:
    """The ARN of a primary instance."""
    return f"arn:*:rds:{region}:{account}:{Kind.INSTANCE}:{identifier}"


def policy(primaries: Sequence[str], *, account: str) -> Document:
    """What is attached to a role or a user: it denies, and allows nothing. primaries: their instances' ARNs."""
    return _document([*_denials(primaries, account=account), *_staying(account)])


def boundary(primaries: Sequence[str], *, account: str) -> Document:
    """What an operator's rights end at: everything but the ways to burden a primary, and this boundary itself."""
    everything = {"Sid": "TheRest", "Effect": "Allow", "Action": "*", "Resource": "*"}
    return _document([everything, *_denials(primaries, account=account), *_staying(account), *_keeping(account)])


def service_control_policy(primaries: Sequence[str]) -> Document:
    """What an organisation attaches to the accounts that hold a primary. It binds their administrators, too."""
    return _document(_denials(primaries, account="*"))


def clusters_of(primaries: Sequence[str]) -> list[str]:
    """The ARNs of the clusters that bear the primaries' names: config names a primary without saying which it is."""
    return [arn.replace(f":{Kind.INSTANCE}:", f":{Kind.CLUSTER}:") for arn in primaries]


def _document(statements: Sequence[Statement]) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _denials(primaries: Sequence[str], *, account: str) -> list[Statement]:
    exempt, not_exempt = [EXEMPT.format(account=account)], _not_exempt(account)
    # IAM compares a tag's key without regard to case, and its value with it: here neither counts.
    is_primary = {"StringEqualsIgnoreCase": {f"aws:ResourceTag/{ROLE_TAG}": Role.PRIMARY.value}}
    names_role = {"ForAnyValue:StringEqualsIgnoreCase": {"aws:TagKeys": [ROLE_TAG]}}
    on_databases = actions_on(*Kind)
    return [
        _deny("PrimaryByName", on_databases, [*primaries, *clusters_of(primaries)], not_exempt),
        # Not on "*": a primary's snapshots carry its tags, and they may be copied and restored.
        _deny("PrimaryByTag", on_databases, [f"arn:*:rds:*:*:{kind}:*" for kind in Kind], not_exempt | is_primary),
        _deny("WhichIsPrimary", list(TAGGING), ["*"], not_exempt | names_role),
        _deny("BackupJobs", actions_on_neither("backup"), ["*"], not_exempt),
        _deny("Migrations", actions_on_neither("dms"), ["*"], not_exempt),
        _deny(
            "NobodyPosesAsExempt",
            ["iam:CreateRole", "iam:UpdateAssumeRolePolicy", "sts:AssumeRole"],
            exempt,
            # CDK's bootstrap makes the role through CloudFormation, in its caller's name. So may anybody's template
            # make one of that name: nobody but CloudFormation can then be it.
            {"StringNotEquals": {"aws:CalledViaFirst": _CLOUDFORMATION}},
        ),
        _deny(
            "NothingElseIsExempt",
            ["iam:PassRole"],
            exempt,
            {"StringNotEquals": {"iam:PassedToService": _CLOUDFORMATION}},
        ),
    ]


def _staying(account: str) -> list[Statement]:
    """A policy that its bearer could take off or write anew would be none. An organisation's is out of his reach."""
    own = _own(account)
    return [
        _deny(
            "GuardStaysAttached",
            ["iam:DetachGroupPolicy", "iam:DetachRolePolicy", "iam:DetachUserPolicy"],
            ["*"],
            {"ArnLike": {"iam:PolicyARN": own}} | _not_exempt(account),
        ),
        _deny(
            "GuardIsNotRewritten",
            [
                # The names stand with an open end: one more policy of such a name would be taken for the boundary.
                "iam:CreatePolicy",
                "iam:CreatePolicyVersion",
                "iam:DeletePolicy",
                "iam:DeletePolicyVersion",
                "iam:SetDefaultPolicyVersion",
            ],
            own,
            _not_exempt(account),
        ),
    ]


def _keeping(account: str) -> list[Statement]:
    """A boundary that its bearer could lay down, or pass by with another's rights, would be none."""
    own = _own(account)
    return [
        _deny("BoundaryStays", ["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"], ["*"], None),
        _deny(
            "BoundaryIsHandedOn",
            [
                "iam:AttachRolePolicy",
                "iam:AttachUserPolicy",
                "iam:CreateRole",
                "iam:CreateUser",
                "iam:PutRolePermissionsBoundary",
                "iam:PutRolePolicy",
                "iam:PutUserPermissionsBoundary",
                "iam:PutUserPolicy",
                "iam:UpdateAssumeRolePolicy",
            ],
            ["*"],
            {"StringNotLike": {"iam:PermissionsBoundary": own[-1]}},
        ),
        # Whoever may hand it over has any template made in its name, reviewed or not.
        _deny("TemplatesAreReviewed", ["iam:PassRole"], [EXEMPT.format(account=account)], None),
        {
            "Sid": "NobodyElsesKeys",
            "Effect": "Deny",
            "Action": ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"],
            "NotResource": [f"arn:*:iam::{account}:user/${{aws:username, 'nobody'}}"],
        },
    ]


def _own(account: str) -> list[str]:
    return [f"arn:*:iam::{account}:policy/{name}" for name in _OWN_POLICIES]


def _not_exempt(account: str) -> dict[str, Any]:
    return {"ArnNotLike": {"aws:PrincipalArn": EXEMPT.format(account=account)}}


def _deny(sid: str, actions: list[str], resources: list[str], condition: dict[str, Any] | None) -> Statement:
    statement: Statement = {"Sid": sid, "Effect": "Deny", "Action": actions, "Resource": resources}
    return statement if condition is None else {**statement, "Condition": condition}
