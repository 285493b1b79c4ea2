"""Mappings that see a message as soon as it becomes visible.

The emulator's poller wakes when a message is sent. A delayed message, or one whose visibility ran out, it notices up
to a second late; escalation steps and retries are such messages. Here the poller's idle wait ends with the first
message that becomes visible.
"""

import time
from collections.abc import Callable

from ministack.core.concurrency import esm_wake
from ministack.services import sqs

# A scan per wait must stay cheap: only the front of a queue is looked at. Delayed and taken messages stand there.
_LOOKAHEAD = 1000
_SHORTEST_WAIT = 0.005


def _next_visible(now: float, latest: float) -> float:
    """Return the time at which the first invisible message of any queue becomes visible, or `latest`."""
    earliest = latest
    for queue in list(sqs._queues._data.values()):
        for message in queue["messages"][:_LOOKAHEAD]:
            visible_at = message.get("visible_at", latest)
            if now < visible_at < earliest:
                earliest = visible_at
    return earliest


def _wait_until_visible(wait: Callable[[float], bool]) -> Callable[[float], bool]:
    def wait_until_visible(timeout: float) -> bool:
        now = time.time()
        remaining = _next_visible(now, now + timeout) - now
        # True tells the poller that there may be work: it then looks again, at most every 50 ms when it finds none.
        return wait(max(remaining, _SHORTEST_WAIT)) or remaining < timeout

    return wait_until_visible


def install() -> None:
    """Shorten the poller's idle wait to the next message that becomes visible."""
    esm_wake.wait = _wait_until_visible(esm_wake.wait)
