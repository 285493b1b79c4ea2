"""What the backup's roles and people may do, asked call by call: what they need, and nothing beside it."""

from collections.abc import Mapping
from typing import Any

import pytest

from functions.core.domain.backup.record import EXECUTION_TAG
from infra.config.model import RegionConfig
from infra.constructs.backup.arns import MACHINE
from infra.constructs.backup.far_copies import copies_alias
from tests.infra.simulation.calls import ACCOUNT, PRIMARY_TAG, primary_of, replica_of
from tests.infra.simulation.principals import managed_policy
from tests.infra.simulation.simulator import Principal, Question, Request, Verdict, not_as_expected
from tests.infra.templates import Template

_REFUSED = (Verdict.NOT_ALLOWED, Verdict.DENIED)
_BACKUP = "20261122t101112-0a1b"
_OURS = {f"aws:ResourceTag/{EXECUTION_TAG}": "0a1b2c3d"}


class Names:
    """What a region's backups touch, as IAM names it."""

    def __init__(self, config: RegionConfig) -> None:
        self._config = config
        self.replica, self.primary = self.db(replica_of(config)), self.db(primary_of(config))
        self.restored = self.db(f"statline-verify-{_BACKUP}")
        self.snapshot = self.of("rds", f"snapshot:statline-backup-{_BACKUP}")
        self.copy = self.of("rds", f"snapshot:statline-backup-{_BACKUP}-copy")
        self.somebodys = self.of("rds", "snapshot:before-the-migration")
        self.machine = self.of("states", f"stateMachine:{MACHINE}")
        self.execution = self.of("states", f"execution:{MACHINE}:0a1b")
        self.table = self.of("dynamodb", "table/statline-backups")

    def db(self, identifier: str) -> str:
        return self.of("rds", f"db:{identifier}")

    def of(self, service: str, resource: str, region: str | None = None) -> str:
        return f"arn:aws:{service}:{region or self._config.region}:{ACCOUNT}:{resource}"


@pytest.fixture
def names(config: RegionConfig) -> Names:
    return Names(config)


def _row(partition: str, *attributes: str) -> dict[str, str | list[str]]:
    return {"dynamodb:LeadingKeys": [partition], "dynamodb:Attributes": ["pk", "sk", *attributes]}


def _all(principal: Principal, *requests: Request) -> list[Question]:
    return [Question(principal, request) for request in requests]


def test_the_workflow_may_do_what_it_does(roles: dict[str, Principal], names: Names) -> None:
    machine = roles["Backup/BackupRole"]
    allowed = (
        Request("rds:DescribeDBInstances", names.replica),
        Request("rds:CreateDBSnapshot", names.replica),
        Request("rds:CreateDBSnapshot", names.snapshot),
        Request("rds:CopyDBSnapshot", names.copy),
        Request("rds:RestoreDBInstanceFromDBSnapshot", names.restored),
        Request("rds:DeleteDBInstance", names.restored),
        Request("rds:DeleteDBSnapshot", names.snapshot),
        Request("rds:StartExportTask", names.copy),
        Request("rds:CancelExportTask", "*"),
        Request("dynamodb:UpdateItem", names.table, _row("BACKUP")),
        Request("dynamodb:DeleteItem", names.table, _row("TURN")),
        Request("states:DescribeExecution", names.execution),
        Request("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "Statline"}),
    )
    assert not_as_expected(_all(machine, *allowed), Verdict.ALLOWED) == []


def test_the_workflow_may_touch_nothing_that_it_has_not_made(roles: dict[str, Principal], names: Names) -> None:
    machine = roles["Backup/BackupRole"]
    refused = (
        Request("rds:CreateDBSnapshot", names.primary),
        Request("rds:CreateDBSnapshot", names.replica, PRIMARY_TAG),
        Request("rds:CreateDBSnapshot", names.somebodys),
        Request("rds:DeleteDBSnapshot", names.somebodys),
        Request("rds:CopyDBSnapshot", names.somebodys),
        Request("rds:StartExportTask", names.somebodys),
        *(
            Request(action, instance)
            for instance in (names.primary, names.replica)
            for action in ("rds:DeleteDBInstance", "rds:ModifyDBInstance", "rds:RebootDBInstance")
        ),
        Request("rds:DeleteDBInstance", names.restored, PRIMARY_TAG),
        Request("rds:PromoteReadReplica", names.replica),
        Request("rds:ModifyDBSnapshotAttribute", names.copy),
        Request("rds:RestoreDBInstanceFromDBSnapshot", names.db("statline-primary-2")),
        Request("dynamodb:DeleteItem", names.table, _row("BACKUP")),
        Request("dynamodb:DeleteItem", names.table, _row("AUDIT")),
        Request("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "AWS/RDS"}),
        Request("states:StartExecution", names.machine),
    )
    assert not_as_expected(_all(machine, *refused), *_REFUSED) == []


def _uses_of_keys(role: Principal) -> list[Mapping[str, Any]]:
    """The statements that let a role encrypt storage. The simulator asks for the key's own policy, too."""
    return [
        statement
        for policy in role.policies
        for statement in policy["Statement"]
        if statement["Effect"] == "Allow" and "kms:CreateGrant" in statement["Action"]
    ]


def test_the_keys_of_storage_and_copies_are_used_through_rds_only(roles: dict[str, Principal], region: str) -> None:
    (statement,) = _uses_of_keys(roles["Backup/BackupRole"])
    assert len(statement["Resource"]) == 2
    assert statement["Condition"] == {"StringEquals": {"kms:ViaService": f"rds.{region}.amazonaws.com"}}


def test_upkeep_removes_what_carries_the_workflows_tag_and_nothing_else(
    roles: dict[str, Principal], names: Names
) -> None:
    upkeep = roles["Backup/FunctionsUpkeepRole"]
    allowed = (
        Request("rds:DeleteDBInstance", names.restored, _OURS),
        Request("rds:DeleteDBSnapshot", names.copy, _OURS),
    )
    refused = (
        Request("rds:DeleteDBInstance", names.restored),
        Request("rds:DeleteDBInstance", names.restored, {**_OURS, **PRIMARY_TAG}),
        Request("rds:DeleteDBInstance", names.replica, _OURS),
        Request("rds:DeleteDBSnapshot", names.copy),
        Request("rds:DeleteDBSnapshot", names.somebodys, _OURS),
        Request("rds:CreateDBSnapshot", names.replica),
    )
    assert not_as_expected(_all(upkeep, *allowed), Verdict.ALLOWED) == []
    assert not_as_expected(_all(upkeep, *refused), *_REFUSED) == []


def test_upkeep_copies_to_the_configs_second_region_and_to_no_other(
    roles: dict[str, Principal], config: RegionConfig, names: Names
) -> None:
    assert config.database is not None
    far = config.database.backup.copy_to
    upkeep = roles["Backup/FunctionsUpkeepRole"]
    copy = f"snapshot:statline-backup-{_BACKUP}-copy"
    elsewhere = Request("rds:CopyDBSnapshot", names.of("rds", copy, "eu-west-1"))
    assert not_as_expected([Question(upkeep, elsewhere)], *_REFUSED) == []
    uses = _uses_of_keys(upkeep)
    if far is None:
        assert uses == []
        return
    there = Request("rds:CopyDBSnapshot", names.of("rds", copy, far.region))
    assert not_as_expected([Question(upkeep, there)], Verdict.ALLOWED) == []
    (abroad,) = (use for use in uses if "kms:ResourceAliases" in str(use["Condition"]))
    assert abroad["Condition"] == {
        "StringEquals": {"kms:ViaService": f"rds.{far.region}.amazonaws.com"},
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": copies_alias(config.region)},
    }


@pytest.fixture
def operator(templates: Mapping[str, Template], config: RegionConfig) -> Principal:
    document = managed_policy(templates[f"Statline-{config.region}-Backup"], f"statline-backup-{config.region}", config)
    return Principal(f"arn:aws:iam::{ACCOUNT}:user/somebody-on-call", ACCOUNT, (document,))


def test_an_operator_starts_follows_and_cancels_backups_and_writes_what_he_does(
    operator: Principal, names: Names
) -> None:
    allowed = (
        Request("states:StartExecution", names.machine),
        Request("states:ListExecutions", names.machine),
        Request("states:DescribeExecution", names.execution),
        Request("dynamodb:Query", names.table, _row("BACKUP")),
        Request("dynamodb:GetItem", names.table, _row("BACKUP")),
        Request("dynamodb:UpdateItem", names.table, _row("BACKUP", "cancel_asked_by")),
        Request("dynamodb:PutItem", names.table, _row("AUDIT", "who", "what")),
        Request("rds:DescribeDBInstances", names.primary),
    )
    assert not_as_expected(_all(operator, *allowed), Verdict.ALLOWED) == []


def test_an_operator_can_neither_snapshot_nor_kill_nor_write_how_a_backup_ended(
    operator: Principal, names: Names
) -> None:
    refused = (
        Request("rds:CreateDBSnapshot", names.replica),
        Request("rds:CreateDBSnapshot", names.primary),
        Request("rds:DeleteDBSnapshot", names.copy),
        Request("states:StopExecution", names.execution),
        Request("states:UpdateStateMachine", names.machine),
        Request("dynamodb:UpdateItem", names.table, _row("BACKUP", "verified_at")),
        Request("dynamodb:UpdateItem", names.table, _row("BACKUP", "cancel_asked_by", "words")),
        Request("dynamodb:UpdateItem", names.table, _row("TURN", "cancel_asked_by")),
        Request("dynamodb:PutItem", names.table, _row("BACKUP")),
        Request("dynamodb:DeleteItem", names.table, _row("AUDIT")),
    )
    assert not_as_expected(_all(operator, *refused), *_REFUSED) == []
