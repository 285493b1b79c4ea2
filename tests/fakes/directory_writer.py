"""The port `DirectoryWriter` in memory: what the adapter must do, said as plainly as possible."""

from dataclasses import dataclass, field

from functions.core.domain.delivering.delivery import digest
from functions.core.domain.directory.dead_address import DeadAddress
from statline.contract.directory import (
    ContactPointChange,
    DeviceChange,
    DirectoryChange,
    LineChange,
    PagerChange,
    ShiftChange,
    TenantPolicyChange,
)

Name = tuple[str, ...]


@dataclass
class FakeDirectoryWriter:
    """Keeps each entity's newest change. ``failing`` is raised instead, once for each call."""

    changes: dict[Name, DirectoryChange] = field(default_factory=dict)
    holders: dict[tuple[str, str], DeviceChange] = field(default_factory=dict)
    failing: list[Exception] = field(default_factory=list)

    def apply(self, change: DirectoryChange) -> bool:
        if self.failing:
            raise self.failing.pop(0)
        news = self._store(change)
        if isinstance(change, DeviceChange) and not change.deleted and not change.rehearsed:
            self._claim(change)
        return news

    def drop_device(self, report: DeadAddress) -> bool:
        if self.failing:
            raise self.failing.pop(0)
        name = (report.tenant, "device", report.user, report.device)
        stored = self.changes.get(name)
        if not isinstance(stored, DeviceChange) or stored.deleted or digest(stored.token) != report.token_digest:
            return False
        self.changes[name] = stored.model_copy(update={"deleted": True})
        return True

    def _store(self, change: DirectoryChange) -> bool:
        stored = self.changes.get(name_of(change))
        if stored is not None and stored.revision >= change.revision:
            return False
        self.changes[name_of(change)] = change
        return True

    def _claim(self, change: DeviceChange) -> None:
        token = (change.tenant, change.token)
        rivals = [*([self.holders[token]] if token in self.holders else []), change]
        winner = max(rivals, key=lambda device: (device.revision, device.user, device.id))
        self.holders[token] = winner
        for rival in rivals:
            if (rival.user, rival.id) != (winner.user, winner.id):
                self.drop_device(
                    DeadAddress(
                        tenant=rival.tenant, user=rival.user, device=rival.id, token_digest=digest(change.token)
                    )
                )


def name_of(change: DirectoryChange) -> Name:
    """What a change is about."""
    match change:
        case ContactPointChange() | DeviceChange():
            return (change.tenant, change.kind, change.user, change.id)
        case ShiftChange():
            return (change.tenant, change.kind, change.team, change.id)
        case PagerChange() | LineChange():
            return (change.tenant, change.kind, change.number)
        case TenantPolicyChange():
            return (change.tenant, change.kind)
        case _:
            return (change.tenant, change.kind, change.id)
