"""The producers of a region: who may put messages on its ingress queues."""

import json
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StringConstraints

from functions.canary.settings import TENANT as CANARY_TENANT
from functions.router.settings import Producer
from infra.config.base import ConfigModel
from statline.contract.model import Tenant
from statline.contract.words import Priority

SenderId = Annotated[
    str,
    StringConstraints(pattern=r"^(AIDA|AROA)[A-Z0-9]{16,28}$"),
    Field(description="The unique id of an IAM user (AIDA...) or role (AROA...): `aws iam get-role` shows it."),
]

Principal = Annotated[
    str,
    StringConstraints(pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:(user|role)/[\w+=,.@/-]+$"),
    Field(description="The ARN of a sender's user or role in another account."),
]


class ProducerConfig(ConfigModel):
    """One known sender.

    principal: the ARN of the sender's user or role where it lives in another account: the queues' policies then let it
        send. Senders of the deployment's own account are given the managed policy of their lanes instead.
    """

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,63}$")]
    tenants: Annotated[tuple[Tenant, ...], Field(min_length=1)]
    lanes: Annotated[tuple[Priority, ...], Field(min_length=1)]
    principal: Principal | None = None


Producers = Mapping[SenderId, ProducerConfig]

CANARY = Producer(name=CANARY_TENANT, tenants=(CANARY_TENANT,), lanes=tuple(Priority))
"""What the canary is to the router: a producer like any other. Its unique id is known once its role is made."""
EVERY_TENANT = "*"
OWN_SENDERS = ("receipts", "virtual_pager", "webhooks", "roll_call")
"""The functions of ours that are producers by their roles' ids, for every tenant of the region, on every lane: what
somebody outside dials, or writes, becomes a page with the priority that the directory gives the number."""
_UNIQUE_ID = "AROA" + "X" * 15

PRODUCERS_BYTES = 2300
"""Lambda gives a function 4 KB of environment; the router's queues and tables need the rest. About fifteen."""


def own_sender(function: str) -> Producer:
    """What a function of ours that sends notifications is to the router."""
    return Producer(name=function.replace("_", "-"), tenants=(EVERY_TENANT,), lanes=tuple(Priority))


def known_to_router(producers: Producers) -> dict[str, Producer]:
    """The config's producers, as the router is told of them."""
    return {
        sender: Producer(name=producer.name, tenants=producer.tenants, lanes=producer.lanes)
        for sender, producer in producers.items()
    }


def producers_bytes(producers: Producers, *, canary: bool) -> int:
    """How much of the router's environment the producers take, our own too. canary: whether it is one of them."""
    own = [*((CANARY,) if canary else ()), *map(own_sender, OWN_SENDERS)]
    known = known_to_router(producers) | {f"{_UNIQUE_ID}{number:02}": sender for number, sender in enumerate(own)}
    rows = {sender: producer.model_dump(mode="json") for sender, producer in known.items()}
    return len(json.dumps(rows, separators=(",", ":")))
