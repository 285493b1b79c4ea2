"""The port `ProviderStandings` in the delivery-state table.

    pk  PROVIDER#<channel>    sk  STANDING#<provider>    until when it is demoted, and for which time in a row

The table is the region's own, and so is what is known of a provider in it. Times are epoch milliseconds.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.adapters.aws.batch_reads import BatchReads
from functions.core.adapters.aws.dynamodb_values import Item
from functions.core.domain.delivering.failover import FORGIVEN, Standing
from functions.core.domain.errors import StoreUnavailableError
from statline.contract.words import Channel

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import PutItemInputTypeDef

_KEPT = FORGIVEN + timedelta(days=7)
"""How long after its end a demotion can still be looked at."""
_SK = "STANDING#"


class ProviderStandingTable:
    """The standings of the region's providers. A write is one PutItem with a condition on the revision."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._reads = BatchReads(client, table, consistent=True)

    def of(self, channel: Channel, providers: Sequence[str]) -> dict[str, Standing]:
        """See `ProviderStandings.of`."""
        found = map(_from_item, self._reads.items([_key(channel, provider) for provider in providers]))
        return {standing.provider: standing for standing in found}

    def write(self, channel: Channel, standing: Standing) -> Standing:
        """See `ProviderStandings.write`."""
        try:
            self._client.put_item(**_conditional_put(self._table, channel, standing))
        except self._client.exceptions.ConditionalCheckFailedException as conflict:
            stored: Any = conflict.response.get("Item")
            if stored:
                return _from_item(stored)
            raise StoreUnavailableError(f"the table {self._table} did not say what it has instead") from conflict
        except (ClientError, BotoCoreError) as cause:
            raise StoreUnavailableError(f"the table {self._table} took no write") from cause
        return standing


def _key(channel: Channel, provider: str) -> Item:
    return {"pk": {"S": f"PROVIDER#{channel}"}, "sk": {"S": f"{_SK}{provider}"}}


def _conditional_put(table: str, channel: Channel, standing: Standing) -> "PutItemInputTypeDef":
    item = _key(channel, standing.provider) | {
        "un": {"N": str(round(standing.until.timestamp() * 1000))},
        "n": {"N": str(standing.times)},
        "rv": {"N": str(standing.revision)},
        "ttl": {"N": str(int((standing.until + _KEPT).timestamp()))},
    }
    request: PutItemInputTypeDef = {
        "TableName": table,
        "Item": item,
        "ConditionExpression": "attribute_not_exists(pk) OR rv = :before",
        "ExpressionAttributeValues": {":before": {"N": str(standing.revision - 1)}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    return request


def _from_item(item: Item) -> Standing:
    return Standing(
        provider=item["sk"]["S"].removeprefix(_SK),
        until=datetime.fromtimestamp(int(item["un"]["N"]) / 1000, UTC),
        times=int(item["n"]["N"]),
        revision=int(item["rv"]["N"]),
    )
