"""The port `DirectoryWriter` on DynamoDB. A change is one conditional update of one attribute (`items`).

A device's token is claimed besides (`token_holders`): a person who takes over a ward's phone must not go on getting
what was meant for the one before.
"""

from typing import TYPE_CHECKING

from functions.core.adapters.aws.conditional_updates import ConditionalUpdates
from functions.core.adapters.aws.dynamodb_values import Item, to_attribute, to_item
from functions.core.adapters.clock import utc_now
from functions.core.adapters.directory.items import DEVICE, SELF, Place, change_in, partition, place_of, value_of
from functions.core.adapters.directory.token_holders import Holding, TokenHolders
from functions.core.domain.delivering.delivery import digest
from functions.core.domain.directory.dead_address import DeadAddress
from functions.core.domain.directory.entries import EntryKey, EntryKind
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.ports.clock import Clock
from statline.contract.directory import DeviceChange, DirectoryChange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROUNDS = 5
"""How often a token is tried for while others claim it too, before the change goes back to its queue."""


class DirectoryTableWriter:
    """The directory's table, as its sources write it."""

    def __init__(self, client: "DynamoDBClient", table: str, clock: Clock = utc_now) -> None:
        self._clock = clock
        self._items = ConditionalUpdates(client, table)
        self._holders = TokenHolders(self._items)

    def apply(self, change: DirectoryChange) -> bool:
        """See `DirectoryWriter.apply`.

        Every step can be repeated: a change that was stored, but whose token was not claimed, is done when it comes
        again. The device is stored before its token is claimed, so of two that race the later claim sees both.
        """
        place = place_of(change)
        beside = {name: to_attribute(value) for name, value in place.beside.items()}
        news = self._items.set(
            _key(place),
            {place.attribute: value_of(change, self._clock())} | beside,
            names={"#attribute": place.attribute, "#revision": "revision"},
            condition="attribute_not_exists(#attribute) OR #attribute.#revision < :revision",
            operands={":revision": to_attribute(change.revision)},
        )
        if isinstance(change, DeviceChange) and not change.deleted and not change.rehearsed:
            self._claim_token(change)
        return news

    def drop_device(self, report: DeadAddress) -> bool:
        """See `DirectoryWriter.drop_device`.

        The tombstone keeps the revision: the same change, imported again, brings nothing back; a newer one does.
        """
        stored = self._device(report)
        if stored is None or digest(stored.token) != report.token_digest:
            return False
        place = place_of(stored)
        return self._items.set(
            _key(place),
            {place.attribute: value_of(stored.model_copy(update={"deleted": True}), self._clock())},
            names={"#attribute": place.attribute, "#revision": "revision", "#deleted": "deleted"},
            condition="#attribute.#revision = :revision AND #attribute.#deleted = :no",
            operands={":revision": to_attribute(stored.revision), ":no": to_attribute(False)},
        )

    def _claim_token(self, change: DeviceChange) -> None:
        """Make the device its token's holder, unless a newer change named another; drop whichever of both lost.

        The other is dropped before the token is taken: a worker that dies in between does both again. Most tokens are
        new, so the first try asks for no holder.
        """
        token = digest(change.token)
        ours = Holding(change.revision, change.user, change.id)
        found: Holding | None = None
        for _ in range(ROUNDS):
            if found and found.endpoint != ours.endpoint:
                self.drop_device(_report(change, min(found, ours), token))
            if found and found >= ours:
                return
            if self._holders.take(change.tenant, token, ours, instead_of=found):
                return
            found = self._holders.read(change.tenant, token)
        raise StoreUnavailableError("a device's token is being claimed by others at the same time")

    def _device(self, report: DeadAddress) -> DeviceChange | None:
        user = EntryKey(report.tenant, EntryKind.USER, report.user)
        place = Place(partition(user), SELF, f"{DEVICE}{report.device}")
        found = self._items.read(_key(place), [place.attribute])
        change = change_in(found[place.attribute]) if place.attribute in found else None
        return change if isinstance(change, DeviceChange) else None


def _report(change: DeviceChange, loser: Holding, token: str) -> DeadAddress:
    return DeadAddress(tenant=change.tenant, user=loser.user, device=loser.device, token_digest=token)


def _key(place: Place) -> Item:
    return to_item({"pk": place.pk, "sk": place.sk})
