"""Tables, queues, bus and secret on moto, and eyes for everything that leaves the functions."""

import io
import json
import logging
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from functions.core.adapters.aws import clients
from functions.core.adapters.channel.entrance import read_delivery
from functions.core.adapters.environment import Settings
from functions.core.adapters.state.items import from_item, is_delivery
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.record import DeliveryRecord
from functions.dead_letters.settings import DeadLettersSettings
from functions.events.settings import EventsSettings
from functions.late_receipts.settings import LateReceiptsSettings
from functions.outstanding.settings import OutstandingSettings
from functions.push.settings import PushSettings
from functions.sms.settings import SmsSettings
from functions.voice.settings import VoiceSettings
from local.sandbox.client import SandboxClient
from local.sandbox.records import Received
from statline.contract.words import Channel, Priority
from tests.contract.tables import CREDENTIALS, DUE, REGION
from tests.fakes.channel_settings import SMS, TWILIO, VOICE
from tests.fakes.clock import NOON

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

SERVED_AT = NOON + timedelta(seconds=2)
"""When the functions run: the stored events' deliveries were routed at noon."""
STORED = Path(__file__).parents[2] / "contract" / "messages" / "deliveries" / "v1"
STATE, BUS = "statline-delivery-state", "statline"
STREAMS = f"https://streams.dynamodb.{REGION}.amazonaws.com"
"""Said, because botocore makes another address of a stream's ARN, which moto does not know."""
LOGS = ("push", "sms", "voice", "dead_letters", "outstanding", "late_receipts")


@dataclass(frozen=True)
class Providers:
    """The running sandbox: its address, the accounts that it made at Google and Twilio, and its own interface."""

    url: str
    account: str
    twilio: str
    sandbox: SandboxClient


@dataclass(frozen=True)
class Context:
    """What Lambda hands to a handler beside the event."""

    aws_request_id: str


@dataclass
class Told:
    """The entries of every PutEvents that a function asked for."""

    entries: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, **call: Any) -> None:
        self.entries += call["params"]["Entries"]


class Region:
    """One region, with the environment of its functions in force."""

    def __init__(self, providers: Providers, environment: pytest.MonkeyPatch) -> None:
        for name, value in CREDENTIALS.items():
            environment.setenv(name, value)
        for service in ("PINPOINT_SMS_VOICE_V2", "CONNECT"):
            environment.setenv(f"AWS_ENDPOINT_URL_{service}", providers.url)
        self.sandbox = providers.sandbox
        self.dynamodb: DynamoDBClient = boto3.client("dynamodb", region_name=REGION)
        self.sqs: SQSClient = boto3.client("sqs", region_name=REGION)
        self.queues = {
            channel: {lane: self._queue(f"statline-{channel}-{lane}") for lane in Priority} for channel in Channel
        }
        self.directory_changes = self._queue("statline-directory-changes")
        self.quarantine = self._queue("statline-quarantine")
        self.lost_events = self._queue("statline-lost-events")
        self.ticks = self._queue("statline-outstanding-ticks")
        self.escalation = self._queue("statline-escalation")
        self.receipt_deadlines = self._queue("statline-receipt-deadlines")
        self._make_table()
        boto3.client("events", region_name=REGION).create_event_bus(Name=BUS)
        secret = boto3.client("secretsmanager", region_name=REGION).create_secret(
            Name="fcm", SecretString=providers.account
        )
        twilio = boto3.client("secretsmanager", region_name=REGION).create_secret(
            Name="twilio", SecretString=providers.twilio
        )
        for settings in self._settings(secret["ARN"], twilio["ARN"], providers.url):
            for name, value in settings.to_environment().items():
                environment.setenv(name, value)
        self.told = Told()
        self.log = io.StringIO()
        self._calls = 0

    def _settings(self, secret: str, twilio: str, url: str) -> list[Settings]:
        place = {
            "state_table": STATE,
            "channel_queues": self.queues,
            "escalation_queue": self.escalation,
            "receipt_deadlines_queue": self.receipt_deadlines,
        }
        push = {"directory_changes_queue": self.directory_changes, "fcm_secret": secret, "fcm_endpoint": url}
        second = TWILIO.model_dump() | {"secret": twilio, "endpoint": url}
        return [
            PushSettings.model_validate(place | push),
            SmsSettings.model_validate(SMS.model_dump() | place | {"twilio": second}),
            VoiceSettings.model_validate(VOICE.model_dump() | place),
            EventsSettings(event_bus=BUS, lost_events_queue=self.lost_events),
            DeadLettersSettings(
                state_table=STATE,
                channel_queues=self.queues,
                quarantine_queue=self.quarantine,
                escalation_queue=self.escalation,
            ),
            OutstandingSettings(
                state_table=STATE,
                ticks_queue=self.ticks,
                channels=tuple(Channel),
                providers={Channel.SMS: ("sms", "twilio")},
            ),
            LateReceiptsSettings(state_table=STATE, channel_queues=self.queues),
        ]

    def _queue(self, name: str) -> str:
        return self.sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "48"})["QueueUrl"]

    def _make_table(self) -> None:
        self.dynamodb.create_table(
            TableName=STATE,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
                {"AttributeName": "due_shard", "AttributeType": "S"},
                {"AttributeName": "due_at", "AttributeType": "N"},
            ],
            GlobalSecondaryIndexes=[DUE],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )

    def listen(self) -> None:
        """Hear what the functions put on the bus and write into their logs from here on."""
        clients._session().register("provide-client-params.eventbridge.PutEvents", self.told)
        for name in LOGS:
            Log(name)  # the first one makes the handler
            for handler in logging.getLogger(name).handlers:
                if isinstance(handler, logging.StreamHandler):
                    handler.setStream(self.log)

    def hang_up(self) -> None:
        clients._session().unregister("provide-client-params.eventbridge.PutEvents", self.told)

    def context(self) -> Context:
        """Another call of a function."""
        self._calls += 1
        return Context(f"call-{self._calls}")

    def put(self, *deliveries: Delivery) -> None:
        """Put deliveries on their queues, as the router does."""
        for delivery in deliveries:
            url = self.queues[delivery.key.channel][delivery.priority]
            self.sqs.send_message(QueueUrl=url, MessageBody=delivery.model_dump_json(exclude_defaults=True))

    def batch(self, channel: Channel, lane: Priority) -> dict[str, Any]:
        """Receive a batch from a channel's queue and make it the event that Lambda would make of it."""
        found = self.sqs.receive_message(QueueUrl=self.queues[channel][lane], MaxNumberOfMessages=10).get(
            "Messages", []
        )
        records = [
            {"messageId": each["MessageId"], "receiptHandle": each["ReceiptHandle"], "body": each["Body"]}
            for each in found
        ]
        return {"Records": records}

    def bodies(self, url: str) -> list[str]:
        """The bodies that are visible on a queue."""
        return [
            each["Body"] for each in self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        ]

    def rows(self) -> list[dict[str, Any]]:
        """Everything in the state table."""
        found: list[dict[str, Any]] = list(self.dynamodb.scan(TableName=STATE)["Items"])
        return found

    def records(self) -> dict[str, DeliveryRecord]:
        """Every delivery's record, by the delivery's id."""
        found = [from_item(row) for row in self.rows() if is_delivery(row)]
        return {record.key.id: record for record in found}

    def stream(self) -> list[dict[str, Any]]:
        """What the state table's stream tells, as Lambda hands it to a function."""
        streams = boto3.client("dynamodbstreams", endpoint_url=STREAMS, region_name=REGION)
        (stream,) = streams.list_streams(TableName=STATE)["Streams"]
        shards = streams.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]["Shards"]
        rows: list[dict[str, Any]] = []
        for shard in shards:
            iterator = streams.get_shard_iterator(
                StreamArn=stream["StreamArn"], ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            rows += [dict(row) for row in streams.get_records(ShardIterator=iterator)["Records"]]
        return rows


def stored_event(name: str) -> dict[str, Any]:
    """A batch that Lambda handed to a channel's function under version 1 of the delivery."""
    event: dict[str, Any] = json.loads((STORED / f"{name}.json").read_text(encoding="utf-8"))
    return event


def words_of(arrived: Received) -> str | None:
    """What a phone shows; of a call, what the contact flow is to speak."""
    return arrived.data["statline_text"] if arrived.channel == "voice" else arrived.body


def deliveries_of(event: dict[str, Any]) -> list[Delivery]:
    return [read_delivery(record["body"]) for record in event["Records"]]
