"""The port `Acknowledgements` on DynamoDB: items beside the activation's META in the delivery-state table."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.adapters.aws.dynamodb_values import Item
from functions.core.adapters.state.acknowledgement_items import (
    ACK,
    STANDDOWN,
    WORD,
    acknowledgement_in,
    item_of_acknowledgement,
    item_of_stand_down,
    item_of_word,
    millis,
    stood_down_in,
    word_in,
)
from functions.core.adapters.state.items import notification_pk
from functions.core.domain.answers.acknowledgement import Acknowledgement, Answers, StoodDown, Word
from functions.core.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_AFTER = "\uffff"
"""Sorts behind every character of a name."""


class AcknowledgementTable:
    """What people said, each answer a conditional PutItem: the first acceptance of a role stays."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def of(self, tenant: str, activation: str) -> Answers:
        """See `Acknowledgements.of`. Two queries: plan and ladders lie between the acceptances and the words."""
        pk = notification_pk(tenant, activation)
        accepted = list(self._between(pk, ACK, ACK + _AFTER))
        said = list(self._between(pk, STANDDOWN, WORD + _AFTER))
        called_off = [item for item in said if item["sk"]["S"] == STANDDOWN]
        return Answers(
            acknowledgements=tuple(acknowledgement_in(item) for item in accepted),
            words=tuple(word_in(item) for item in said if item["sk"]["S"].startswith(WORD)),
            stood_down=stood_down_in(called_off[0]) if called_off else None,
        )

    def acknowledge(self, acknowledgement: Acknowledgement) -> Acknowledgement:
        """See `Acknowledgements.acknowledge`."""
        earlier = self._put_first(item_of_acknowledgement(acknowledgement))
        return acknowledgement_in(earlier) if earlier else acknowledgement

    def note(self, word: Word) -> None:
        """See `Acknowledgements.note`."""
        self._put(item_of_word(word), "attribute_not_exists(pk) OR #at <= :at", {":at": {"N": str(millis(word.at))}})

    def stand_down(self, word: StoodDown) -> StoodDown:
        """See `Acknowledgements.stand_down`."""
        earlier = self._put_first(item_of_stand_down(word))
        return stood_down_in(earlier) if earlier else word

    def _between(self, pk: str, first: str, last: str) -> Iterator[Item]:
        pages: Any = self._client.get_paginator("query").paginate(
            TableName=self._table,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={":pk": {"S": pk}, ":first": {"S": first}, ":last": {"S": last}},
        )
        try:
            for page in pages:
                yield from page["Items"]
        except (ClientError, BotoCoreError) as cause:
            raise StoreUnavailableError(f"the delivery-state table {self._table} gave no answer") from cause

    def _put_first(self, item: Item) -> Item | None:
        """Put the item unless there is one; answer the earlier one."""
        return self._put(item, "attribute_not_exists(pk)")

    def _put(self, item: Item, condition: str, operands: Item | None = None) -> Item | None:
        named: dict[str, Any] = {"ExpressionAttributeNames": {"#at": "at"}} if "#at" in condition else {}
        compared: dict[str, Any] = {"ExpressionAttributeValues": operands} if operands else {}
        try:
            self._client.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression=condition,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **named,
                **compared,
            )
        except self._client.exceptions.ConditionalCheckFailedException as conflict:
            refused: Any = conflict.response
            earlier: Item = refused["Item"]
            return earlier
        except (ClientError, BotoCoreError) as cause:
            raise StoreUnavailableError(f"the delivery-state table {self._table} took no write") from cause
        return None
