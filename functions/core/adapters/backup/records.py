"""The table of backups: their records, and the marks that people and upkeep leave on them.

    pk  BACKUP         sk  <id>     one backup; an attribute that has not come yet is absent

The workflow opens and moves a record itself; nobody else writes how a backup goes. Facts and the rows of checks, in
the same table, are `facts`'s.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.adapters.aws.dynamodb_values import AttributeValue, Item, to_attribute
from functions.core.adapters.backup.items import record_in
from functions.core.domain.backup.record import BackupOutcome, BackupRecord, NoSuchBackupError
from functions.core.domain.backup.retention import failed_again
from functions.core.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PARTITION = "BACKUP"
_PAGE = 200


class BackupRecords:
    """The records in one table. Each method raises `StoreUnavailableError` where the table gives no answer."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def find(self, backup: str) -> BackupRecord | None:
        """One record, read with strong consistency. Raises `UnreadableRecordError`."""
        try:
            answer = self._client.get_item(TableName=self._table, Key=_key(backup), ConsistentRead=True)
        except (ClientError, BotoCoreError) as cause:
            raise self._silent() from cause
        item = answer.get("Item")
        return None if item is None else record_in(item)

    def get(self, backup: str) -> BackupRecord:
        """One record. Raises `NoSuchBackupError`, `UnreadableRecordError`."""
        found = self.find(backup)
        if found is None:
            raise NoSuchBackupError(backup)
        return found

    def newest_first(self) -> Iterator[BackupRecord]:
        """Every record, the newest first; pages are read as the iterator goes on. Raises `UnreadableRecordError`."""
        asked: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :backups",
            "ExpressionAttributeValues": {":backups": {"S": PARTITION}},
            "ScanIndexForward": False,
            "ConsistentRead": True,
            "Limit": _PAGE,
        }
        while True:
            try:
                answer = self._client.query(**asked)
            except (ClientError, BotoCoreError) as cause:
                raise self._silent() from cause
            yield from map(record_in, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def last_verified(self) -> BackupRecord | None:
        """The newest backup that was verified and is kept; a verification of an earlier one is no backup.

        One that a later verification has found wrong does not count any more.
        """
        records = tuple(self.newest_first())
        doubted = failed_again(records)
        return next((each for each in records if each.is_kept and each.id not in doubted), None)

    def ask_to_cancel(self, backup: str, person: str) -> bool:
        """Ask the workflow to stop; answer whether the backup still ran. The first who asks is kept.

        A person's rights name the one attribute that he may touch: a condition on another would be refused.
        """
        if not self._runs(backup):
            return False
        self._mark(backup, {"cancel_asked_by": person}, condition="attribute_not_exists(cancel_asked_by)")
        return True

    def mark_interrupted(self, backup: str, words: str, at: datetime) -> bool:
        """End a record whose execution was ended from outside; answer whether it was open."""
        values = {"outcome": BackupOutcome.INTERRUPTED.value, "words": words, "ended_at": at.isoformat()}
        return self._mark(backup, values, condition="attribute_not_exists(outcome)")

    def mark_far_copy(self, backup: str, *, name: str, region: str) -> bool:
        """Write where the far copy will be, before it is started; answer whether there is such a backup."""
        return self._mark(backup, {"far_copy": name, "far_region": region})

    def mark_deleted(self, backup: str, at: datetime, *, gone_at: datetime) -> bool:
        """Write that nothing is left of a backup. The record itself goes at ``gone_at`` (the table's ``ttl``)."""
        return self._mark(backup, {"deleted_at": at.isoformat(), "ttl": int(gone_at.timestamp())})

    def _runs(self, backup: str) -> bool:
        found = self.find(backup)
        return found is not None and found.running

    def _mark(self, backup: str, values: Mapping[str, str | int], *, condition: str = "") -> bool:
        """Set attributes of a record that exists, if the condition holds; answer whether it did."""
        exists = "attribute_exists(pk)"
        names = {f"#n{number}": name for number, name in enumerate(values)}
        operands: dict[str, AttributeValue] = {
            f":v{number}": to_attribute(value) for number, value in enumerate(values.values())
        }
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_key(backup),
                UpdateExpression="SET " + ", ".join(f"#n{number} = :v{number}" for number in range(len(values))),
                ConditionExpression=f"{exists} AND {condition}" if condition else exists,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=operands,
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        except (ClientError, BotoCoreError) as cause:
            raise self._silent() from cause
        return True

    def _silent(self) -> StoreUnavailableError:
        return StoreUnavailableError(f"the table of backups, {self._table}, gave no answer")


def _key(backup: str) -> Item:
    return {"pk": {"S": PARTITION}, "sk": {"S": backup}}
