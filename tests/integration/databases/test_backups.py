"""Snapshots, copies, restored instances and exports of the laptop cloud's RDS, on real data."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.databases.server import HOST
from tests.integration.databases.conftest import DATABASE, PRIMARY, REPLICA, Rds
from tests.integration.local_cloud.resources import Clients, await_value

FAR = "ca-west-1"


def code(error: "pytest.ExceptionInfo[ClientError]") -> str:
    return str(error.value.response["Error"]["Code"])


def write(rds: Rds, text: str) -> None:
    """Write a row on the primary, and wait until the replica has it."""
    with rds.session(PRIMARY) as session:
        session.execute("CREATE TABLE IF NOT EXISTS notes (id serial PRIMARY KEY, text text)")
        session.execute("INSERT INTO notes (text) VALUES (%s)", [text])
    await_value(lambda: text in texts(rds, REPLICA))


def texts(rds: Rds, instance: str) -> list[str]:
    """The rows of an instance; none where the table has not come yet."""
    with rds.session(instance) as session:
        if session.execute("SELECT to_regclass('notes')").fetchone() == (None,):
            return []
        return [row[0] for row in session.execute("SELECT text FROM notes ORDER BY id")]


def states(look: Callable[[], str], last: str) -> list[str]:
    """The states that are seen, each once, in the order in which they come, up to the last."""
    seen: list[str] = []

    def follow() -> bool:
        state = look()
        if state not in seen:
            seen.append(state)
        return state == last

    await_value(follow, seconds=20)
    return seen


@pytest.fixture
def snapshot(rds: Rds, name: str) -> str:
    """A snapshot of the replica, ready, with at least one row in it."""
    write(rds, f"before {name}")
    rds.calls.create_db_snapshot(DBInstanceIdentifier=REPLICA, DBSnapshotIdentifier=name)
    rds.await_snapshot(name)
    rds.await_instance(REPLICA)
    return name


def test_an_instance_answers_where_its_description_says(rds: Rds) -> None:
    endpoint = rds.instance(PRIMARY)["Endpoint"]

    with rds.session(PRIMARY) as session:
        owner = session.execute("SELECT datdba::regrole::text FROM pg_database WHERE datname = %s", [DATABASE])
        assert owner.fetchone() == ("owner",)
    assert endpoint["Address"] == HOST


def test_a_replica_is_joined_to_its_source_and_read_only(rds: Rds) -> None:
    assert rds.instance(PRIMARY)["ReadReplicaDBInstanceIdentifiers"] == [REPLICA]
    assert rds.instance(REPLICA)["ReadReplicaSourceDBInstanceIdentifier"] == PRIMARY
    with rds.session(REPLICA) as session:
        assert session.execute("SELECT pg_is_in_recovery()").fetchone() == (True,)


def test_a_snapshot_keeps_its_instance_busy_and_lacks_what_comes_later(rds: Rds, name: str) -> None:
    write(rds, f"before {name}")
    rds.calls.create_db_snapshot(DBInstanceIdentifier=REPLICA, DBSnapshotIdentifier=name)
    busy = rds.instance(REPLICA)["DBInstanceStatus"]
    with pytest.raises(ClientError) as again:
        rds.calls.create_db_snapshot(DBInstanceIdentifier=REPLICA, DBSnapshotIdentifier=f"{name}-too")
    seen = states(lambda: str(rds.snapshot(name)["Status"]), "available")
    write(rds, f"after {name}")
    rds.await_instance(REPLICA)
    rds.calls.restore_db_instance_from_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=name)
    rds.await_instance(name)

    held = texts(rds, name)

    assert busy == "backing-up"
    assert code(again) == "InvalidDBInstanceState"
    assert seen == ["creating", "available"]
    assert f"before {name}" in held
    assert f"after {name}" not in held


def test_a_copy_with_another_key_is_restored_with_its_data_and_its_settings(
    rds: Rds, rds_clients: Clients, snapshot: str
) -> None:
    key = rds_clients("kms").create_key()["KeyMetadata"]["Arn"]
    copy, restored = f"{snapshot}-copy", f"{snapshot}-restored"
    rds.calls.copy_db_snapshot(SourceDBSnapshotIdentifier=snapshot, TargetDBSnapshotIdentifier=copy, KmsKeyId=key)
    copied = states(lambda: str(rds.snapshot(copy)["Status"]), "available")
    rds.calls.delete_db_snapshot(DBSnapshotIdentifier=snapshot)

    rds.calls.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier=restored,
        DBSnapshotIdentifier=copy,
        EnableIAMDatabaseAuthentication=True,
        PubliclyAccessible=False,
        VpcSecurityGroupIds=["sg-0123456789abcdef0"],
        Tags=[{"Key": "statline:backup", "Value": "one"}],
    )
    made = states(lambda: str(rds.instance(restored)["DBInstanceStatus"]), "available")

    description = rds.instance(restored)
    assert copied == ["copying", "available"]
    assert rds.snapshot(copy)["KmsKeyId"] == key
    assert made == ["creating", "available"]
    assert f"before {snapshot}" in texts(rds, restored)
    assert description["IAMDatabaseAuthenticationEnabled"]
    assert description["VpcSecurityGroups"][0]["VpcSecurityGroupId"] == "sg-0123456789abcdef0"
    assert description["TagList"] == [{"Key": "statline:backup", "Value": "one"}]
    assert description["KmsKeyId"] == key


def test_a_copy_goes_to_another_region(rds: Rds, rds_clients: Clients, snapshot: str) -> None:
    far = Rds(rds_clients, FAR)
    arn = rds.snapshot(snapshot)["DBSnapshotArn"]

    far.calls.copy_db_snapshot(
        SourceDBSnapshotIdentifier=arn, TargetDBSnapshotIdentifier=snapshot, SourceRegion=rds.region
    )

    assert far.await_snapshot(snapshot)["SourceRegion"] == rds.region
    far.calls.restore_db_instance_from_db_snapshot(DBInstanceIdentifier=snapshot, DBSnapshotIdentifier=snapshot)
    far.await_instance(snapshot)
    assert f"before {snapshot}" in texts(far, snapshot)


def test_a_copy_that_is_deleted_while_it_is_made_is_gone(rds: Rds, snapshot: str) -> None:
    copy = f"{snapshot}-copy"
    rds.calls.copy_db_snapshot(SourceDBSnapshotIdentifier=snapshot, TargetDBSnapshotIdentifier=copy)
    under_way = rds.snapshot(copy)["Status"]

    rds.calls.delete_db_snapshot(DBSnapshotIdentifier=copy)

    with pytest.raises(ClientError) as gone:
        rds.snapshot(copy)
    assert under_way == "copying"
    assert code(gone) == "DBSnapshotNotFound"


def test_a_snapshot_cannot_be_stopped_while_it_is_made(rds: Rds, name: str) -> None:
    rds.calls.create_db_snapshot(DBInstanceIdentifier=REPLICA, DBSnapshotIdentifier=name)

    with pytest.raises(ClientError) as refused:
        rds.calls.delete_db_snapshot(DBSnapshotIdentifier=name)

    rds.await_snapshot(name)
    rds.await_instance(REPLICA)
    assert code(refused) == "InvalidDBSnapshotState"


def test_a_deleted_instance_goes_with_its_server(rds: Rds, snapshot: str) -> None:
    rds.calls.restore_db_instance_from_db_snapshot(DBInstanceIdentifier=snapshot, DBSnapshotIdentifier=snapshot)
    rds.await_instance(snapshot)
    session = rds.session(snapshot)

    rds.calls.delete_db_instance(DBInstanceIdentifier=snapshot, SkipFinalSnapshot=True)
    last = rds.instance(snapshot)["DBInstanceStatus"]
    rds.calls.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier=snapshot, WaiterConfig={"Delay": 1})

    with pytest.raises(ClientError) as gone:
        rds.instance(snapshot)
    assert last == "deleting"
    assert code(gone) == "DBInstanceNotFound"
    assert not await_value(lambda: [alive(session)])[0]


def alive(session: Any) -> bool:
    try:
        session.execute("SELECT 1")
    except Exception:  # noqa: BLE001 (whatever psycopg says of a session whose server is gone)
        return False
    return True


def begin_export(rds: Rds, rds_clients: Clients, snapshot: str) -> str:
    s3, task = rds_clients("s3"), f"{snapshot}-export"
    s3.create_bucket(Bucket=snapshot, CreateBucketConfiguration={"LocationConstraint": rds.region})
    role = rds_clients("iam").create_role(RoleName=snapshot, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    rds.calls.start_export_task(
        ExportTaskIdentifier=task,
        SourceArn=rds.snapshot(snapshot)["DBSnapshotArn"],
        S3BucketName=snapshot,
        S3Prefix="exports",
        IamRoleArn=role,
        KmsKeyId="a-key",
    )
    return task


def state_of_export(rds: Rds, task: str) -> str:
    return str(rds.calls.describe_export_tasks(ExportTaskIdentifier=task)["ExportTasks"][0]["Status"])


def test_an_export_writes_every_table_into_the_bucket(rds: Rds, rds_clients: Clients, snapshot: str) -> None:
    task = begin_export(rds, rds_clients, snapshot)
    assert states(lambda: state_of_export(rds, task), "COMPLETE") == ["IN_PROGRESS", "COMPLETE"]
    key = f"exports/{task}/{DATABASE}/public.notes/1/part-00000.csv.gz"
    written = rds_clients("s3").get_object(Bucket=snapshot, Key=key)["Body"].read()
    lines = gzip.decompress(written).decode().splitlines()
    assert lines[0] == "id,text"
    assert any(line.endswith(f",before {snapshot}") for line in lines)


def test_an_export_and_a_restore_at_once_do_not_take_each_others_place(
    rds: Rds, rds_clients: Clients, snapshot: str
) -> None:
    task, restored = begin_export(rds, rds_clients, snapshot), f"{snapshot}-restored"
    rds.calls.restore_db_instance_from_db_snapshot(DBInstanceIdentifier=restored, DBSnapshotIdentifier=snapshot)
    assert states(lambda: str(rds.instance(restored)["DBInstanceStatus"]), "available")[-1] == "available"
    assert states(lambda: state_of_export(rds, task), "COMPLETE")[-1] == "COMPLETE"


def test_an_export_is_cancelled(rds: Rds, rds_clients: Clients, snapshot: str) -> None:
    task = begin_export(rds, rds_clients, snapshot)
    rds.calls.cancel_export_task(ExportTaskIdentifier=task)
    assert states(lambda: state_of_export(rds, task), "CANCELED")[0] in {"CANCELING", "CANCELED"}


def test_snapshots_are_listed_by_instance_and_type(rds: Rds, snapshot: str) -> None:
    def listed(**wanted: Any) -> list[str]:
        found = rds.calls.describe_db_snapshots(**wanted)["DBSnapshots"]
        return [one["DBSnapshotIdentifier"] for one in found]

    assert snapshot in listed(DBInstanceIdentifier=REPLICA, SnapshotType="manual")
    assert snapshot in listed(Filters=[{"Name": "db-instance-id", "Values": [REPLICA, PRIMARY]}])
    assert snapshot not in listed(DBInstanceIdentifier=PRIMARY)
    assert not listed(DBInstanceIdentifier=REPLICA, SnapshotType="automated")


@pytest.mark.parametrize(
    ("call", "request_", "expected"),
    [
        ("create_db_snapshot", {"DBInstanceIdentifier": "nobody", "DBSnapshotIdentifier": "x"}, "DBInstanceNotFound"),
        ("delete_db_snapshot", {"DBSnapshotIdentifier": "nothing"}, "DBSnapshotNotFound"),
        ("start_db_instance", {"DBInstanceIdentifier": PRIMARY}, "InvalidDBInstanceState"),
        ("delete_db_instance", {"DBInstanceIdentifier": "nobody", "SkipFinalSnapshot": True}, "DBInstanceNotFound"),
        ("cancel_export_task", {"ExportTaskIdentifier": "none"}, "ExportTaskNotFound"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused_as_aws_does(
    rds: Rds, call: str, request_: dict[str, Any], expected: str
) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(rds.calls, call)(**request_)

    assert code(refused) == expected


def test_an_identifier_is_taken_once(rds: Rds, snapshot: str) -> None:
    with pytest.raises(ClientError) as refused:
        rds.calls.create_db_snapshot(DBInstanceIdentifier=REPLICA, DBSnapshotIdentifier=snapshot)

    assert code(refused) == "DBSnapshotAlreadyExists"


def test_an_instance_is_stopped_and_started_with_what_it_held(rds: Rds, snapshot: str) -> None:
    rds.calls.restore_db_instance_from_db_snapshot(DBInstanceIdentifier=snapshot, DBSnapshotIdentifier=snapshot)
    rds.await_instance(snapshot)
    port = rds.instance(snapshot)["Endpoint"]["Port"]
    rds.calls.stop_db_instance(DBInstanceIdentifier=snapshot)
    stopping = states(lambda: str(rds.instance(snapshot)["DBInstanceStatus"]), "stopped")

    rds.calls.start_db_instance(DBInstanceIdentifier=snapshot)
    starting = states(lambda: str(rds.instance(snapshot)["DBInstanceStatus"]), "available")
    rds.calls.reboot_db_instance(DBInstanceIdentifier=snapshot)
    rebooting = states(lambda: str(rds.instance(snapshot)["DBInstanceStatus"]), "available")

    assert stopping == ["stopping", "stopped"]
    assert starting == ["starting", "available"]
    assert rebooting == ["rebooting", "available"]
    assert rds.instance(snapshot)["Endpoint"]["Port"] == port
    assert f"before {snapshot}" in texts(rds, snapshot)
