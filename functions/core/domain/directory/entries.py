"""The directory as delivery sees it: who can be reached where, who is on shift, what a tenant decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from statline.contract.directory import (
    ContactPointChange,
    DeviceChange,
    EscalationPolicyChange,
    LineChange,
    PagerChange,
    ServiceChange,
    TeamChange,
    TenantPolicyChange,
    UserChange,
)


class EntryKind(StrEnum):
    """What an entry is about."""

    USER = "user"
    TEAM = "team"
    PAGER = "pager"
    POLICY = "policy"
    ESCALATION = "escalation"
    SERVICE = "service"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class EntryKey:
    """Names one entry. The policy's id is empty: a tenant has one. A line's tenant is: its number is the world's."""

    tenant: str
    kind: EntryKind
    id: str = ""


@dataclass(frozen=True, slots=True)
class User:
    """A person with everything that reaches them."""

    profile: UserChange
    phones: tuple[ContactPointChange, ...] = ()
    devices: tuple[DeviceChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """One person on shift in a team, in a role."""

    team: str
    user: str
    role: str
    starts_at: datetime
    ends_at: datetime
    backup: bool = False


Entry = User | TeamChange | PagerChange | ServiceChange | LineChange | EscalationPolicyChange | TenantPolicyChange


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one batch of messages needs of the directory, read at one moment."""

    entries: Mapping[EntryKey, Entry] = field(default_factory=dict)
    shifts: Mapping[tuple[str, str], tuple[Shift, ...]] = field(default_factory=dict)
