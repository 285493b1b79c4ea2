"""Reads and conditional updates of one table's items, with DynamoDB's errors told apart."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.adapters.aws.dynamodb_values import AttributeValue, Item
from functions.core.domain.errors import ChangeDoesNotFitError, StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_NOTHING: Mapping[str, AttributeValue] = {}


class ConditionalUpdates:
    """One table, item by item."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def read(self, key: Item, attributes: Sequence[str]) -> Item:
        """Those of the attributes that the item has, read with strong consistency. Raises `StoreUnavailableError`."""
        marks = {f"#a{number}": name for number, name in enumerate(attributes)}
        try:
            answer = self._client.get_item(
                TableName=self._table,
                Key=key,
                ConsistentRead=True,
                ProjectionExpression=", ".join(marks),
                ExpressionAttributeNames=marks,
            )
        except (ClientError, BotoCoreError) as cause:
            raise StoreUnavailableError(f"the table {self._table} gave no answer") from cause
        return dict(answer.get("Item", {}))  # type: ignore[arg-type]

    def set(
        self,
        key: Item,
        values: Mapping[str, AttributeValue],
        *,
        names: Mapping[str, str],
        condition: str,
        operands: Mapping[str, AttributeValue] = _NOTHING,
    ) -> bool:
        """Set attributes of an item, made if need be, if the condition holds; answer whether it did.

        ``names`` and ``operands`` are the condition's. Raises `StoreUnavailableError`, and `ChangeDoesNotFitError` for
        an item that would outgrow DynamoDB's 400 KB.
        """
        marks = {f"set{number}": name for number, name in enumerate(values)}
        try:
            self._client.update_item(
                TableName=self._table,
                Key=key,
                UpdateExpression="SET " + ", ".join(f"#{mark} = :{mark}" for mark in marks),
                ConditionExpression=condition,
                ExpressionAttributeNames={**names, **{f"#{mark}": name for mark, name in marks.items()}},
                ExpressionAttributeValues={**operands, **{f":{mark}": values[name] for mark, name in marks.items()}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        except (ClientError, BotoCoreError) as cause:
            raise self._told_apart(cause) from cause
        return True

    def _told_apart(self, cause: ClientError | BotoCoreError) -> StoreUnavailableError | ChangeDoesNotFitError:
        if isinstance(cause, ClientError) and cause.response["Error"]["Code"] == "ValidationException":
            return ChangeDoesNotFitError("a change does not fit into its item")
        return StoreUnavailableError(f"the table {self._table} took no write")
