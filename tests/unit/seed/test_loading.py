"""Loading on moto, with a queue that is worked off by the test."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from functions.core.adapters.directory.writer import DirectoryTableWriter
from local.seed.directory import directory_of
from local.seed.loading import TABLE, Loader, SeedError
from local.seed.tenants import TENANTS
from statline.client import DirectoryClient
from statline.client.posting import Post
from statline.contract.directory import DIRECTORY_CHANGE, DirectoryChange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

REGION = "ca-central-1"
SOME = directory_of(TENANTS[REGION][0], date(2026, 11, 22))[:150]


class Cloud:
    """The directory's queue and table; `work` is what the directory function would do meanwhile."""

    def __init__(self) -> None:
        self.sqs: SQSClient = boto3.client("sqs", region_name=REGION)
        self.dynamodb: DynamoDBClient = boto3.client("dynamodb", region_name=REGION)
        self.url = self.sqs.create_queue(QueueName="statline-directory-changes")["QueueUrl"]
        self.dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
        )
        self.seconds = 0.0
        self.works = True
        self.loader = Loader(
            REGION,
            self.dynamodb,
            DirectoryClient(REGION, post=Post(self.sqs)),
            clock=lambda: self.seconds,
            sleep=self._sleep,
        )

    def _sleep(self, seconds: float) -> None:
        self.seconds += seconds * 20
        if self.works:
            self.work(batches=6)

    def work(self, *, batches: int) -> None:
        writer = DirectoryTableWriter(self.dynamodb, TABLE)
        for _ in range(batches):
            found = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages", [])
            for message in found:
                writer.apply(DIRECTORY_CHANGE.validate_json(message["Body"]))
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield Cloud()


def _load(cloud: Cloud, changes: list[DirectoryChange]) -> tuple[int, list[tuple[int, int]]]:
    heard: list[tuple[int, int]] = []
    sent = cloud.loader.send(changes)
    cloud.loader.wait(sent, lambda done, total: heard.append((done, total)))
    return len(sent), heard


def test_the_seed_waits_until_the_table_has_everything(cloud: Cloud) -> None:
    sent, heard = _load(cloud, SOME)
    assert sent == len(SOME)
    assert heard[-1] == (len(SOME), len(SOME))
    assert heard == sorted(heard)


def test_a_second_run_sends_nothing(cloud: Cloud) -> None:
    _load(cloud, SOME)
    assert _load(cloud, SOME) == (0, [])


def test_only_what_is_missing_is_sent(cloud: Cloud) -> None:
    _load(cloud, SOME[:-3])
    assert _load(cloud, SOME)[0] == 3


def test_what_a_person_changed_meanwhile_is_left_alone(cloud: Cloud) -> None:
    _load(cloud, SOME)
    newer = SOME[1].model_copy(update={"revision": 1000})
    DirectoryTableWriter(cloud.dynamodb, TABLE).apply(newer)
    assert _load(cloud, SOME)[0] == 0


def test_a_directory_that_does_not_move_is_given_up_with_a_hint(cloud: Cloud) -> None:
    cloud.works = False
    with pytest.raises(SeedError, match="150 of 150 changes did not reach the table statline-directory"):
        _load(cloud, SOME)
