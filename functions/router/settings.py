"""The router's environment."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from functions.core.adapters.environment import Settings
from statline.contract.words import Channel, Priority


class Producer(BaseModel):
    """What one known sender may do."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    tenants: tuple[str, ...]
    lanes: tuple[Priority, ...]


class RouterSettings(Settings):
    """Where the router reads and writes.

    ingress_queues: the lane of each ingress queue, by the queue's ARN.
    channel_queues: the queue's URL, by channel and lane.
    escalation_queue: where a new activation is first looked at.
    second_providers: the provider beside a channel's first one: a stat text has one way more by it.
    producers: by SQS ``SenderId``: a user's unique id (AIDA...), or a role's (AROA..., without the ":name" behind it).
    """

    directory_table: str
    state_table: str
    quarantine_queue: str
    ingress_queues: dict[str, Priority]
    channel_queues: dict[Channel, dict[Priority, str]]
    escalation_queue: str
    second_providers: Mapping[Channel, str] = {}
    producers: dict[str, Producer]
