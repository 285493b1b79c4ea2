"""The environment of the receipts function."""

from pydantic import BaseModel, ConfigDict

from functions.core.adapters.environment import Settings
from statline.contract.words import Channel, Priority


class AppSender(BaseModel):
    """A sender that may tell what its app saw: its name, and the tenants that it speaks for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    tenants: tuple[str, ...]


class ReceiptsSettings(Settings):
    """Where receipts, replies and the app's words go.

    channel_queues: for a stat's next way after UNDELIVERED, and for our answers to texts.
    ingress_queues: for pages that a text to a virtual pager's line becomes, by lane.
    apps: by SQS ``SenderId``, as the router's producers are. Whoever else sends is a service that the queue's policy
        lets in: SNS, EventBridge, our own webhooks.
    connect_instance: the id of the Amazon Connect instance, to ask for a contact's attributes; empty without voice.
    """

    state_table: str
    directory_table: str
    escalation_queue: str
    quarantine_queue: str
    channel_queues: dict[Channel, dict[Priority, str]]
    ingress_queues: dict[Priority, str]
    apps: dict[str, AppSender]
    connect_instance: str = ""
