"""What the laptop cloud's RDS tells the event bus: what happens, and who asked for it."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.permissions.unique_ids import user_id
from tests.integration.databases.conftest import PRIMARY, REPLICA, Rds
from tests.integration.local_cloud.resources import Clients, await_value

SPARE_THE_PRIMARY: list[dict[str, Any]] = [
    {"Effect": "Allow", "Action": "rds:*", "Resource": "*"},
    {
        "Effect": "Deny",
        "Action": "rds:CreateDBSnapshot",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:ResourceTag/statline:database-role": "primary"}},
    },
]


@dataclass(frozen=True)
class Ear:
    """A queue that hears everything that RDS puts on the default bus."""

    queue: Any
    url: str
    heard: list[dict[str, Any]]

    def listen(self) -> list[dict[str, Any]]:
        """All that was heard so far, in the order of time."""
        answer = self.queue.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)
        self.heard.extend(json.loads(message["Body"]) for message in answer.get("Messages", []))
        return self.heard

    def of(self, name: str) -> list[str]:
        """The numbers of the events about a resource."""
        return [
            event["detail"]["EventID"]
            for event in self.listen()
            if event["detail"].get("SourceIdentifier") == name and event["detail-type"].startswith("RDS DB")
        ]

    def call(self, action: str, text: str) -> dict[str, Any] | None:
        """CloudTrail's record of a call whose parameters or error have that text."""
        trail = [event["detail"] for event in self.listen() if event["detail-type"] == "AWS API Call via CloudTrail"]
        return next((one for one in trail if one["eventName"] == action and text in json.dumps(one)), None)


@pytest.fixture(scope="module")
def ear(rds: Rds, rds_clients: Clients) -> Iterator[Ear]:
    assert rds.instance(PRIMARY)
    name = f"ear-{uuid.uuid4().hex[:8]}"
    sqs, events = rds_clients("sqs"), rds_clients("events")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    statement = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage"}
    policy = {"Version": "2012-10-17", "Statement": [{**statement, "Resource": arn}]}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    events.put_rule(Name=name, EventPattern=json.dumps({"source": ["aws.rds"]}))
    events.put_targets(Rule=name, Targets=[{"Id": "ear", "Arn": arn}])
    yield Ear(sqs, url, [])
    events.remove_targets(Rule=name, Ids=["ear"])
    events.delete_rule(Name=name)


def operator(rds_clients: Clients, name: str, statements: list[dict[str, Any]]) -> dict[str, str]:
    """A new user with these rights: its keys."""
    iam = rds_clients("iam")
    iam.create_user(UserName=name)
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_user_policy(UserName=name, PolicyName="rights", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


def test_a_snapshot_is_told_with_the_instance_that_it_burdens(rds: Rds, ear: Ear, name: str) -> None:
    backed_up = ear.of(REPLICA).count("RDS-EVENT-0002")
    rds.calls.create_db_snapshot(DBInstanceIdentifier=REPLICA, DBSnapshotIdentifier=name)
    rds.await_snapshot(name)

    told = await_value(lambda: found if len(found := ear.of(name)) > 1 else None)

    await_value(lambda: ear.of(REPLICA).count("RDS-EVENT-0002") > backed_up)
    event = next(one for one in ear.heard if one["detail"].get("SourceIdentifier") == name)
    rds.await_instance(REPLICA)
    rds.calls.delete_db_snapshot(DBSnapshotIdentifier=name)
    assert told == ["RDS-EVENT-0040", "RDS-EVENT-0042"]
    assert "RDS-EVENT-0001" in ear.of(REPLICA)
    assert event["detail-type"] == "RDS DB Snapshot Event"
    assert event["resources"] == [f"arn:aws:rds:{rds.region}:000000000000:snapshot:{name}"]
    assert event["detail"] | {"Date": ""} == {
        "EventCategories": ["creation"],
        "SourceType": "SNAPSHOT",
        "SourceArn": f"arn:aws:rds:{rds.region}:000000000000:snapshot:{name}",
        "Date": "",
        "Message": "Creating manual snapshot",
        "SourceIdentifier": name,
        "EventID": "RDS-EVENT-0040",
    }
    assert await_value(lambda: "RDS-EVENT-0041" in ear.of(name))


def test_a_call_is_recorded_with_who_made_it(rds: Rds, rds_clients: Clients, ear: Ear, name: str) -> None:
    keys = operator(rds_clients, name, SPARE_THE_PRIMARY)
    tags = [{"Key": "why", "Value": name}]

    rds_clients("rds", keys).add_tags_to_resource(ResourceName=rds.instance(REPLICA)["DBInstanceArn"], Tags=tags)

    record = await_value(lambda: ear.call("AddTagsToResource", name))
    assert record["eventSource"] == "rds.amazonaws.com"
    assert record["userIdentity"]["type"] == "IAMUser"
    assert record["userIdentity"]["arn"] == f"arn:aws:iam::000000000000:user/{name}"
    assert record["userIdentity"]["principalId"] == user_id(name)
    assert record["userIdentity"]["userName"] == name
    assert record["requestParameters"]["tags"] == [{"key": "why", "value": name}]
    assert record["responseElements"] is None
    assert "errorCode" not in record


def test_a_call_that_rds_refuses_is_recorded_with_its_error(rds: Rds, ear: Ear, name: str) -> None:
    with pytest.raises(ClientError):
        rds.calls.create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=name)

    record = await_value(lambda: ear.call("CreateDBSnapshot", name))
    assert record["errorCode"] == "DBInstanceNotFoundFault"
    assert record["requestParameters"] == {"dBInstanceIdentifier": name, "dBSnapshotIdentifier": name}
    assert record["userIdentity"]["type"] == "Root"


def test_who_may_not_snapshot_the_primary_by_its_tag_may_snapshot_the_replica(
    rds: Rds, rds_clients: Clients, ear: Ear, name: str
) -> None:
    calls = rds_clients("rds", operator(rds_clients, name, SPARE_THE_PRIMARY))

    with pytest.raises(ClientError) as denied:
        calls.create_db_snapshot(DBInstanceIdentifier=PRIMARY, DBSnapshotIdentifier=f"{name}-no")
    calls.create_db_snapshot(DBInstanceIdentifier=REPLICA, DBSnapshotIdentifier=name)

    record = await_value(lambda: ear.call("CreateDBSnapshot", f"user/{name}"))
    rds.await_snapshot(name)
    rds.await_instance(REPLICA)
    rds.calls.delete_db_snapshot(DBSnapshotIdentifier=name)
    assert denied.value.response["Error"]["Code"] == "AccessDenied"
    assert record["errorCode"] == "AccessDenied"


def test_a_right_to_one_snapshot_is_no_right_to_another(rds: Rds, rds_clients: Clients, name: str) -> None:
    snapshots = f"arn:aws:rds:{rds.region}:000000000000:snapshot:{name}*"
    rights = [{"Effect": "Allow", "Action": "rds:*", "Resource": snapshots}]
    calls = rds_clients("rds", operator(rds_clients, name, rights))

    with pytest.raises(ClientError) as absent:
        calls.delete_db_snapshot(DBSnapshotIdentifier=f"{name}-mine")
    with pytest.raises(ClientError) as denied:
        calls.delete_db_snapshot(DBSnapshotIdentifier="somebody-elses")
    with pytest.raises(ClientError) as half:
        calls.copy_db_snapshot(SourceDBSnapshotIdentifier=f"{name}-mine", TargetDBSnapshotIdentifier="elsewhere")

    codes = [error.value.response["Error"]["Code"] for error in (absent, denied, half)]
    assert codes == ["DBSnapshotNotFound", "AccessDenied", "AccessDenied"]
