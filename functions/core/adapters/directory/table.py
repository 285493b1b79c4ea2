"""The port `Directory` on DynamoDB."""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.adapters.aws.batch_reads import BatchReads, Pause
from functions.core.adapters.aws.dynamodb_values import Item
from functions.core.adapters.directory.items import SELF, SHIFT, Unreadable, entry_in, partition, shift_in
from functions.core.domain.directory.entries import Entry, EntryKey, EntryKind, Shift
from functions.core.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DirectoryTable:
    """The directory table, as the router reads it. Eventually consistent: a change takes up to a second to be seen."""

    def __init__(self, client: "DynamoDBClient", table: str, unreadable: Unreadable, pause: Pause = time.sleep) -> None:
        self._client = client
        self._table = table
        self._unreadable = unreadable
        self._reads = BatchReads(client, table, pause=pause)

    def find(self, keys: Sequence[EntryKey]) -> dict[EntryKey, Entry]:
        """See `Directory.find`."""
        by_partition = {partition(key): key for key in keys}
        found: dict[EntryKey, Entry] = {}
        for item in self._reads.items([{"pk": {"S": pk}, "sk": {"S": SELF}} for pk in by_partition]):
            entry = entry_in(item, self._unreadable)
            if entry is not None:
                found[by_partition[item["pk"]["S"]]] = entry
        return found

    def on_shift(self, tenant: str, team: str, now: datetime) -> list[Shift]:
        """See `Directory.on_shift`."""
        items = self._shift_items(tenant, team, now)
        shifts = [shift for item in items if (shift := shift_in(item, now, self._unreadable))]
        return sorted(shifts, key=lambda shift: (shift.role, shift.user))

    def _shift_items(self, tenant: str, team: str, now: datetime) -> Iterator[Item]:
        """A coarse choice in whole seconds, made by DynamoDB; `shift_in` makes the fine one."""
        pages: Any = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :shift)",
            FilterExpression="starts_at <= :now AND ends_at >= :now",
            ExpressionAttributeValues={
                ":pk": {"S": partition(EntryKey(tenant, EntryKind.TEAM, team))},
                ":shift": {"S": SHIFT},
                ":now": {"N": str(int(now.timestamp()))},
            },
        )
        try:
            for page in pages:
                yield from page["Items"]
        except (ClientError, BotoCoreError) as cause:
            raise StoreUnavailableError(f"the directory table {self._table} gave no answer") from cause
