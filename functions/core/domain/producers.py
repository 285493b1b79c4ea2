"""Who may send: SQS says which identity put a message on a queue, and the deployment says what that identity may do."""

from collections.abc import Mapping
from dataclasses import dataclass

from statline.contract.words import Priority


@dataclass(frozen=True, slots=True)
class Producer:
    """One known sender: its name, and the tenants and lanes that it may use."""

    name: str
    tenants: frozenset[str]
    lanes: frozenset[Priority]


def producer_of(sender_id: str, producers: Mapping[str, Producer]) -> Producer | None:
    """The producer behind an SQS ``SenderId``: a user's id as it is, a role's id without its ":session name"."""
    return producers.get(sender_id) or producers.get(sender_id.partition(":")[0])
