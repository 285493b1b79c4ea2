"""The port `Notifications` on DynamoDB."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.adapters.aws.dynamodb_values import Item
from functions.core.adapters.state.ladder_items import item_of_first_look
from functions.core.adapters.state.notification_items import item_of_refusal, items_of, meta_key, part_keys, plan_in
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.routing.plan import Plan
from functions.core.domain.routing.refusals import Refusal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class NotificationTable:
    """The notifications and refusals in the delivery-state table.

    A plan is one conditional PutItem; a plan too large for an item lies in parts that are written before it. META is
    the commit mark: parts without it are nobody's, and time takes them away. Behind META of an activation comes the row
    by which its first look is found if it is lost.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def keep(self, plan: Plan) -> Plan:
        """See `Notifications.keep`. Also of a plan that was kept before: whoever did so may have died after META."""
        kept = self._keep(plan)
        if kept.activation is not None:
            self._put_once(item_of_first_look(kept))
        return kept

    def _keep(self, plan: Plan) -> Plan:
        *parts, meta = items_of(plan)
        for part in parts:
            self._put(part)
        try:
            self._put(
                meta, ConditionExpression="attribute_not_exists(pk)", ReturnValuesOnConditionCheckFailure="ALL_OLD"
            )
        except self._client.exceptions.ConditionalCheckFailedException as conflict:
            return self._stored(plan, conflict)
        return plan

    def _stored(self, plan: Plan, conflict: ClientError) -> Plan:
        earlier: Any = conflict.response.get("Item")
        found = self._plan(earlier) if earlier else self.find(plan.tenant, plan.notification)
        if found is None:
            raise StoreUnavailableError("a plan vanished between a write and a read") from conflict
        return found

    def find(self, tenant: str, notification: str) -> Plan | None:
        """See `Notifications.find`."""
        meta = self._get(meta_key(tenant, notification))
        return self._plan(meta) if meta else None

    def refuse(self, refusals: Sequence[Refusal]) -> None:
        """See `Notifications.refuse`. A refusal that is there already stays as it was: its event went out."""
        for refusal in refusals:
            self._put_once(item_of_refusal(refusal))

    def _plan(self, meta: Item) -> Plan:
        parts = [self._get(key) for key in part_keys(meta)]
        present = [part for part in parts if part]
        if len(present) < len(parts):
            raise StoreUnavailableError("a part of a stored plan is missing")
        return plan_in(meta, present)

    def _get(self, key: Item) -> Item | None:
        try:
            answer: Any = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        except (ClientError, BotoCoreError) as cause:
            raise StoreUnavailableError(f"the delivery-state table {self._table} gave no answer") from cause
        item: Item | None = answer.get("Item")
        return item

    def _put_once(self, item: Item) -> None:
        """Put the item unless it is there, or was."""
        try:
            self._put(item, ConditionExpression="attribute_not_exists(pk)")
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def _put(self, item: Item, **condition: Any) -> None:
        try:
            self._client.put_item(TableName=self._table, Item=item, **condition)
        except self._client.exceptions.ConditionalCheckFailedException:
            raise
        except (ClientError, BotoCoreError) as cause:
            raise StoreUnavailableError(f"the delivery-state table {self._table} took no write") from cause
