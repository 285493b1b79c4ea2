"""The findings' part of the table of backups.

pk  FINDING        sk  <finding's id>
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.backup_watch.finding import Finding, Level, Source
from functions.core.adapters.aws.dynamodb_values import Item, Value, from_item, to_item
from functions.core.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PARTITION = "FINDING"
_KEPT = timedelta(days=365)
_MOMENTS = ("first_seen", "last_seen", "ended_at", "told_at", "end_told_at")
_TEXTS = ("key", "what", "who", "note", "told_who")


class FindingTable:
    """Findings in one table. Each method raises `StoreUnavailableError`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def recent(self, since: datetime) -> Sequence[Finding]:
        """The ongoing findings and those that were seen after a moment, the oldest first."""
        try:
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                KeyConditionExpression="pk = :findings",
                FilterExpression="attribute_not_exists(ended_at) OR last_seen >= :since",
                ExpressionAttributeValues={":findings": {"S": PARTITION}, ":since": {"S": since.isoformat()}},
                ConsistentRead=True,
            )
            found = [_finding(item) for page in pages for item in page["Items"]]
        except (ClientError, BotoCoreError) as cause:
            raise StoreUnavailableError(f"the table of backups, {self._table}, gave no answer") from cause
        return sorted(found, key=lambda finding: finding.first_seen)

    def keep(self, finding: Finding) -> None:
        """Store a finding, over the stored one of its id. It goes after a year."""
        try:
            self._client.put_item(TableName=self._table, Item=_item(finding))
        except (ClientError, BotoCoreError) as cause:
            raise StoreUnavailableError(f"the table of backups, {self._table}, took no finding") from cause


def _item(finding: Finding) -> Item:
    moments: dict[str, datetime | None] = {name: getattr(finding, name) for name in _MOMENTS}
    values: dict[str, Value] = {
        "pk": PARTITION,
        "sk": finding.id,
        "source": finding.source.value,
        "level": finding.level.value,
        "ttl": int((finding.last_seen + _KEPT).timestamp()),
        **{name: getattr(finding, name) for name in _TEXTS},
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
    }
    return to_item(values)


def _finding(item: Mapping[str, Any]) -> Finding:
    texts = {name: str(value) for name, value in from_item(item).items()}
    moments = {name: datetime.fromisoformat(texts[name]) for name in _MOMENTS if name in texts}
    return Finding(
        id=texts["sk"],
        source=Source(texts["source"]),
        level=Level(texts["level"]),
        key=texts["key"],
        what=texts["what"],
        who=texts["who"],
        note=texts["note"],
        told_who=texts["told_who"],
        first_seen=moments["first_seen"],
        last_seen=moments["last_seen"],
        ended_at=moments.get("ended_at"),
        told_at=moments.get("told_at"),
        end_told_at=moments.get("end_told_at"),
    )
