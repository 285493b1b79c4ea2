"""A region on moto: tables, queues, and the router's handler with the environment that leads to them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from functions.core.adapters.directory_items import place_of, value_of
from functions.core.adapters.dynamodb_values import to_item
from functions.router import handler, wiring
from functions.router.settings import Producer, RouterSettings
from statline.contract.directory import DirectoryChange
from statline.contract.words import Channel, Priority
from tests.contract.tables import CREDENTIALS
from tests.fakes.clock import NOON
from tests.fakes.directory_changes import TENANT

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

REGION = "ca-central-1"
SENDER = "AROAEXAMPLE"
DIRECTORY, STATE = "directory", "delivery-state"


@dataclass
class Region:
    """What the router works with, and eyes for everything that leaves it."""

    dynamodb: "DynamoDBClient"
    sqs: "SQSClient"
    settings: RouterSettings
    ingress: dict[Priority, str]
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1000)))

    def learn(self, *changes: DirectoryChange) -> None:
        """Write changes into the directory table, as the directory function would."""
        for change in changes:
            place = place_of(change)
            names = {f"#a{n}": name for n, name in enumerate([place.attribute, *place.beside])}
            values = {":a0": value_of(change)} | {
                f":a{n}": {"N": str(value)} for n, value in enumerate(place.beside.values(), 1)
            }
            self.dynamodb.update_item(
                TableName=DIRECTORY,
                Key=to_item({"pk": place.pk, "sk": place.sk}),
                UpdateExpression="SET " + ", ".join(f"#a{n} = :a{n}" for n in range(len(names))),
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
            )

    def route(self, *bodies: str, lane: Priority = Priority.ROUTINE, sender: str = f"{SENDER}:app") -> list[str]:
        """Hand bodies to the router as SQS would; answers the ids of the messages that stay on the queue."""
        records = [
            {
                "messageId": f"m-{next(self.numbers)}",
                "body": body,
                "attributes": {"SenderId": sender},
                "eventSourceARN": self.ingress[lane],
            }
            for body in bodies
        ]
        answer = handler.handle({"Records": records}, None)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def queue(self, channel: Channel, lane: Priority) -> list[dict[str, Any]]:
        """The deliveries on a channel's queue; reading takes them off."""
        return [json.loads(body) for body in self.bodies(self.settings.channel_queues[channel][lane])]

    def bodies(self, url: str) -> list[str]:
        taken = []
        while answer := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            taken += [each["Body"] for each in answer]
            for each in answer:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        return taken

    def rows(self, table: str = STATE) -> list[dict[str, Any]]:
        return list(self.dynamodb.scan(TableName=table)["Items"])


def _table(client: "DynamoDBClient", name: str) -> None:
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )


@pytest.fixture
def region(monkeypatch: pytest.MonkeyPatch) -> Iterator[Region]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        dynamodb, sqs = boto3.client("dynamodb", region_name=REGION), boto3.client("sqs", region_name=REGION)
        for table in (DIRECTORY, STATE):
            _table(dynamodb, table)
        channel_queues = {
            channel: {lane: sqs.create_queue(QueueName=f"statline-{channel}-{lane}")["QueueUrl"] for lane in Priority}
            for channel in Channel
        }
        ingress = {lane: f"arn:aws:sqs:{REGION}:123456789012:statline-ingress-{lane}" for lane in Priority}
        settings = RouterSettings(
            directory_table=DIRECTORY,
            state_table=STATE,
            quarantine_queue=sqs.create_queue(QueueName="statline-quarantine")["QueueUrl"],
            ingress_queues={arn: lane for lane, arn in ingress.items()},
            channel_queues=channel_queues,
            producers={
                SENDER: Producer(name="ward-app", tenants=(TENANT,), lanes=tuple(Priority)),
                "AIDAROUTINE": Producer(name="portal", tenants=(TENANT,), lanes=(Priority.ROUTINE,)),
            },
        )
        for name, value in settings.to_environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(wiring, "utc_now", lambda: NOON)
        wiring.wire.cache_clear()
        yield Region(dynamodb, sqs, settings, ingress)
        wiring.wire.cache_clear()
