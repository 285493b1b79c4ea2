"""The port `Notifications` in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.routing.plan import Plan
from functions.core.domain.routing.refusals import Refusal


@dataclass
class FakeNotifications:
    """Remembers plans and refusals. ``away``: the table does not answer."""

    plans: dict[tuple[str, str], Plan] = field(default_factory=dict)
    refusals: dict[str, Refusal] = field(default_factory=dict)
    away: bool = False

    def keep(self, plan: Plan) -> Plan:
        self._answer()
        return self.plans.setdefault((plan.tenant, plan.notification), plan)

    def find(self, tenant: str, notification: str) -> Plan | None:
        self._answer()
        return self.plans.get((tenant, notification))

    def refuse(self, refusals: Sequence[Refusal]) -> None:
        self._answer()
        for refusal in refusals:
            self.refusals.setdefault(refusal.message_id, refusal)

    def _answer(self) -> None:
        if self.away:
            raise StoreUnavailableError("the delivery-state table is away")
