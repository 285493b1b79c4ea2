"""The port `ReplyBook` on DynamoDB: by the digest of a phone's number, what the phone was paged for.

    pk  P#<digest of the number>    sk  A#<tenant>#<activation>#<user>    co(de), op(ened), ex(pires)

The number itself is in no key. People who share a phone have an item each.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.adapters.aws.dynamodb_values import Item, Value, from_item, to_item
from functions.core.adapters.state.acknowledgement_items import millis, moment, ttl
from functions.core.domain.answers.acknowledgement import OpenActivation
from functions.core.domain.delivering.delivery import digest
from functions.core.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CONNECTIONS = 10
"""Writes under way at once: an activation may page 500 phones."""
KEPT_AFTER_EXPIRY = timedelta(days=1)
"""What has expired is not read any more; DynamoDB takes its time to delete it."""


class ReplyBookTable:
    """The phones' part of the delivery-state table."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._pool = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="reply-book")

    def enter(self, entries: Sequence[tuple[str, OpenActivation]]) -> None:
        """See `ReplyBook.enter`."""
        items = [_item(number, opened) for number, opened in entries]
        once = {(item["pk"]["S"], item["sk"]["S"]): item for item in reversed(items)}
        list(self._pool.map(self._put, once.values()))

    def open_for(self, number: str, now: datetime) -> list[OpenActivation]:
        """See `ReplyBook.open_for`."""
        pages: Any = self._client.get_paginator("query").paginate(
            TableName=self._table,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": _pk(number)}},
        )
        try:
            found = [_opened(item) for page in pages for item in page["Items"]]
        except (ClientError, BotoCoreError) as cause:
            raise StoreUnavailableError(f"the delivery-state table {self._table} gave no answer") from cause
        return sorted((each for each in found if each.expires_at > now), key=lambda each: each.opened_at, reverse=True)

    def _put(self, item: Item) -> None:
        try:
            self._client.put_item(TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(pk)")
        except self._client.exceptions.ConditionalCheckFailedException:
            return
        except (ClientError, BotoCoreError) as cause:
            raise StoreUnavailableError(f"the delivery-state table {self._table} took no write") from cause


def _pk(number: str) -> str:
    return f"P#{digest('phone', number)}"


def _item(number: str, opened: OpenActivation) -> Item:
    known: dict[str, Value] = {
        "pk": _pk(number),
        "sk": f"A#{opened.tenant}#{opened.activation}#{opened.user}",
        "co": opened.code,
        "op": millis(opened.opened_at),
        "ex": millis(opened.expires_at),
    }
    return to_item(known) | ttl(opened.expires_at + KEPT_AFTER_EXPIRY)


def _opened(item: Item) -> OpenActivation:
    stored: dict[str, Any] = from_item(item)
    _, tenant, activation, user = stored["sk"].split("#")
    return OpenActivation(
        tenant=tenant,
        activation=activation,
        user=user,
        code=stored["co"],
        opened_at=moment(stored["op"]),
        expires_at=moment(stored["ex"]),
    )
