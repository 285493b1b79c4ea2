"""How the directory lies in its table: the one place that knows its keys and attributes, for reader and writer alike.

=====================================  =============  =======================================================
pk                                     sk             attributes
=====================================  =============  =======================================================
``T#<tenant>#user#<id>``               ``SELF``       ``self``, ``phone#<id>`` ..., ``device#<id>`` ...
``T#<tenant>#team#<id>``               ``SELF``       ``self``
``T#<tenant>#team#<id>``               ``SHIFT#<id>`` ``self``, ``starts_at``, ``ends_at``, ``ttl`` (epoch seconds)
``T#<tenant>#pager#<number>``          ``SELF``       ``self``
``T#<tenant>#policy#``                 ``SELF``       ``self``
``T#<tenant>#escalation#<id>``         ``SELF``       ``self``
``T#<tenant>#service#<id>``            ``SELF``       ``self``
``T##line#<number>``                   ``SELF``       ``self``; of whichever tenant named it last
=====================================  =============  =======================================================

One change is one attribute of one item: a map of ``revision`` (N), ``deleted`` (BOOL), ``entry`` (S: the change as
JSON, as the contract writes it), ``at`` (N: when it was stored, epoch seconds; older entries lack it) and, where the
reconcile deleted it, ``absent`` (BOOL: no source said so, the database's views lacked it). So one conditional update
applies any change, whichever of a user's changes comes first, and an older one never wins::

    UpdateItem  SET #attribute = :value [, #starts_at = ...]
    condition   attribute_not_exists(#attribute) OR #attribute.#revision < :revision

A deletion is a change like the others, with ``deleted`` true: a tombstone, which keeps an older change from bringing
the entry back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import ValidationError

from functions.core.adapters.aws.dynamodb_values import AttributeValue, Item, Value, to_attribute
from functions.core.domain.directory.entries import Entry, EntryKey, EntryKind, Shift, User
from statline.contract.directory import (
    DIRECTORY_CHANGE,
    ContactPointChange,
    DeviceChange,
    DirectoryChange,
    LineChange,
    PagerChange,
    ShiftChange,
    TenantPolicyChange,
    UserChange,
)
from statline.contract.model import STORED

Unreadable = Callable[[str, str], None]
"""Told of a stored part that cannot be read: its tenant, and what it is (``self``, ``phone``, ``device``)."""

SELF = "SELF"
ATTRIBUTE = "self"
PHONE = "phone#"
DEVICE = "device#"
SHIFT = "SHIFT#"
SHIFT_KEPT = timedelta(days=15)
"""How long a shift outlives its end: longer than a queue keeps an older change (14 days), which might revive it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a change is stored: the item's key, the attribute, and what stands beside it for queries and expiry."""

    pk: str
    sk: str
    attribute: str
    beside: Mapping[str, int] = field(default_factory=dict)


def partition(key: EntryKey) -> str:
    """The ``pk`` of an entry."""
    return f"T#{key.tenant}#{key.kind}#{key.id}"


def place_of(change: DirectoryChange) -> Place:
    """Where the change belongs."""
    pk = partition(_entry_of(change))
    match change:
        case ContactPointChange():
            return Place(pk, SELF, f"{PHONE}{change.id}")
        case DeviceChange():
            return Place(pk, SELF, f"{DEVICE}{change.id}")
        case ShiftChange():
            return Place(pk, f"{SHIFT}{change.id}", ATTRIBUTE, _hours(change))
        case _:
            return Place(pk, SELF, ATTRIBUTE)


def value_of(change: DirectoryChange, at: datetime, *, absent: bool = False) -> AttributeValue:
    """What the change's attribute holds when it is stored at this moment."""
    stored: dict[str, Value] = {
        "revision": change.revision,
        "deleted": change.deleted,
        "entry": change.model_dump_json(exclude_defaults=True),
        "at": int(at.timestamp()),
    }
    return to_attribute(stored | {"absent": True} if absent else stored)


def change_in(attribute: AttributeValue) -> DirectoryChange | None:
    """The change that an attribute holds; None for a tombstone. Raises `ValidationError` where it cannot be read.

    A field that this code does not know is passed over: during a deployment a newer writer may have written it.
    """
    stored = attribute["M"]
    if stored["deleted"]["BOOL"]:
        return None
    return DIRECTORY_CHANGE.validate_json(stored["entry"]["S"], extra="ignore", context=STORED)


def entry_in(item: Item, unreadable: Unreadable) -> Entry | None:
    """The entry that a ``SELF`` item holds; None where it is deleted.

    A user whose phone or device was imported before the user itself is somebody already: a half import makes nobody
    unknown. Nor does a part that cannot be read: it is reported to ``unreadable``, and the others still reach people.
    """
    known, own = _read(item, ATTRIBUTE, unreadable)
    match own if known else _nameless(item):
        case UserChange() as profile:
            names = [name for name in item if name.startswith((PHONE, DEVICE))]
            rest = [_read(item, name, unreadable)[1] for name in names]
            return User(
                profile=profile,
                phones=tuple(change for change in rest if isinstance(change, ContactPointChange)),
                devices=tuple(change for change in rest if isinstance(change, DeviceChange)),
            )
        case None | ContactPointChange() | DeviceChange() | ShiftChange():
            return None
        case entry:
            return entry


def shift_in(item: Item, now: datetime, unreadable: Unreadable) -> Shift | None:
    """The shift that a ``SHIFT#`` item holds, if it covers ``now``."""
    _, change = _read(item, ATTRIBUTE, unreadable)
    if not isinstance(change, ShiftChange) or not change.starts_at <= now < change.ends_at:
        return None
    backup = change.duty == "backup"
    return Shift(change.team, change.user, change.role, change.starts_at, change.ends_at, backup=backup)


def _read(item: Item, name: str, unreadable: Unreadable) -> tuple[bool, DirectoryChange | None]:
    """Whether an attribute is there and can be read, and its change."""
    if name not in item:
        return False, None
    try:
        return True, change_in(item[name])
    except ValidationError:
        unreadable(item["pk"]["S"].split("#")[1], name.partition("#")[0])
        return False, None


_ENTRIES: Mapping[str, EntryKind] = {
    "user": EntryKind.USER,
    "contact_point": EntryKind.USER,
    "device": EntryKind.USER,
    "team": EntryKind.TEAM,
    "shift": EntryKind.TEAM,
    "pager": EntryKind.PAGER,
    "service": EntryKind.SERVICE,
    "line": EntryKind.LINE,
    "escalation_policy": EntryKind.ESCALATION,
    "tenant_policy": EntryKind.POLICY,
}
"""What each kind of change is about."""


def _entry_of(change: DirectoryChange) -> EntryKey:
    """The entry that a change belongs to. The number of a line is the whole world's, so a line has no tenant there."""
    kind = _ENTRIES[change.kind]
    match change:
        case ContactPointChange() | DeviceChange():
            return EntryKey(change.tenant, kind, change.user)
        case ShiftChange():
            return EntryKey(change.tenant, kind, change.team)
        case PagerChange():
            return EntryKey(change.tenant, kind, change.number)
        case LineChange():
            return EntryKey("", kind, change.number)
        case TenantPolicyChange():
            return EntryKey(change.tenant, kind)
        case _:
            return EntryKey(change.tenant, kind, change.id)


def _hours(shift: ShiftChange) -> dict[str, int]:
    """Added as seconds: sources write 9999-12-31 for a shift without an end, which no date comes after."""
    return {
        "starts_at": int(shift.starts_at.timestamp()),
        "ends_at": int(shift.ends_at.timestamp()),
        "ttl": int(shift.ends_at.timestamp() + SHIFT_KEPT.total_seconds()),
    }


def _nameless(item: Item) -> UserChange | None:
    _, tenant, kind, user = item["pk"]["S"].split("#")
    if kind != EntryKind.USER:
        return None
    return UserChange(kind="user", tenant=tenant, id=user, name=user[:80], revision=1)
