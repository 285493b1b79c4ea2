"""How a team's roll call stands: who answered, who did not, and who cannot be reached."""

from dataclasses import dataclass

from functions.core.domain.paging.roll_call import RollCall, roll_call_in
from functions.core.domain.ports.delivering import DeliveryStates
from functions.core.domain.ports.escalation import Acknowledgements
from functions.core.domain.ports.routing import Notifications


@dataclass(frozen=True, slots=True)
class SeeRollCall:
    """How a roll call stands, by what is stored."""

    notifications: Notifications
    states: DeliveryStates
    acknowledgements: Acknowledgements

    def __call__(self, tenant: str, notification: str) -> RollCall | None:
        """Everybody who was called; None where it was not routed: not yet, or it was refused.

        Raises `StoreUnavailableError`.
        """
        plan = self.notifications.find(tenant, notification)
        if plan is None:
            return None
        keys = [delivery.key for delivery in plan.deliveries]
        records = dict(zip(keys, self.states.read(keys), strict=True)) if keys else {}
        return roll_call_in(plan, records, self.acknowledgements.of(tenant, notification))
