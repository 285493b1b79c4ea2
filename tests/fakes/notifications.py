"""The port `Notifications` in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.escalation.ladder import FIRST_LOOK_WITHIN
from functions.core.domain.routing.plan import Plan
from functions.core.domain.routing.refusals import Refusal


@dataclass
class FakeNotifications:
    """Remembers plans and refusals. ``away``: the table does not answer.

    first_looks: of each activation, when it is due for a look at the latest; none, once its ladders are open.
    """

    plans: dict[tuple[str, str], Plan] = field(default_factory=dict)
    refusals: dict[str, Refusal] = field(default_factory=dict)
    away: bool = False
    first_looks: dict[tuple[str, str], datetime | None] = field(default_factory=dict)

    def keep(self, plan: Plan) -> Plan:
        self._answer()
        name = (plan.tenant, plan.notification)
        kept = self.plans.setdefault(name, plan)
        if kept.activation is not None:
            self.first_looks.setdefault(name, kept.routed_at + FIRST_LOOK_WITHIN)
        return kept

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
