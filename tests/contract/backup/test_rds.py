"""Upkeep's RDS and Step Functions, as moto has them."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from functions.backup_upkeep.executions import ExecutionsUnknownError, StepFunctionsExecutions
from functions.backup_upkeep.ports import NotOursError, RdsRefusedError, RdsUnavailableError
from functions.backup_upkeep.rds import Rds
from functions.core.domain.backup.leftovers import StoredExport, StoredInstance
from functions.core.domain.backup.record import (
    BACKUP_TAG,
    EXECUTION_TAG,
    copy_name,
    export_name,
    restored_name,
    snapshot_name,
)
from functions.core.domain.backup.retention import StoredSnapshot
from tests.contract.tables import CREDENTIALS

if TYPE_CHECKING:
    from mypy_boto3_rds import RDSClient

HERE, FAR = "ca-central-1", "ca-west-1"
ID = "20260101t000001-abcd"
TAGS = {EXECUTION_TAG: "arn:aws:states:ca-central-1:123456789012:execution:statline-backup:1", BACKUP_TAG: ID}
AS_RDS = [{"Key": key, "Value": value} for key, value in TAGS.items()]


@pytest.fixture
def client() -> "Iterator[RDSClient]":
    with patch.dict(os.environ, CREDENTIALS), mock_aws():
        client = boto3.client("rds", region_name=HERE)
        for name, tags in (("statline-replica", []), (restored_name(ID), AS_RDS)):
            client.create_db_instance(
                DBInstanceIdentifier=name,
                DBInstanceClass="db.t4g.large",
                Engine="postgres",
                AllocatedStorage=20,
                MasterUsername="root",
                MasterUserPassword="a-long-password",
                StorageEncrypted=True,
                Tags=tags,  # type: ignore[arg-type]
            )
        client.create_db_snapshot(
            DBInstanceIdentifier="statline-replica",
            DBSnapshotIdentifier=snapshot_name(ID),
            Tags=AS_RDS,  # type: ignore[arg-type]
        )
        client.create_db_snapshot(DBInstanceIdentifier="statline-replica", DBSnapshotIdentifier="by-hand")
        client.copy_db_snapshot(
            SourceDBSnapshotIdentifier=snapshot_name(ID),
            TargetDBSnapshotIdentifier=copy_name(ID),
            Tags=AS_RDS,  # type: ignore[arg-type]
        )
        yield client


def test_what_is_there_is_seen_with_its_tags(client: "RDSClient") -> None:
    rds = Rds(client)

    snapshots = {each.name: each for each in rds.snapshots()}
    assert snapshots.keys() == {"by-hand", snapshot_name(ID), copy_name(ID)}
    assert snapshots[copy_name(ID)].can_be_restored
    assert snapshots[copy_name(ID)].is_ours
    assert not snapshots["by-hand"].is_ours
    instances = {each.name: each.may_be_dropped for each in rds.instances()}
    assert instances == {"statline-replica": False, restored_name(ID): True}


def test_ours_is_removed_and_what_is_gone_already_is_a_success(client: "RDSClient") -> None:
    rds = Rds(client)
    restored = next(each for each in rds.instances() if each.may_be_dropped)
    ours = [each for each in rds.snapshots() if each.is_ours]

    for _ in range(2):
        assert rds.drop_instance(restored)
        assert all(rds.delete_snapshot(each) for each in ours)

    assert [each.name for each in rds.instances()] == ["statline-replica"]
    assert [each.name for each in rds.snapshots()] == ["by-hand"]


def test_what_is_not_ours_is_not_removed_whoever_asks(client: "RDSClient") -> None:
    rds = Rds(client)

    with pytest.raises(NotOursError):
        rds.drop_instance(StoredInstance("statline-replica", "available", TAGS))
    with pytest.raises(NotOursError):
        rds.drop_instance(StoredInstance(restored_name(ID), "available", {}))
    with pytest.raises(NotOursError):
        rds.delete_snapshot(StoredSnapshot("by-hand", "available", TAGS))
    with pytest.raises(NotOursError):
        rds.delete_snapshot(StoredSnapshot(copy_name(ID), "available", {}))
    with pytest.raises(NotOursError):
        rds.cancel_export(StoredExport("theirs", "IN_PROGRESS", f"arn:snapshot:{copy_name(ID)}"))

    assert len(rds.instances()) == 2
    assert len(rds.snapshots()) == 3


def test_an_export_of_a_copy_is_seen_and_cancelled(client: "RDSClient") -> None:
    arn = client.describe_db_snapshots(DBSnapshotIdentifier=copy_name(ID))["DBSnapshots"][0]["DBSnapshotArn"]
    client.start_export_task(
        ExportTaskIdentifier=export_name(ID),
        SourceArn=arn,
        S3BucketName="bucket",
        IamRoleArn="arn:aws:iam::123456789012:role/export",
        KmsKeyId="arn:aws:kms:ca-central-1:123456789012:key/0a0a0a0a-0a0a-0a0a-0a0a-0a0a0a0a0a0a",
    )
    rds = Rds(client)

    (export,) = rds.exports()
    assert export.backup == ID
    assert rds.cancel_export(export)


def test_a_copy_goes_to_the_far_region_once_with_our_tags(client: "RDSClient") -> None:
    arn = client.describe_db_snapshots(DBSnapshotIdentifier=copy_name(ID))["DBSnapshots"][0]["DBSnapshotArn"]
    far_client = boto3.client("rds", region_name=FAR)
    key = boto3.client("kms", region_name=FAR).create_key()["KeyMetadata"]["Arn"]
    far = Rds(far_client)

    for _ in range(2):
        far.copy_from(HERE, arn, name=copy_name(ID), key=key, tags=TAGS)

    found = far.find_snapshot(copy_name(ID))
    assert found is not None
    assert found["Encrypted"]
    assert [each.is_ours for each in far.snapshots()] == [True]
    assert far.find_snapshot("another") is None


class Answering:
    """A client of RDS whose every call ends in one way."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, _: str) -> Any:
        def call(**_asked: object) -> None:
            raise self._error

        return call


def refusal(code: str, status: int) -> ClientError:
    metadata: Any = {"HTTPStatusCode": status}
    return ClientError({"Error": {"Code": code, "Message": "words"}, "ResponseMetadata": metadata}, "DeleteDBInstance")


RESTORED = StoredInstance(restored_name(ID), "creating", TAGS)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusal("AccessDenied", 403), RdsRefusedError),
        (refusal("Throttling", 400), RdsUnavailableError),
        (refusal("InternalFailure", 500), RdsUnavailableError),
        (refusal("ServiceUnavailable", 503), RdsUnavailableError),
        (EndpointConnectionError(endpoint_url="rds"), RdsUnavailableError),
    ],
)
def test_what_may_be_tried_again_is_told_from_what_may_not(answer: Exception, error: type[Exception]) -> None:
    with pytest.raises(error, match=f"drop {restored_name(ID)}"):
        Rds(Answering(answer)).drop_instance(RESTORED)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["InvalidDBInstanceState", "InvalidDBInstanceStateFault"])
def test_an_instance_that_is_still_being_made_is_not_dropped_yet_which_is_no_error(code: str) -> None:
    assert not Rds(Answering(refusal(code, 400))).drop_instance(RESTORED)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["DBSnapshotNotFound", "InvalidDBSnapshotState"])
def test_a_copy_of_what_is_gone_or_not_finished_is_refused_in_words(code: str) -> None:
    far = Rds(Answering(refusal(code, 400)))  # type: ignore[arg-type]

    with pytest.raises(RdsRefusedError, match=f"did not copy arn.*{code}.*there and finished"):
        far.copy_from(HERE, "arn:of-a-copy", name=copy_name(ID), key="alias/there", tags=TAGS)


def test_executions_run_until_they_have_ended_and_are_forgotten_after_that() -> None:
    with patch.dict(os.environ, CREDENTIALS), mock_aws():
        client = boto3.client("stepfunctions", region_name=HERE)
        machine = client.create_state_machine(
            name="statline-backup", definition="{}", roleArn="arn:aws:iam::123456789012:role/states"
        )["stateMachineArn"]
        started = client.start_execution(stateMachineArn=machine, name="1")["executionArn"]
        executions = StepFunctionsExecutions(client)

        assert executions.runs(started)
        client.stop_execution(executionArn=started)
        assert not executions.runs(started)
        assert not executions.runs(f"{started}-that-nobody-knows")
        with pytest.raises(ExecutionsUnknownError):
            executions.runs("no arn")
