"""The port `DirectoryRepairs` on DynamoDB: what the reconcile writes, each write conditional, several at once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from functions.core.adapters.aws.conditional_updates import ConditionalUpdates
from functions.core.adapters.aws.dynamodb_values import Item, Value, to_attribute, to_item
from functions.core.adapters.clock import utc_now
from functions.core.adapters.directory.items import Place, place_of, value_of
from functions.core.adapters.directory.names import place_named
from functions.core.adapters.directory.writer import DirectoryTableWriter
from functions.core.domain.directory.reconciling import Repair, StoredEntry, Written
from functions.core.domain.errors import ChangeDoesNotFitError
from functions.core.domain.ports.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

AT_ONCE = 8
"""Writes under way at once."""

_NAMES = {"#revision": "revision"}


class DirectoryTableRepairs:
    """The directory's table, as the reconcile writes it."""

    def __init__(self, client: "DynamoDBClient", table: str, clock: Clock = utc_now) -> None:
        self._clock = clock
        self._writer = DirectoryTableWriter(client, table, clock)
        self._items = ConditionalUpdates(client, table)
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="repairs")

    def repair(self, repairs: Sequence[Repair]) -> list[Written]:
        """See `DirectoryRepairs.repair`."""
        return list(self._pool.map(self._repair_one, repairs))

    def delete(self, entries: Sequence[StoredEntry]) -> int:
        """See `DirectoryRepairs.delete`."""
        return sum(self._pool.map(self._delete_one, entries))

    def _repair_one(self, repair: Repair) -> Written:
        try:
            news = self._writer.apply(repair.change) if repair.instead_of is None else self._bring_back(repair)
        except ChangeDoesNotFitError:
            return Written.UNFIT
        return Written.NEWS if news else Written.OLDER

    def _bring_back(self, repair: Repair) -> bool:
        """The row's own revision takes the tombstone's place, lower as it may be: the source goes on from there."""
        place = place_of(repair.change)
        beside = {name: to_attribute(value) for name, value in place.beside.items()}
        return self._items.set(
            _key(place),
            {place.attribute: value_of(repair.change, self._clock())} | beside,
            names=_NAMES | {"#attribute": place.attribute, "#absent": "absent"},
            condition="#attribute.#revision = :revision AND #attribute.#absent = :yes",
            operands={":revision": to_attribute(repair.instead_of), ":yes": to_attribute(True)},
        )

    def _delete_one(self, entry: StoredEntry) -> bool:
        """Leave a mark that keeps nothing of what was there: nobody asked to remember this person."""
        place = place_named(entry.name)
        at = int(self._clock().timestamp())
        mark: dict[str, Value] = {
            "revision": entry.revision + 1, "deleted": True, "absent": True, "at": at, "entry": "",
        }  # fmt: skip
        return self._items.set(
            _key(place),
            {place.attribute: to_attribute(mark)},
            names=_NAMES | {"#attribute": place.attribute, "#deleted": "deleted"},
            condition="#attribute.#revision = :revision AND #attribute.#deleted = :no",
            operands={":revision": to_attribute(entry.revision), ":no": to_attribute(False)},
        )


def _key(place: Place) -> Item:
    return to_item({"pk": place.pk, "sk": place.sk})
