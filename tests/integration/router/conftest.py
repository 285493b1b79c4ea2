"""A region on moto: tables, queues, and the router's handler with the environment that leads to them."""

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from functions.core.adapters.aws.dynamodb_values import Item, to_item
from functions.core.adapters.directory.items import place_of, value_of
from functions.core.adapters.state.notification_items import REFUSAL, refusal_in
from functions.core.domain.routing.refusals import Refusal
from functions.router import handler, wiring
from functions.router.entrance import NothingRoutedError
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
    log: io.StringIO
    known: dict[tuple[str, str], Item] = field(default_factory=dict)
    errors: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1000)))

    def learn(self, *changes: DirectoryChange) -> None:
        """Write changes into the directory table, as the directory function would, but many at once."""
        touched: dict[tuple[str, str], Item] = {}
        for change in changes:
            place = place_of(change)
            key = (place.pk, place.sk)
            item = self.known.setdefault(key, to_item({"pk": place.pk, "sk": place.sk} | dict(place.beside)))
            item[place.attribute] = value_of(change, NOON)
            touched[key] = item
        puts: list[Any] = [{"PutRequest": {"Item": item}} for item in touched.values()]
        for start in range(0, len(puts), 25):
            self.dynamodb.batch_write_item(RequestItems={DIRECTORY: puts[start : start + 25]})

    def route(
        self, *bodies: str, lane: Priority = Priority.ROUTINE, sender: str = f"{SENDER}:app", receives: int = 1
    ) -> list[str]:
        """Hand bodies to the router as SQS would; answers the ids of the messages that stay on the queue.

        All of them stay also where the router raises: that is how it tells Lambda that nothing could be done.
        """
        records = [
            {
                "messageId": f"m-{next(self.numbers)}",
                "body": body,
                "receiptHandle": f"receipt-{body[:8]}",
                "attributes": {"SenderId": sender, "ApproximateReceiveCount": str(receives)},
                "eventSourceARN": self.ingress[lane],
            }
            for body in bodies
        ]
        try:
            answer = handler.handle({"Records": records}, None)
        except NothingRoutedError:
            self.errors += 1
            return [str(record["messageId"]) for record in records]
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

    def looks(self) -> list[str]:
        """The activations on the escalation queue; reading takes them off."""
        return [json.loads(body)["activation"] for body in self.bodies(self.settings.escalation_queue)]

    def refusals(self) -> list[Refusal]:
        """The refusals on record, in the order of their messages."""
        found = [refusal_in(dict(row)) for row in self.rows() if row["sk"]["S"] == REFUSAL]
        return sorted(found, key=lambda refusal: refusal.message_id)

    def quarantined(self) -> list[str]:
        """The bodies in quarantine; reading takes them off."""
        return self.bodies(self.settings.quarantine_queue)

    def outgoing(self) -> list[str]:
        """Everything on the channels' queues; reading takes it off."""
        return [
            body
            for lanes in self.settings.channel_queues.values()
            for url in lanes.values()
            for body in self.bodies(url)
        ]

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
            escalation_queue=sqs.create_queue(QueueName="statline-escalation")["QueueUrl"],
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
        yield Region(dynamodb, sqs, settings, ingress, _log())
        wiring.wire.cache_clear()


def _log() -> io.StringIO:
    """Everything that any logger writes from here on, in the form in which the router's own handler writes it."""
    written = io.StringIO()
    wiring.wire()
    for handler_of_router in logging.getLogger("router").handlers:
        if isinstance(handler_of_router, logging.StreamHandler):
            handler_of_router.setStream(written)
    return written
