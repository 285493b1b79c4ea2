"""The push function's environment."""

from functions.core.adapters.environment import Settings
from statline.contract.words import Channel, Priority


class PushSettings(Settings):
    """Where the push function reads and writes.

    channel_queues: the queue's URL, by channel and lane: its own, and the other channels' for a stat's next way.
    directory_changes_queue: where a token that FCM calls dead is reported.
    fcm_secret: the ARN of the secret that holds the service account's JSON.
    fcm_endpoint: FCM's address, without a path.
    receipt_deadlines_queue: where an accepted stat waits for its receipt.
    escalation_queue: where an activation is looked at again whose delivery failed.
    """

    state_table: str
    escalation_queue: str
    channel_queues: dict[Channel, dict[Priority, str]]
    directory_changes_queue: str
    fcm_secret: str
    receipt_deadlines_queue: str
    fcm_endpoint: str = "https://fcm.googleapis.com"
