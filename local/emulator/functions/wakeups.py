"""Mappings that see a message as soon as it becomes visible.

The emulator's poller wakes when a message is sent. A delayed message, or one whose visibility ran out, it notices up
to a second late; escalation steps and retries are such messages. Here the poller's idle wait ends with the first
message that becomes visible.
"""

from collections.abc import Callable

from ministack.core.concurrency import esm_wake
from ministack.services import sqs

from local.clock import from_environment

# A scan per wait must stay cheap: only the front of a queue is looked at. Delayed and taken messages stand there.
_LOOKAHEAD = 1000
# So much after a message becomes visible the poller looks: before it would find nothing.
_MARGIN = 0.002
_clock = from_environment()


def _next_visible(since: float, latest: float) -> float:
    """Return when the first message of any queue becomes or became visible after `since`, or `latest`."""
    earliest = latest
    for queue in list(sqs._queues._data.values()):
        for message in queue["messages"][:_LOOKAHEAD]:
            visible_at = message.get("visible_at", latest)
            if since < visible_at < earliest:
                earliest = visible_at
    return earliest


def _wait_until_visible(wait: Callable[[float], bool]) -> Callable[[float], bool]:
    looked_at = _clock.time()

    def wait_until_visible(timeout: float) -> bool:
        nonlocal looked_at
        latest = _clock.time() + timeout
        # From the last look on, not from now: the poller also pauses between a look and this wait.
        due = _next_visible(looked_at, latest)
        woken = wait(max(due + _MARGIN - _clock.time(), 0.0))
        looked_at = _clock.time()
        return woken or due < latest

    return wait_until_visible


def install() -> None:
    """Shorten the poller's idle wait to the next message that becomes visible."""
    esm_wake.wait = _wait_until_visible(esm_wake.wait)
