"""A table's stream for tests: what DynamoDB would tell of rows that were written one after the other."""

from collections.abc import Iterator, Sequence
from typing import Any

from functions.core.adapters.aws.dynamodb_values import Item

Change = dict[str, Any]
Row = dict[str, Any]


def changes(items: Sequence[Item]) -> Iterator[Change]:
    """The ``dynamodb`` part of each write's record, in the order of the writes."""
    stored: dict[tuple[str, str], Item] = {}
    for number, item in enumerate(items):
        key = (item["pk"]["S"], item["sk"]["S"])
        change: Change = {
            "SequenceNumber": str(100 + number),
            "Keys": {"pk": item["pk"], "sk": item["sk"]},
            "NewImage": item,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        }
        if key in stored:
            change["OldImage"] = stored[key]
        stored[key] = item
        yield change


def deletion(item: Item) -> Change:
    """What the stream tells when a row's time to live is over."""
    return {"SequenceNumber": "999", "Keys": {"pk": item["pk"], "sk": item["sk"]}, "OldImage": item}


def rows(found: Sequence[Change]) -> list[Row]:
    """The records as Lambda hands them to a function."""
    return [
        {"eventSource": "aws:dynamodb", "eventID": change["SequenceNumber"], "dynamodb": change} for change in found
    ]
