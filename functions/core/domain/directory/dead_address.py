"""A report that a provider called a device's token dead: a message of ours on the ``directory-changes`` queue.

The app may have registered a new token meanwhile, so the report names the token that died, by its digest.
"""

from typing import Literal

from functions.core.domain.delivering.delivery import Delivery, digest
from statline.contract.model import ContractModel, Identifier, Tenant


class DeadAddress(ContractModel):
    """One device whose token died. The device leaves the directory if that token is still the stored one."""

    version: Literal[1] = 1
    kind: Literal["dead_address"] = "dead_address"
    tenant: Tenant
    user: Identifier
    device: Identifier
    token_digest: str


def dead_address_of(delivery: Delivery) -> DeadAddress:
    """The report for a delivery whose provider called its address dead."""
    return DeadAddress(
        tenant=delivery.key.tenant,
        user=delivery.key.recipient,
        device=delivery.key.endpoint,
        token_digest=digest(delivery.address),
    )
