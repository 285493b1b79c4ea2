"""The push function's entry point: a batch of one of the push queues."""

from typing import Any

from functions.core.adapters.channel.entrance import BatchAnswer
from functions.push.wiring import wire


def handle(event: dict[str, Any], context: Any) -> BatchAnswer:
    """Deliver the batch and answer which messages are to stay on their queue."""
    return wire()(event["Records"], context.aws_request_id)
