"""Lets a cloud's time pass: from the moment at which something comes due to the next, as soon as nothing is at work."""

import time
from collections.abc import Callable

from local.cloud import Cloud, clock
from local.sandbox.client import SandboxClient

WORK = tuple(
    f"statline-{name}"
    for name in (
        *(f"{stage}-{lane}" for stage in ("ingress", "push", "sms", "voice") for lane in ("stat", "urgent", "routine")),
        "escalation",
        "receipts",
        "receipt-deadlines",
    )
)
"""The queues whose work a ladder waits for; the ticks of canaries and figures go on by themselves."""
LOOK_AGAIN = 0.1
QUIET_LOOKS = 3
"""A function that is about to send something holds the message that it works on, but a topic or a stream may not."""
LONGEST_REST = 900.0
LOOKS, SHORT_STEP = "statline-escalation", 2.0


def let_pass(cloud: Cloud, seconds: float) -> None:
    """Put the clock forward at once."""
    clock.advance(cloud, seconds)


def await_quiet(cloud: Cloud, sandbox: SandboxClient, patience: float) -> None:
    """Return when no queue has work, no call goes on and no receipt is to come. AssertionError when that never is."""
    deadline = time.monotonic() + patience
    quiet = 0
    while quiet < QUIET_LOOKS:
        busy, going_on = clock.outlook(cloud, WORK).busy, sandbox.going_on()
        assert time.monotonic() < deadline, f"still at work after {patience:.0f} s: {busy}, {going_on} at the providers"
        quiet = 0 if busy or going_on else quiet + 1
        time.sleep(LOOK_AGAIN)


def drive(cloud: Cloud, sandbox: SandboxClient, done: Callable[[], bool], *, patience: float) -> None:
    """Put the clock forward to what comes due next, again and again, until it is done.

    AssertionError when it is not within so many seconds of the machine's time.
    """
    deadline = time.monotonic() + patience
    while True:
        await_quiet(cloud, sandbox, max(deadline - time.monotonic(), 1.0))
        if done():
            return
        assert time.monotonic() < deadline, f"not done after {patience:.0f} s"
        upcoming = clock.outlook(cloud, WORK).seconds_until_next
        clock.advance(cloud, LONGEST_REST if upcoming is None else max(upcoming, 0.0) + 0.01)


def hurry(cloud: Cloud, done: Callable[[], bool], *, patience: float) -> None:
    """Put the clock forward in short steps while many things go on at once, until it is done.

    Never while something waits for a worker, or a ladder is looked at: what would be late then were not the ladder's
    doing. AssertionError when it is not done within so many seconds of the machine's time.
    """
    deadline = time.monotonic() + patience
    while not done():
        outlook = clock.outlook(cloud, WORK)
        assert time.monotonic() < deadline, f"not done after {patience:.0f} s; at work: {outlook.busy}"
        if outlook.untaken or LOOKS in outlook.busy or outlook.seconds_until_next is None:
            time.sleep(LOOK_AGAIN / 2)
            continue
        clock.advance(cloud, min(max(outlook.seconds_until_next, 0.0), SHORT_STEP) + 0.01)
