"""Awaiting a condition with a deadline."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
LOOK_AGAIN = 0.1
SOON = 120.0
"""Seconds for what comes within a few on an idle machine, and is no promise: a busy one may take ten times as long."""


def await_value(probe: Callable[[], Found | None], seconds: float, what: str) -> Found:
    """The probe's first answer that is something; AssertionError, which says what did not come, when none is."""
    deadline = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come within {seconds:.0f} s")
        time.sleep(LOOK_AGAIN)
