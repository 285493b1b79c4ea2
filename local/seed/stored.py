"""What of the seed a directory table already has."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from functions.core.adapters.aws.dynamodb_values import to_item
from functions.core.adapters.directory.items import place_of
from statline.contract.directory import DirectoryChange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEYS_PER_READ = 100
_Item = Mapping[str, Any]


def missing(client: "DynamoDBClient", table: str, changes: Sequence[DirectoryChange]) -> list[DirectoryChange]:
    """The changes that the table has neither as they are nor in a newer revision."""
    keys = list(dict.fromkeys((place.pk, place.sk) for place in map(place_of, changes)))
    items = {(item["pk"]["S"], item["sk"]["S"]): item for item in _read(client, table, keys)}
    return [change for change in changes if not _has(items, change)]


def _has(items: Mapping[tuple[str, str], _Item], change: DirectoryChange) -> bool:
    place = place_of(change)
    stored = items.get((place.pk, place.sk), {}).get(place.attribute)
    return stored is not None and int(stored["M"]["revision"]["N"]) >= change.revision


def _read(client: "DynamoDBClient", table: str, keys: Sequence[tuple[str, str]]) -> Iterator[_Item]:
    for start in range(0, len(keys), KEYS_PER_READ):
        asked: Any = [to_item({"pk": pk, "sk": sk}) for pk, sk in keys[start : start + KEYS_PER_READ]]
        while asked:
            answer: Any = client.batch_get_item(RequestItems={table: {"Keys": asked, "ConsistentRead": True}})
            yield from answer["Responses"][table]
            asked = answer["UnprocessedKeys"].get(table, {}).get("Keys", [])
