"""The command line on moto: what it prints, how it exits, and what lies in the queues afterwards."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner, Result

from statline.cli.main import app
from statline.cli.regions import QUEUES

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

REGION = "ca-central-1"


class Scene:
    """A region with Statline's queues and tables, and the command."""

    def __init__(self) -> None:
        self.sqs: SQSClient = boto3.client("sqs", region_name=REGION)
        self.dynamodb: DynamoDBClient = boto3.client("dynamodb", region_name=REGION)

    def deploy(self) -> None:
        for queue in QUEUES:
            self.sqs.create_queue(QueueName=queue)
        for table in ("statline-delivery-state", "statline-directory"):
            self.dynamodb.create_table(
                TableName=table,
                BillingMode="PAY_PER_REQUEST",
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
                AttributeDefinitions=[
                    {"AttributeName": "pk", "AttributeType": "S"},
                    {"AttributeName": "sk", "AttributeType": "S"},
                ],
            )

    def run(self, *arguments: str, given: str | None = None) -> Result:
        return CliRunner().invoke(app, list(arguments), input=given, env={"COLUMNS": "200"})

    def bodies(self, queue: str) -> list[str]:
        url = self.sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        bodies: list[str] = []
        while found := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            bodies += [message["Body"] for message in found]
        return bodies


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        yield Scene()
