"""The message by which a producer calls off an activation: on the ingress queue of the activation's priority."""

from typing import Literal

from statline.contract.model import ContractModel, Identifier, Moment, Tenant


class StandDown(ContractModel):
    """An activation is over before everybody came: nobody is paged any more, and who was paged hears so.

    ``id`` is the activation's. The same stand-down twice is one.
    """

    version: Literal[1] = 1
    tenant: Tenant
    id: Identifier
    kind: Literal["stand_down"]
    sent_at: Moment
