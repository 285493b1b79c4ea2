"""The port `DirectoryFreshness` on DynamoDB: one item of the directory's table, outside every tenant's."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from functions.core.adapters.aws.conditional_updates import ConditionalUpdates
from functions.core.adapters.aws.dynamodb_values import to_attribute, to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEY = to_item({"pk": "RECONCILE", "sk": "COMPARED"})
_DATA_AT = "data_at"


class DirectoryTableFreshness:
    """Of when the data is that the directory was last completely compared with, in epoch milliseconds."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._items = ConditionalUpdates(client, table)

    def data_at(self) -> datetime | None:
        """See `DirectoryFreshness.data_at`."""
        item = self._items.read(_KEY, [_DATA_AT])
        return datetime.fromtimestamp(int(item[_DATA_AT]["N"]) / 1000, UTC) if item else None

    def compared(self, data_at: datetime) -> None:
        """See `DirectoryFreshness.compared`."""
        moment = to_attribute(int(data_at.timestamp() * 1000))
        self._items.set(
            _KEY,
            {_DATA_AT: moment},
            names={"#data_at": _DATA_AT},
            condition="attribute_not_exists(#data_at) OR #data_at < :moment",
            operands={":moment": moment},
        )
