"""Who may send: SQS says which identity put a message on a queue, and the deployment says what that identity may do."""

from collections.abc import Mapping
from dataclasses import dataclass

from statline.contract.words import Priority

EVERY_TENANT = "*"
"""Among a producer's tenants: those that send for callers and schedules, which are Statline's own functions."""


@dataclass(frozen=True, slots=True)
class Producer:
    """One known sender: its name, and the tenants and lanes that it may use."""

    name: str
    tenants: frozenset[str]
    lanes: frozenset[Priority]

    def may_send_for(self, tenant: str) -> bool:
        """Whether the tenant is one of its own."""
        return tenant in self.tenants or EVERY_TENANT in self.tenants


def producer_of(sender_id: str, producers: Mapping[str, Producer]) -> Producer | None:
    """The producer behind an SQS ``SenderId``: a user's id as it is, a role's id without its ":session name"."""
    return producers.get(sender_id) or producers.get(sender_id.partition(":")[0])
