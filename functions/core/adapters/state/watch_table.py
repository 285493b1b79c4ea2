"""The port `WatchList` on DynamoDB: the index `due` of the delivery-state table."""

import heapq
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.adapters.aws.batch_reads import BatchReads, Pause
from functions.core.adapters.aws.dynamodb_values import AttributeValue, Item
from functions.core.adapters.state.notification_items import (
    due_at,
    meta_key,
    part_keys,
    plan_in,
    routed_in,
    watch_shard,
    watched_in,
)
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.routing.plan import Plan
from functions.core.domain.routing.watching import SHARDS, Watched
from statline.contract.words import Priority

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

INDEX = "due"
CONNECTIONS = 10
"""Updates under way at once."""
PAGE = 100
"""Entries of one partition of the index that are read at once."""
PAGE_FROM = 10
"""The same from a moment on: of those a few are wanted, and each that is read costs time."""

_Key = tuple[str, str]


class WatchTable:
    """The watched notifications.

    The index holds keys only, and is a moment behind. What counts is read from the table.
    """

    def __init__(self, client: "DynamoDBClient", table: str, *, pause: Pause = time.sleep) -> None:
        self._client = client
        self._table = table
        self._reads = BatchReads(client, table, consistent=True, pause=pause)
        self._pool = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="watch-table")

    def since(self, lane: Priority, moment: datetime | None = None) -> Iterator[Watched]:
        """See `WatchList.since`."""
        shards = [self._shard(watch_shard(lane, shard), moment) for shard in range(SHARDS)]
        begun = list(self._pool.map(_begun, shards))  # together: the earliest is known when all of them have answered
        return heapq.merge(*begun, key=lambda watched: watched.since)

    def _shard(self, shard: str, moment: datetime | None) -> Iterator[Watched]:
        """The entries of one partition, page by page."""
        condition, operands, size = "due_shard = :shard", {":shard": {"S": shard}}, PAGE
        if moment is not None:
            size = PAGE_FROM
            condition, operands = f"{condition} AND due_at >= :moment", operands | {":moment": due_at(moment)}
        pages: Any = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=INDEX,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=operands,
            PaginationConfig={"PageSize": size},
        )
        try:
            for page in pages:
                yield from map(watched_in, page["Items"])
        except (ClientError, BotoCoreError) as cause:
            raise StoreUnavailableError(f"the index {INDEX} of the table {self._table} gave no answer") from cause

    def plans(self, watched: Sequence[Watched]) -> list[Plan | None]:
        """See `WatchList.plans`."""
        keys = {_name(key): key for key in (meta_key(each.tenant, each.notification) for each in watched)}
        metas = {_name(meta): meta for meta in self._reads.items(list(keys.values())) if "due_shard" in meta}
        parts = {
            _name(part): part for part in self._reads.items([key for meta in metas.values() for key in part_keys(meta)])
        }
        return [_plan(metas.get(_name(meta_key(each.tenant, each.notification))), parts) for each in watched]

    def release(self, watched: Sequence[Watched]) -> int:
        """See `WatchList.release`."""
        return sum(not taken for taken in self._pool.map(self._release, watched))

    def put_back(self, watched: Watched) -> None:
        """See `WatchList.put_back`. A notification whose row's time is over is not watched again."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=meta_key(watched.tenant, watched.notification),
                UpdateExpression="SET due_shard = :shard, due_at = :since",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues={
                    ":shard": {"S": watch_shard(watched.lane, watched.shard)},
                    ":since": due_at(watched.since),
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return
        except (ClientError, BotoCoreError) as cause:
            raise StoreUnavailableError(f"the table {self._table} took no write") from cause

    def _release(self, watched: Watched) -> bool:
        """Take one off the index, if it stands there because it is watched."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=meta_key(watched.tenant, watched.notification),
                UpdateExpression="REMOVE due_shard, due_at",
                ConditionExpression="due_shard = :shard",
                ExpressionAttributeValues={":shard": {"S": watch_shard(watched.lane, watched.shard)}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return True  # another tick was first, or the row's time is over
        except (ClientError, BotoCoreError):
            return False
        return True


def _begun(entries: Iterator[Watched]) -> Iterator[Watched]:
    """The same entries, of which the first has been read."""
    return chain(list(islice(entries, 1)), entries)


def _plan(meta: Item | None, parts: Mapping[_Key, Item]) -> Plan | None:
    """The plan of a META that is still watched.

    Parts are there before their META and go with it, each when DynamoDB comes to it. So of a plan that lacks one, which
    has long expired, what META says is enough.
    """
    if meta is None:
        return None
    present = [parts[name] for key in part_keys(meta) if (name := _name(key)) in parts]
    return plan_in(meta, present) if len(present) == len(part_keys(meta)) else routed_in(meta).header


def _name(item: Mapping[str, AttributeValue]) -> _Key:
    return item["pk"]["S"], item["sk"]["S"]
