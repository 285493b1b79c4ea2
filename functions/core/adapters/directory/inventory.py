"""The port `DirectoryInventory` on DynamoDB: everything that the directory holds of what the views hold, in one scan.

A scan, because reading a page of 1 MB costs what its megabyte costs, while a read of each entry costs at least half a
unit each, seven times as much; and because no index over what changes would be free (docs/adr/0018). It goes slowly:
the pages of a scan fall on one partition after the other, and the router reads the same partitions.
"""

import time
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.adapters.aws.batch_reads import Pause
from functions.core.adapters.directory.names import entries_in
from functions.core.domain.directory.reconciling import StoredEntry
from functions.core.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BETWEEN_PAGES = 0.2
"""Seconds. A page costs 128 read units, so this keeps the scan under 640 of a partition's 3,000 a second."""


class DirectoryTableInventory:
    """The directory's table, as the reconcile reads it. Eventually consistent: its writes are conditional."""

    def __init__(self, client: "DynamoDBClient", table: str, pause: Pause = time.sleep) -> None:
        self._client = client
        self._table = table
        self._pause = pause

    def entries(self, tenants: Collection[str], now: datetime) -> Iterator[StoredEntry]:
        """See `DirectoryInventory.entries`."""
        for item in self._items(now):
            if item["pk"]["S"].split("#")[1] in tenants:
                yield from entries_in(item)

    def _items(self, now: datetime) -> Iterator[Any]:
        """The items of people, teams and shifts. An id has no ``#``, so what is asked for cannot be part of one."""
        pages: Any = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            FilterExpression="(contains(pk, :user) OR contains(pk, :team))"
            " AND (attribute_not_exists(ends_at) OR ends_at > :now)",
            ExpressionAttributeValues={
                ":user": {"S": "#user#"},
                ":team": {"S": "#team#"},
                ":now": {"N": str(int(now.timestamp()))},
            },
        )
        try:
            for page in pages:
                yield from page["Items"]
                if "LastEvaluatedKey" in page:
                    self._pause(BETWEEN_PAGES)
        except (ClientError, BotoCoreError) as cause:
            raise StoreUnavailableError(f"the directory table {self._table} gave no answer") from cause
