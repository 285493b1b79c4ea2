"""The handler on moto: from SQS's event to the table, the quarantine queue and the partial batch answer."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from functions.directory.handler import handle
from functions.directory.settings import DirectorySettings
from functions.directory.wiring import wire

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

REGION = "ca-central-1"


class Cloud:
    """The table and the queue that the function has."""

    def __init__(self) -> None:
        self.dynamodb: DynamoDBClient = boto3.client("dynamodb", region_name=REGION)
        self.sqs: SQSClient = boto3.client("sqs", region_name=REGION)
        self.dynamodb.create_table(
            TableName="directory",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
        )
        self.quarantine = self.sqs.create_queue(QueueName="statline-quarantine")["QueueUrl"]

    def quarantined(self) -> list[tuple[str, str]]:
        found = self.sqs.receive_message(
            QueueUrl=self.quarantine, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages", [])
        return [(m["Body"], m["MessageAttributes"]["reason"]["StringValue"]) for m in found]


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        cloud = Cloud()
        settings = DirectorySettings(directory_table="directory", quarantine_queue=cloud.quarantine)
        for name, value in settings.to_environment().items():
            monkeypatch.setenv(name, value)
        wire.cache_clear()
        yield cloud
        wire.cache_clear()


def _event(*bodies: str) -> dict[str, Any]:
    return {"Records": [{"messageId": f"m-{number}", "body": body} for number, body in enumerate(bodies)]}


PAGER = json.dumps(
    {"kind": "pager", "tenant": "northshore", "revision": 1, "number": "4471", "holder": "user", "holder_id": "u-1"}
)


def test_a_batch_is_applied_and_its_bad_change_is_kept_aside(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    assert handle(_event(PAGER, '{"kind": "Jane Doe"}'), None) == {"batchItemFailures": []}
    key = {"pk": {"S": "T#northshore#pager#4471"}, "sk": {"S": "SELF"}}
    assert "Item" in cloud.dynamodb.get_item(TableName="directory", Key=key)
    assert cloud.quarantined() == [('{"kind": "Jane Doe"}', "directory_change_invalid")]
    said = capsys.readouterr().out
    assert "directory change kept aside" in said
    assert "Jane" not in said


def test_while_the_table_is_away_every_change_stays_on_its_queue(cloud: Cloud) -> None:
    cloud.dynamodb.delete_table(TableName="directory")
    answer = handle(_event(PAGER, PAGER), None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m-0"}, {"itemIdentifier": "m-1"}]}
    assert cloud.quarantined() == []
