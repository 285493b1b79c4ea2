"""The port `Ladders` on DynamoDB: items of the delivery-state table, and its index `due`."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.adapters.aws.dynamodb_values import Item
from functions.core.adapters.state.items import notification_pk
from functions.core.adapters.state.ladder_items import (
    LADDER,
    SHARDS,
    activation_in,
    due_before,
    first_look_key,
    item_of_ladder,
    ladder_in,
    ladder_shard,
)
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.escalation.ladder import Ladder

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import PutItemInputTypeDef

INDEX = "due"


class LadderTable:
    """The ladders of activations. A write is one PutItem with a condition on the revision."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def of(self, tenant: str, activation: str) -> list[Ladder]:
        """See `Ladders.of`."""
        items = self._items(
            KeyConditionExpression="pk = :pk AND begins_with(sk, :ladder)",
            ExpressionAttributeValues={":pk": {"S": notification_pk(tenant, activation)}, ":ladder": {"S": LADDER}},
            ConsistentRead=True,
        )
        return [ladder_in(item) for item in items]

    def write(self, ladder: Ladder) -> Ladder:
        """See `Ladders.write`."""
        try:
            self._client.put_item(**_conditional_put(self._table, ladder))
        except self._client.exceptions.ConditionalCheckFailedException as conflict:
            return self._stored(ladder, conflict)
        except (ClientError, BotoCoreError) as cause:
            raise StoreUnavailableError(f"the delivery-state table {self._table} took no ladder") from cause
        return ladder

    def due(self, before: datetime) -> Iterator[tuple[str, str]]:
        """See `Ladders.due`. The index is a moment behind. A part of it that is away is told of after the others."""
        away: StoreUnavailableError | None = None
        for shard in range(SHARDS):
            try:
                yield from map(activation_in, self._due_in(shard, before))
            except StoreUnavailableError as trouble:
                away = trouble
        if away is not None:
            raise away

    def all_opened(self, tenant: str, activation: str) -> None:
        """See `Ladders.all_opened`. What was routed by a version that kept no such row is not looked for."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=first_look_key(tenant, activation),
                UpdateExpression="REMOVE due_shard, due_at",
                ConditionExpression="attribute_exists(due_shard)",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # another look was first
        except (ClientError, BotoCoreError) as cause:
            raise StoreUnavailableError(f"the delivery-state table {self._table} took no write") from cause

    def _due_in(self, shard: int, before: datetime) -> Iterator[Item]:
        return self._items(
            IndexName=INDEX,
            KeyConditionExpression="due_shard = :shard AND due_at < :before",
            ExpressionAttributeValues={":shard": {"S": ladder_shard(shard)}} | due_before(before),
        )

    def _stored(self, ladder: Ladder, conflict: ClientError) -> Ladder:
        """What stands in the way of a write. Where DynamoDB does not say it with its refusal, it is read."""
        item: Any = conflict.response.get("Item")
        if item:
            return ladder_in(item)
        for stored in self.of(ladder.tenant, ladder.activation):
            if stored.role == ladder.role:
                return stored
        raise StoreUnavailableError("a ladder vanished between a write and a read") from conflict

    def _items(self, **query: Any) -> Iterator[Item]:
        pages: Any = self._client.get_paginator("query").paginate(TableName=self._table, **query)
        try:
            for page in pages:
                yield from page["Items"]
        except (ClientError, BotoCoreError) as cause:
            raise StoreUnavailableError(f"the delivery-state table {self._table} tells of no ladders") from cause


def _conditional_put(table: str, ladder: Ladder) -> "PutItemInputTypeDef":
    request: PutItemInputTypeDef = {
        "TableName": table,
        "Item": item_of_ladder(ladder),
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    if ladder.revision > 1:
        request["ConditionExpression"] = "rv = :before"
        request["ExpressionAttributeValues"] = {":before": {"N": str(ladder.revision - 1)}}
    return request
