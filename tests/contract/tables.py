"""The two tables as moto has them: the keys that the adapters rely on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
from moto import mock_aws

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import GlobalSecondaryIndexTypeDef

REGION = "ca-central-1"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
}

DUE: "GlobalSecondaryIndexTypeDef" = {
    "IndexName": "due",
    "KeySchema": [
        {"AttributeName": "due_shard", "KeyType": "HASH"},
        {"AttributeName": "due_at", "KeyType": "RANGE"},
    ],
    "Projection": {"ProjectionType": "KEYS_ONLY"},
}
"""The sparse index of the state table."""


@contextmanager
def a_table(name: str) -> Iterator["DynamoDBClient"]:
    """A table with Statline's keys, and a client that reaches it."""
    kept = {key: os.environ.get(key) for key in CREDENTIALS}
    os.environ.update(CREDENTIALS)
    try:
        with mock_aws():
            client = boto3.client("dynamodb", region_name=REGION)
            client.create_table(
                TableName=name,
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
                AttributeDefinitions=[
                    {"AttributeName": "pk", "AttributeType": "S"},
                    {"AttributeName": "sk", "AttributeType": "S"},
                    {"AttributeName": "due_shard", "AttributeType": "S"},
                    {"AttributeName": "due_at", "AttributeType": "N"},
                ],
                GlobalSecondaryIndexes=[DUE],
                BillingMode="PAY_PER_REQUEST",
            )
            yield client
    finally:
        for key, value in kept.items():
            if value is None:
                del os.environ[key]
            else:
                os.environ[key] = value


class Reluctant:
    """A DynamoDB client that leaves keys unread: all but one of each call, or all of them."""

    def __init__(self, client: Any, *, answers: bool = True) -> None:
        self._client = client
        self._answers = answers
        self.calls = 0

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 (botocore's spelling)
        self.calls += 1
        ((table, asked),) = RequestItems.items()
        taken, left = (asked["Keys"][:1], asked["Keys"][1:]) if self._answers else ([], asked["Keys"])
        read = (
            self._client.batch_get_item(RequestItems={table: {"Keys": taken}}) if taken else {"Responses": {table: []}}
        )
        return {"Responses": read["Responses"], "UnprocessedKeys": {table: {"Keys": left}} if left else {}}
