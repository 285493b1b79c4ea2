"""Whose a device's token is: one item for each token, ``pk T#<tenant>#token#<digest>``, ``sk SELF``.

Of two devices that name one token, the one with the higher revision holds it; equal revisions are settled by name, so
that every order of the same changes ends the same.
"""

from dataclasses import dataclass

from functions.core.adapters.aws.conditional_updates import ConditionalUpdates
from functions.core.adapters.aws.dynamodb_values import Item, to_attribute, to_item
from functions.core.adapters.directory.items import SELF


@dataclass(frozen=True, slots=True, order=True)
class Holding:
    """A device that named a token, and the revision with which it did. The greatest holds it."""

    revision: int
    user: str
    device: str

    @property
    def endpoint(self) -> tuple[str, str]:
        """The device's name within the tenant."""
        return self.user, self.device


class TokenHolders:
    """The holders of tokens in the directory's table."""

    def __init__(self, items: ConditionalUpdates) -> None:
        self._items = items

    def read(self, tenant: str, token: str) -> Holding | None:
        """Who holds a token (named by its digest)."""
        item = self._items.read(_key(tenant, token), ["revision", "user", "device"])
        if not item:
            return None
        return Holding(int(item["revision"]["N"]), item["user"]["S"], item["device"]["S"])

    def take(self, tenant: str, token: str, ours: Holding, *, instead_of: Holding | None) -> bool:
        """Make ``ours`` the holder; False where the holder is no longer ``instead_of``."""
        values = {name: to_attribute(getattr(ours, name)) for name in ("revision", "user", "device")}
        names = {"#user": "user", "#device": "device", "#revision": "revision"}
        if instead_of is None:
            return self._items.set(_key(tenant, token), values, names={}, condition="attribute_not_exists(pk)")
        return self._items.set(
            _key(tenant, token),
            values,
            names=names,
            condition="#revision = :revision AND #user = :user AND #device = :device",
            operands={f":{name}": to_attribute(getattr(instead_of, name)) for name in ("revision", "user", "device")},
        )


def _key(tenant: str, token: str) -> Item:
    return to_item({"pk": f"T#{tenant}#token#{token}", "sk": SELF})
