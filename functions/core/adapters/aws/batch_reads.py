"""Reads many items of one table at once, and asks again for what DynamoDB left unread, but not for ever."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.adapters.aws.dynamodb_values import Item
from functions.core.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEYS_PER_READ = 100
"""DynamoDB's limit for a BatchGetItem."""
ROUNDS = 6
"""How often keys that DynamoDB left unread are asked for again, before the message goes back to its queue."""
FIRST_PAUSE = 0.02
"""Seconds before the second round; doubled with each further one. All pauses together stay below a second."""

Pause = Callable[[float], None]


class BatchReads:
    """BatchGetItem on one table.

    consistent: what was written a moment ago is seen. only: the attributes that are read; unsaid: all.
    """

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        *,
        consistent: bool = False,
        only: Sequence[str] = (),
        pause: Pause = time.sleep,
    ) -> None:
        self._client = client
        self._table = table
        self._asked: dict[str, Any] = {"ConsistentRead": consistent} | _projection(only)
        self._pause = pause

    def items(self, keys: Sequence[Item]) -> Iterator[Item]:
        """The items of these distinct keys that exist, in no order. Raises `StoreUnavailableError`."""
        for start in range(0, len(keys), KEYS_PER_READ):
            yield from self._hundred(list(keys[start : start + KEYS_PER_READ]))

    def _hundred(self, asked: list[Item]) -> Iterator[Item]:
        for round_number in range(ROUNDS):
            if round_number:
                self._pause(FIRST_PAUSE * 2 ** (round_number - 1))
            answer = self._ask(asked)
            yield from answer["Responses"][self._table]
            left_over = answer["UnprocessedKeys"]
            if not left_over:
                return
            asked = list(left_over[self._table]["Keys"])
        raise StoreUnavailableError(f"the table {self._table} left {len(asked)} keys unread")

    def _ask(self, keys: list[Item]) -> Any:
        request: Any = {self._table: {"Keys": keys, **self._asked}}
        try:
            return self._client.batch_get_item(RequestItems=request)
        except (ClientError, BotoCoreError) as cause:
            raise StoreUnavailableError(f"the table {self._table} gave no answer") from cause


def _projection(only: Sequence[str]) -> dict[str, Any]:
    if not only:
        return {}
    return {"ProjectionExpression": ", ".join(f"#{name}" for name in only),
            "ExpressionAttributeNames": {f"#{name}": name for name in only}}  # fmt: skip
