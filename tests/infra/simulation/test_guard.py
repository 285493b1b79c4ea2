"""Nobody can have the primary backed up: every role and an administrator, asked about every way to do it."""

from dataclasses import replace

import pytest

from infra.config.model import RegionConfig
from infra.guard.documents import BOUNDARY_NAME, POLICY_NAME
from infra.guard.ways import Kind
from tests.infra.simulation.calls import (
    ACCOUNT,
    CLOUDFORMATION,
    PRIMARY_TAG,
    REPLICA_TAG,
    every_way,
    on,
    primary_of,
    replica_of,
)
from tests.infra.simulation.conftest import Guards
from tests.infra.simulation.needs import need_of
from tests.infra.simulation.simulator import EVERYTHING, Principal, Question, Request, Verdict, not_as_expected

_REFUSED = (Verdict.DENIED, Verdict.NOT_ALLOWED)
_BESIDE_DELIVERY = ("Backup/", "Reconcile/ReconcileRole")
_EXEMPT_NAME = f"arn:aws:iam::{ACCOUNT}:role/cdk-mine-cfn-exec-role-{ACCOUNT}-ca-central-1"
_SOME_ROLE = f"arn:aws:iam::{ACCOUNT}:role/new"
_CLOUDFORMATION_ITSELF = "cloudformation.amazonaws.com"


def test_no_role_can_burden_the_primary_in_any_way(roles: dict[str, Principal], config: RegionConfig) -> None:
    questions = [Question(role, way) for role in roles.values() for way in every_way(config)]
    assert not_as_expected(questions, *_REFUSED) == []


def test_every_role_can_do_what_it_is_there_for(roles: dict[str, Principal], config: RegionConfig) -> None:
    questions = [
        Question(role, need_of(name, region=config.region, account=config.account.id, replica=replica_of(config)))
        for name, role in roles.items()
    ]
    assert not_as_expected(questions, Verdict.ALLOWED) == []


def test_a_role_beside_delivery_stays_off_the_primary_whatever_right_it_is_given_later(
    roles: dict[str, Principal], config: RegionConfig
) -> None:
    grown = [
        replace(role, policies=(*role.policies, EVERYTHING))
        for name, role in roles.items()
        if name.startswith(_BESIDE_DELIVERY)
    ]
    questions = [Question(role, way) for role in grown for way in every_way(config)]
    assert not_as_expected(questions, Verdict.DENIED) == []


def test_an_administrator_under_any_of_the_three_guards_is_denied_every_way(
    guards: Guards, config: RegionConfig
) -> None:
    questions = [Question(person, way) for person in guards.administrators() for way in every_way(config)]
    assert not_as_expected(questions, Verdict.DENIED) == []


def test_a_way_that_the_policy_leaves_out_would_be_noticed(guards: Guards, config: RegionConfig) -> None:
    statements = guards.policy["Statement"]
    for left_out in ("PrimaryByName", "PrimaryByTag", "WhichIsPrimary", "BackupJobs", "Migrations"):
        weaker = {**guards.policy, "Statement": [each for each in statements if each["Sid"] != left_out]}
        person = Principal(f"arn:aws:iam::{ACCOUNT}:role/administrator", ACCOUNT, (EVERYTHING, weaker))
        questions = [Question(person, way) for way in every_way(config)]
        assert not_as_expected(questions, Verdict.DENIED), left_out


def test_the_guards_leave_everything_else_to_an_administrator(guards: Guards, config: RegionConfig) -> None:
    primary = on(Kind.INSTANCE, primary_of(config), config)
    replica = on(Kind.INSTANCE, replica_of(config), config)
    snapshot = f"arn:aws:rds:{config.region}:{ACCOUNT}:snapshot:by-hand"
    allowed = (
        Request("rds:CreateDBSnapshot", replica, REPLICA_TAG),
        Request("rds:CreateDBSnapshot", snapshot),
        Request("rds:CopyDBSnapshot", snapshot, PRIMARY_TAG),
        Request("rds:StartExportTask", snapshot, PRIMARY_TAG),
        Request("rds:DeleteDBInstance", on(Kind.INSTANCE, "statline-verify-x", config), REPLICA_TAG),
        Request("rds:AddTagsToResource", replica, {**REPLICA_TAG, "aws:TagKeys": ["team"]}),
        Request("rds:ModifyDBInstance", primary, PRIMARY_TAG),
        Request("rds:RebootDBInstance", primary, PRIMARY_TAG),
        Request("rds:RestoreDBInstanceToPointInTime", primary, PRIMARY_TAG),
        Request("rds:PromoteReadReplica", replica, REPLICA_TAG),
        Request("sqs:SendMessage", f"arn:aws:sqs:{config.region}:{ACCOUNT}:statline-ingress-stat"),
    )
    questions = [Question(person, request) for person in guards.administrators() for request in allowed]
    assert not_as_expected(questions, Verdict.ALLOWED) == []


def test_cloudformation_makes_what_a_reviewed_template_says(guards: Guards, config: RegionConfig) -> None:
    # What lies in another account takes that account's word as well, which none of the three is.
    own = [way for way in every_way(config) if way.resource == "*" or f":{ACCOUNT}:" in way.resource]
    questions = [Question(role, way) for role in guards.laid_on(CLOUDFORMATION, EVERYTHING) for way in own]
    assert not_as_expected(questions, Verdict.ALLOWED) == []


@pytest.mark.parametrize("action", ["iam:CreateRole", "iam:UpdateAssumeRolePolicy", "sts:AssumeRole"])
def test_nobody_can_pose_as_cloudformations_role(guards: Guards, action: str) -> None:
    by_hand = Request(action, _EXEMPT_NAME)
    assert not_as_expected([Question(person, by_hand) for person in guards.administrators()], Verdict.DENIED) == []


def test_a_role_of_the_exempt_name_that_somebodys_template_has_made_is_of_no_use_to_him(guards: Guards) -> None:
    uses = (
        Request("sts:AssumeRole", _EXEMPT_NAME),
        Request("iam:PassRole", _EXEMPT_NAME),
        *(
            Request("iam:PassRole", _EXEMPT_NAME, {"iam:PassedToService": f"{service}.amazonaws.com"})
            for service in ("lambda", "ec2", "states", "ecs-tasks")
        ),
    )
    questions = [Question(person, use) for person in guards.administrators() for use in uses]
    assert not_as_expected(questions, Verdict.DENIED) == []


def test_a_deploy_hands_cloudformation_its_role(guards: Guards) -> None:
    deploy = Request("iam:PassRole", _EXEMPT_NAME, {"iam:PassedToService": _CLOUDFORMATION_ITSELF})
    anything = Request("iam:PassRole", _SOME_ROLE, {"iam:PassedToService": "lambda.amazonaws.com"})
    by_policy, operator, by_organisation = guards.administrators()
    allowed = [Question(person, deploy) for person in (by_policy, by_organisation)]
    allowed += [Question(person, anything) for person in guards.administrators()]
    assert not_as_expected(allowed, Verdict.ALLOWED) == []
    # An operator deploys by CDK's role for it: what he hands over by himself is a template that nobody has reviewed.
    assert not_as_expected([Question(operator, deploy)], Verdict.DENIED) == []


def test_cdks_bootstrap_can_make_cloudformations_role(guards: Guards) -> None:
    bootstrap = Request("iam:CreateRole", _EXEMPT_NAME, {"aws:CalledViaFirst": _CLOUDFORMATION_ITSELF})
    by_policy, _, by_organisation = guards.administrators()
    questions = [Question(person, bootstrap) for person in (by_policy, by_organisation)]
    assert not_as_expected(questions, Verdict.ALLOWED) == []


def test_nobody_takes_the_managed_guards_off_or_writes_them_anew(guards: Guards) -> None:
    by_policy, operator, _ = guards.administrators()
    own = [
        f"arn:aws:iam::{ACCOUNT}:policy/{form.format(region='ca-central-1')}" for form in (POLICY_NAME, BOUNDARY_NAME)
    ]
    refused = [
        Request(action, arn)
        for arn in own
        for action in (
            "iam:CreatePolicyVersion",
            "iam:SetDefaultPolicyVersion",
            "iam:DeletePolicyVersion",
            "iam:DeletePolicy",
        )
    ]
    refused += [
        Request(
            f"iam:Detach{bearer.capitalize()}Policy", f"arn:aws:iam::{ACCOUNT}:{bearer}/any", {"iam:PolicyARN": arn}
        )
        for arn in own
        for bearer in ("role", "user", "group")
    ]
    questions = [Question(person, request) for person in (by_policy, operator) for request in refused]
    assert not_as_expected(questions, Verdict.DENIED) == []
    others = {"iam:PolicyARN": f"arn:aws:iam::{ACCOUNT}:policy/anybodys"}
    allowed = Request("iam:DetachRolePolicy", _SOME_ROLE, others)
    assert not_as_expected([Question(person, allowed) for person in (by_policy, operator)], Verdict.ALLOWED) == []


def test_an_operator_can_neither_lay_down_the_boundary_nor_hand_on_rights_without_it(guards: Guards) -> None:
    _, operator, _ = guards.administrators()
    role, user = _SOME_ROLE, f"arn:aws:iam::{ACCOUNT}:user/new"
    own = f"arn:aws:iam::{ACCOUNT}:policy/statline-operator-boundary-ca-central-1"
    other = {"iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/wide-open"}
    refused = (
        Request("iam:DeleteRolePermissionsBoundary", role),
        Request("iam:DeleteUserPermissionsBoundary", user),
        Request("iam:PutRolePermissionsBoundary", role, other),
        Request("iam:PutUserPermissionsBoundary", user, other),
        Request("iam:CreateRole", role),
        Request("iam:CreateUser", user),
        # Another's role, made into one's own: by whom it trusts, or by what it may do.
        Request("iam:UpdateAssumeRolePolicy", role),
        Request("iam:AttachRolePolicy", role, {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}),
        Request("iam:PutRolePolicy", role, other),
        Request("iam:AttachUserPolicy", user, {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}),
        Request("iam:PutUserPolicy", user),
        Request("iam:CreateAccessKey", user),
        Request("iam:CreateLoginProfile", user),
        Request("iam:UpdateLoginProfile", user),
        # A policy of a name that the boundary would take for itself.
        Request("iam:CreatePolicy", f"arn:aws:iam::{ACCOUNT}:policy/statline-operator-boundary-wide-open"),
    )
    assert not_as_expected([Question(operator, request) for request in refused], Verdict.DENIED) == []
    bounded = {"iam:PermissionsBoundary": own}
    allowed = [
        Request(f"iam:{action}", role, bounded)
        for action in ("CreateRole", "PutRolePolicy", "AttachRolePolicy", "UpdateAssumeRolePolicy")
    ]
    allowed.append(Request("iam:CreatePolicy", f"arn:aws:iam::{ACCOUNT}:policy/mine"))
    assert not_as_expected([Question(operator, request) for request in allowed], Verdict.ALLOWED) == []


def test_an_operator_who_is_a_user_changes_his_own_keys(guards: Guards) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:user/kim"
    operator = Principal(arn, ACCOUNT, (EVERYTHING,), boundary=guards.boundary)
    own = Request("iam:CreateAccessKey", arn, {"aws:username": "kim"})
    anothers = Request("iam:CreateAccessKey", f"arn:aws:iam::{ACCOUNT}:user/root-admin", {"aws:username": "kim"})
    assert not_as_expected([Question(operator, own)], Verdict.ALLOWED) == []
    assert not_as_expected([Question(operator, anothers)], Verdict.DENIED) == []


def test_aws_backup_is_stopped_at_the_snapshot_that_its_role_asks_for(guards: Guards, config: RegionConfig) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/service-role/AWSBackupDefaultServiceRole"
    _, _, service = guards.laid_on(arn, EVERYTHING)
    primary = Request("rds:CreateDBSnapshot", on(Kind.INSTANCE, primary_of(config), config), PRIMARY_TAG)
    anybodys = Request("rds:CreateDBSnapshot", on(Kind.INSTANCE, "anybodys", config))
    assert not_as_expected([Question(service, primary)], Verdict.DENIED) == []
    assert not_as_expected([Question(service, anybodys)], Verdict.ALLOWED) == []
