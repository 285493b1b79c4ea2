"""The producers of a region: who may put messages on its ingress queues."""

import json
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StringConstraints

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

PRODUCERS_BYTES = 2500
"""Lambda gives a function 4 KB of environment; the router's queues and tables need the rest. About twenty producers."""


def producers_bytes(producers: Producers) -> int:
    """How much of the router's environment the producers take."""
    rows = {sender: producer.model_dump(mode="json", exclude={"principal"}) for sender, producer in producers.items()}
    return len(json.dumps(rows, separators=(",", ":")))
