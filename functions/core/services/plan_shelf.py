"""Plans that were read before. A plan is written once and never changed, so a kept one is as good as the table's.

An activation of 500 people brings some thousand receipts, and each needs the plan.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

from functions.core.domain.ports.routing import Notifications
from functions.core.domain.routing.plan import Plan

MOST = 64


@dataclass(frozen=True, slots=True)
class PlanShelf:
    """The latest plans that this worker has read."""

    notifications: Notifications
    _kept: OrderedDict[tuple[str, str], Plan] = field(default_factory=OrderedDict)

    def find(self, tenant: str, notification: str) -> Plan | None:
        """The plan of a notification; None where there is none yet. Raises `StoreUnavailableError`."""
        name = (tenant, notification)
        plan = self._kept.pop(name, None) or self.notifications.find(tenant, notification)
        if plan is None:
            return None
        self._kept[name] = plan
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return plan
