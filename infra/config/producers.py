"""The producers of a region: who may put messages on its ingress queues."""

import json
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StringConstraints

from functions.canary.settings import TENANT as CANARY_TENANT
from infra.config.base import ConfigModel
from statline.contract.model import Tenant
from statline.contract.words import Priority

SenderId = Annotated[
    str,
    StringConstraints(pattern=r"^(AIDA|AROA)[A-Z0-9]{16,28}$"),
    Field(description="The unique id of an IAM user (AIDA...) or role (AROA...): `aws iam get-role` shows it."),
]


class ProducerConfig(ConfigModel):
    """One known sender.

    principal: the ARN of the sender's user or role where it lives in another account: the queues' policies then let it
        send. Senders of the deployment's own account are given the managed policy of their lanes instead.
    """

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,63}$")]
    tenants: Annotated[tuple[Tenant, ...], Field(min_length=1)]
    lanes: Annotated[tuple[Priority, ...], Field(min_length=1)]
    principal: (
        Annotated[str, StringConstraints(pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:(user|role)/[\w+=,.@/-]+$")] | None
    ) = None


Producers = Mapping[SenderId, ProducerConfig]

CANARY = ProducerConfig(name=CANARY_TENANT, tenants=(CANARY_TENANT,), lanes=tuple(Priority))
"""What the canary is to the router: a producer like any other. Its unique id is known once its role is made."""
_UNIQUE_ID = "AROA" + "X" * 17

PRODUCERS_BYTES = 2500
"""Lambda gives a function 4 KB of environment; the router's queues and tables need the rest. About twenty producers."""


def producers_bytes(producers: Producers, *, canary: bool) -> int:
    """How much of the router's environment the producers take. canary: whether it is one of them."""
    known = {**producers, **({_UNIQUE_ID: CANARY} if canary else {})}
    rows = {sender: producer.model_dump(mode="json", exclude={"principal"}) for sender, producer in known.items()}
    return len(json.dumps(rows, separators=(",", ":")))
