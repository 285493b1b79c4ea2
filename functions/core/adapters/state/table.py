"""The port `DeliveryStates` on DynamoDB."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.adapters.aws.batch_reads import KEYS_PER_READ, BatchReads, Pause
from functions.core.adapters.state.items import (
    Item,
    acknowledgement_key,
    delivery_key,
    from_item,
    stand_down_key,
    to_item,
)
from functions.core.domain.delivering.delivery import Delivery, DeliveryKey
from functions.core.domain.delivering.record import DeliveryRecord
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.escalation.step_name import activation_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import PutItemInputTypeDef

CONNECTIONS = 10
"""Writes under way at once: a batch of ten deliveries is written in one round trip's time."""

Untaken = Callable[[DeliveryRecord, Exception], None]


def _tell_nobody(_: DeliveryRecord, __: Exception) -> None:
    """For people at a terminal, who read and do not write."""


class StateTable:
    """The delivery-state table.

    A write is one PutItem with a condition on the revision: one write unit, no transaction. ``untaken`` is told of a
    write that was not taken, with its error, which the answer does not say.
    """

    def __init__(
        self, client: "DynamoDBClient", table: str, *, untaken: Untaken = _tell_nobody, pause: Pause = time.sleep
    ) -> None:
        self._client = client
        self._table = table
        self._untaken = untaken
        self._reads = BatchReads(client, table, consistent=True, pause=pause)
        self._pool = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="state-table")

    def write(self, records: Sequence[DeliveryRecord]) -> list[DeliveryRecord | None]:
        """See `DeliveryStates.write`."""
        if len(records) == 1:
            return [self._write_one(records[0])]
        return list(self._pool.map(self._write_one, records))

    def _write_one(self, record: DeliveryRecord) -> DeliveryRecord | None:
        try:
            self._client.put_item(**_conditional_put(self._table, record))
        except self._client.exceptions.ConditionalCheckFailedException as conflict:
            return self._stored(record.key, conflict)
        except (ClientError, BotoCoreError) as cause:
            self._untaken(record, cause)
            return None
        return record

    def _stored(self, key: DeliveryKey, conflict: ClientError) -> DeliveryRecord | None:
        item: Item | None = conflict.response.get("Item")  # type: ignore[assignment]
        if item:
            return from_item(item)
        try:
            return self.read([key])[0]
        except StoreUnavailableError:
            return None

    def read(self, keys: Sequence[DeliveryKey]) -> list[DeliveryRecord | None]:
        """See `DeliveryStates.read`."""
        found = {_name(item): from_item(item) for item in self._get([delivery_key(key) for key in keys])}
        return [found.get(_name(delivery_key(key))) for key in keys]

    def acknowledged(self, deliveries: Sequence[Delivery]) -> list[bool]:
        """See `DeliveryStates.acknowledged`."""
        wanted = [_words(delivery) for delivery in deliveries]
        present = {_name(item) for item in self._get([key for words in wanted for key in words])}
        return [_is_silent(words, present) for words in wanted]

    def _get(self, keys: Sequence[Item]) -> Iterator[Item]:
        """The items of these keys that exist; two deliveries may share a key. Many take several calls at once."""
        distinct = list({_name(key): key for key in keys}.values())
        if len(distinct) <= KEYS_PER_READ:
            return self._reads.items(distinct)
        parts = [distinct[start : start + KEYS_PER_READ] for start in range(0, len(distinct), KEYS_PER_READ)]
        return chain.from_iterable(self._pool.map(lambda part: list(self._reads.items(part)), parts))


def _conditional_put(table: str, record: DeliveryRecord) -> "PutItemInputTypeDef":
    request: PutItemInputTypeDef = {
        "TableName": table,
        "Item": to_item(record),
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    if record.revision > 1:
        request["ConditionExpression"] = "rv = :before"
        request["ExpressionAttributeValues"] = {":before": {"N": str(record.revision - 1)}}
    return request


def _words(delivery: Delivery) -> list[Item]:
    """The keys of what may silence a delivery: first that it was called off, then one for each of its roles."""
    if not delivery.roles:
        return []
    tenant, activation = delivery.key.tenant, activation_of(delivery.key.notification)
    return [
        stand_down_key(tenant, activation),
        *(acknowledgement_key(tenant, activation, role) for role in delivery.roles),
    ]


def _is_silent(words: Sequence[Item], present: Collection[tuple[str, str]]) -> bool:
    if not words:
        return False
    stood_down, *acknowledged = (_name(key) in present for key in words)
    return stood_down or all(acknowledged)


def _name(item: Item) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]
