"""Where an entry that the views also hold lies in the directory's table, and which entries an item holds."""

from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from functions.core.adapters.aws.dynamodb_values import AttributeValue, Item
from functions.core.adapters.directory.items import ATTRIBUTE, PHONE, SELF, SHIFT, Place, change_in, partition
from functions.core.domain.directory.entries import EntryKey, EntryKind
from functions.core.domain.directory.reconciling import EntryName, StoredEntry, likeness
from functions.core.domain.directory.source_kind import SourceKind
from statline.contract.directory import ContactPointChange, ShiftChange, TeamChange, UserChange

_ENTITY: Mapping[SourceKind, EntryKind] = {
    SourceKind.USER: EntryKind.USER,
    SourceKind.CONTACT_POINT: EntryKind.USER,
    SourceKind.TEAM: EntryKind.TEAM,
    SourceKind.SHIFT: EntryKind.TEAM,
}
"""Whose item an entry lies with."""


def place_named(name: EntryName) -> Place:
    """Where the entry is stored."""
    pk = partition(EntryKey(name.tenant, _ENTITY[name.kind], name.owner or name.id))
    match name.kind:
        case SourceKind.CONTACT_POINT:
            return Place(pk, SELF, f"{PHONE}{name.id}")
        case SourceKind.SHIFT:
            return Place(pk, f"{SHIFT}{name.id}", ATTRIBUTE)
        case SourceKind.USER | SourceKind.TEAM:
            return Place(pk, SELF, ATTRIBUTE)


def entries_in(item: Item) -> Iterator[StoredEntry]:
    """The entries of an item of a user, a team or a shift, also the deleted ones."""
    _, tenant, entity, owner = item["pk"]["S"].split("#")
    sk: str = item["sk"]["S"]
    for attribute, value in item.items():
        name = _name(tenant, entity, owner, sk, attribute)
        if name is not None:
            yield _stored(name, value["M"])


def _name(tenant: str, entity: str, owner: str, sk: str, attribute: str) -> EntryName | None:
    if attribute == ATTRIBUTE and sk == SELF:
        return EntryName(tenant, SourceKind(entity), "", owner)
    if attribute == ATTRIBUTE:
        return EntryName(tenant, SourceKind.SHIFT, owner, sk.removeprefix(SHIFT))
    if attribute.startswith(PHONE):
        return EntryName(tenant, SourceKind.CONTACT_POINT, owner, attribute.removeprefix(PHONE))
    return None


def _stored(name: EntryName, stored: Mapping[str, AttributeValue]) -> StoredEntry:
    return StoredEntry(
        name=name,
        revision=int(stored["revision"]["N"]),
        at=int(stored["at"]["N"]) if "at" in stored else 0,
        deleted=bool(stored["deleted"]["BOOL"]),
        absent="absent" in stored,
        likeness=_likeness(stored),
    )


def _likeness(stored: Mapping[str, AttributeValue]) -> int | None:
    try:
        change = change_in({"M": stored})
    except ValidationError:
        return None
    match change:
        case UserChange() | ContactPointChange() | TeamChange() | ShiftChange():
            return likeness(change)
        case _:
            return None
