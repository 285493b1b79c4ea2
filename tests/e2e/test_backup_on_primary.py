"""Somebody backs up the primary, and on-call hears who it is and since when; under the guard nobody can."""

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.cloud.model import ACCOUNT
from local.databases.server import HOST
from tests.e2e.dumping import PRIMARY, Dumped
from tests.e2e.on_call import Letters, listening_to
from tests.e2e.region import Region

REPLICA = "statline-replica"
WITHIN = 400.0
"""Seconds: the watch looks once a minute, and needs a moment to start."""
LONGEST = 900.0
"""Seconds until the dump was told of, which begins after the backups."""


@pytest.fixture
def letters(home: Region) -> Iterator[Letters]:
    with listening_to(home, "statline-page") as came:
        yield came


def test_a_dump_of_the_primary_is_told_with_who_and_since_when(home: Region, dumped: "Future[Dumped]") -> None:
    found = dumped.result(LONGEST)
    letter = found.letter
    assert letter.subject == f"Statline {home.name}: backup on the primary"
    assert "What: a dump (pg_dump) of statline-primary." in letter.text
    assert f"Who: database user reports from {HOST}, application pg_dump." in letter.text
    told = datetime.strptime(letter.text.partition("Since: ")[2][:16], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    assert found.began - timedelta(minutes=2) <= told <= found.ended


def test_a_snapshot_of_the_primary_is_told_with_its_author(home: Region, letters: Letters) -> None:
    name = f"by-hand-{uuid.uuid4().hex[:6]}"
    home.client("rds").create_db_snapshot(DBInstanceIdentifier=PRIMARY, DBSnapshotIdentifier=name)
    letters.wait(lambda letter: name in letter.text and f":iam::{ACCOUNT}:root" in letter.text, WITHIN, "its author")
    letters.wait(lambda letter: name in letter.text and "is over" in letter.subject, WITHIN, "its end")


@contextmanager
def _operator(region: Region, **guarded_by: str) -> Iterator[dict[str, str]]:
    """Keys of a user who may do everything, as far as the guard lets anybody."""
    iam, name = region.client("iam"), f"operator-{uuid.uuid4().hex[:6]}"
    boundary = {"PermissionsBoundary": guarded_by["boundary"]} if "boundary" in guarded_by else {}
    iam.create_user(UserName=name, **boundary)
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    iam.put_user_policy(UserName=name, PolicyName="everything", PolicyDocument=json.dumps(everything))
    if "policy" in guarded_by:
        iam.attach_user_policy(UserName=name, PolicyArn=guarded_by["policy"])
    key = iam.create_access_key(UserName=name)["AccessKey"]
    yield {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


@pytest.mark.parametrize(
    ("way", "document"),
    [("boundary", "statline-operator-boundary"), ("policy", "statline-no-backup-of-primary")],
)
def test_an_operator_under_the_guard_may_not_back_up_the_primary(home: Region, way: str, document: str) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:policy/{document}-{home.name}"
    with _operator(home, **{way: arn}) as keys:
        rds = home.client("rds", keys=keys)
        refused: list[Any] = [
            lambda: rds.create_db_snapshot(DBInstanceIdentifier=PRIMARY, DBSnapshotIdentifier="not-me"),
            lambda: rds.create_db_instance_read_replica(
                DBInstanceIdentifier="another", SourceDBInstanceIdentifier=PRIMARY
            ),
            lambda: rds.delete_db_instance(DBInstanceIdentifier=PRIMARY, FinalDBSnapshotIdentifier="not-me"),
        ]
        for attempt in refused:
            with pytest.raises(ClientError, match="AccessDenied"):
                attempt()
        assert rds.describe_db_instances(DBInstanceIdentifier=PRIMARY)["DBInstances"]
        mine = f"mine-{uuid.uuid4().hex[:6]}"
        rds.create_db_snapshot(DBInstanceIdentifier=REPLICA, DBSnapshotIdentifier=mine)
        home.client("rds").get_waiter("db_snapshot_available").wait(
            DBSnapshotIdentifier=mine, WaiterConfig={"Delay": 1, "MaxAttempts": 300}
        )
        home.client("rds").delete_db_snapshot(DBSnapshotIdentifier=mine)
