"""Upkeep's own entry point, as the workflow calls it, with AWS around it (moto)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from functions.backup_upkeep import handler, wiring
from functions.backup_upkeep.far_copy import NoFarRegionError
from functions.core.adapters.backup.calls import MalformedCallError
from functions.core.domain.backup.record import BACKUP_TAG, EXECUTION_TAG, copy_name, restored_name, snapshot_name
from tests.contract.tables import a_table

TABLE, ID = "statline-backups", "20250101t000001-abcd"


@dataclass
class World:
    rds: Any
    tables: Any
    execution: str
    machine: str
    patch: pytest.MonkeyPatch

    def configure(self, **far: Any) -> None:
        settings = {
            "BACKUPS_TABLE": TABLE,
            "STATE_MACHINE": self.machine,
            "KEEP_DAYS": "7",
            "KEEP_VERIFIED": "1",
        }
        for name, value in settings.items():
            self.patch.setenv(name, value)
        if far:
            self.patch.setenv("FAR_COPIES", json.dumps(far))
        wiring.wire.cache_clear()

    def record(self, backup: str, **more: str) -> None:
        plain = {"kind": "snapshot", "reason": "", "started_by": "", "execution": self.execution, "step": "restore"}
        texts = {"pk": "BACKUP", "sk": backup, **plain, "started_at": "2025-01-01T00:00:01Z", **more}
        self.tables.put_item(TableName=TABLE, Item={name: {"S": text} for name, text in texts.items()})

    def make(self, backup: str) -> None:
        tags = [{"Key": EXECUTION_TAG, "Value": self.execution}, {"Key": BACKUP_TAG, "Value": backup}]
        snapshot = snapshot_name(backup)
        self.rds.create_db_snapshot(DBInstanceIdentifier="statline-replica", DBSnapshotIdentifier=snapshot, Tags=tags)
        self.rds.copy_db_snapshot(
            SourceDBSnapshotIdentifier=snapshot, TargetDBSnapshotIdentifier=copy_name(backup), Tags=tags
        )
        self.rds.restore_db_instance_from_db_snapshot(
            DBInstanceIdentifier=restored_name(backup), DBSnapshotIdentifier=snapshot, Tags=tags
        )

    def instances(self) -> set[str]:
        return {each["DBInstanceIdentifier"] for each in self.rds.describe_db_instances()["DBInstances"]}

    def snapshots(self) -> set[str]:
        manual = self.rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
        return {each["DBSnapshotIdentifier"] for each in manual}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with a_table(TABLE) as tables:
        rds = boto3.client("rds", region_name="ca-central-1")
        rds.create_db_instance(
            DBInstanceIdentifier="statline-replica",
            DBInstanceClass="db.t4g.large",
            Engine="postgres",
            AllocatedStorage=20,
            MasterUsername="root",
            MasterUserPassword="a-long-password",
            StorageEncrypted=True,
        )
        states = boto3.client("stepfunctions", region_name="ca-central-1")
        machine = states.create_state_machine(
            name="statline-backup", definition="{}", roleArn="arn:aws:iam::123456789012:role/states"
        )["stateMachineArn"]
        execution = states.start_execution(stateMachineArn=machine, name="1")["executionArn"]
        made = World(rds, tables, execution, machine, monkeypatch)
        made.configure()
        yield made
        wiring.wire.cache_clear()


def call(**event: Any) -> dict[str, Any]:
    return handler.handle(event, None)


def stop(world: World) -> None:
    boto3.client("stepfunctions", region_name="ca-central-1").stop_execution(executionArn=world.execution)


def test_what_a_killed_execution_left_is_removed_and_what_runs_is_not(world: World) -> None:
    world.record(ID)
    world.make(ID)

    assert call(operation="clean", execution=None) == {"cleaned": []}
    stop(world)
    cleaned = call(operation="clean", execution=None)["cleaned"]

    assert cleaned == [f"restored instance {restored_name(ID)}", f"backup {ID} is recorded as interrupted"]
    assert world.instances() == {"statline-replica"}
    assert call(operation="clean") == {"cleaned": []}


def test_old_backups_are_pruned_and_the_last_verified_one_never(world: World) -> None:
    other = "20250102t000001-abcd"
    for backup in (ID, other):
        world.make(backup)
        day = backup[:8]
        world.record(
            backup,
            outcome="Verified",
            started_at=f"{day[:4]}-{day[4:6]}-{day[6:]}T00:00:01Z",
            verified_at=f"{day[:4]}-{day[4:6]}-{day[6:]}T00:50:01Z",
            ended_at=f"{day[:4]}-{day[4:6]}-{day[6:]}T01:00:01Z",
        )

    assert call(operation="prune") == {"deleted": [ID, other]}
    assert world.snapshots() == {copy_name(other)}
    assert call(operation="prune") == {"deleted": []}


def test_a_copy_goes_to_the_far_region_and_is_looked_at(world: World) -> None:
    key = boto3.client("kms", region_name="ca-west-1").create_key()["KeyMetadata"]["Arn"]
    world.configure(region="ca-west-1", key=key)
    world.record(ID)
    world.make(ID)
    (copy,) = world.rds.describe_db_snapshots(DBSnapshotIdentifier=copy_name(ID))["DBSnapshots"]

    started = call(operation="start_far_copy", backup=ID, snapshot_arn=copy["DBSnapshotArn"])

    assert started == {"far_copy": copy_name(ID), "region": "ca-west-1"}
    assert call(operation="look_at_far_copy", backup=ID) == {"status": "available", "progress": 100}


def test_without_a_far_region_a_far_copy_is_refused_in_words(world: World) -> None:
    with pytest.raises(NoFarRegionError, match="copy_to"):
        call(operation="look_at_far_copy", backup=ID)


@pytest.mark.parametrize("event", [{}, {"operation": "erase"}, {"operation": "start_far_copy", "backup": "x"}])
def test_a_call_that_makes_no_sense_is_refused(world: World, event: dict[str, Any]) -> None:
    with pytest.raises(MalformedCallError):
        call(**event)
