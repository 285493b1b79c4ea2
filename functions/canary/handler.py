"""The canary's entry point: EventBridge once a minute, and the ticks that it sends itself."""

from typing import Any

from functions.canary.wiring import wire
from functions.core.adapters.queues.ticks import moment_of, tick_of


def handle(event: dict[str, Any], _context: object) -> None:
    """Wake, or work off ticks. Raises what the use case raises: Lambda counts an error, and the next tick comes."""
    watch = wire()
    if "Records" not in event:
        watch.wake(moment_of(event))
        return
    for record in event["Records"]:
        watch.tick(tick_of(record))
