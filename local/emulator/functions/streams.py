"""DynamoDB streams with a poller of their own.

The emulator invokes a stream's function on the thread that polls every queue: while that function starts or works, no
message of any queue in any region moves. AWS has no such tie, and the latency of a stat must not hang on it.

It also keeps over a restart how far each function has read, but not the records: a stream that begins anew would be
read from a place that it reaches hours later. Here reading begins anew with the stream.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any

from ministack.core.concurrency import esm_wake
from ministack.services import lambda_svc

logger = logging.getLogger("streams")
_stream_wake = threading.Event()
_IDLE_WAIT = 1.0


def _wake_both(wake: Callable[[], None]) -> Callable[[], None]:
    def wake_both() -> None:
        _stream_wake.set()
        wake()

    return wake_both


def _poll(poll_streams: Callable[[], bool]) -> None:
    while True:
        _stream_wake.clear()
        try:
            found = poll_streams()
        except Exception:  # a table that goes away in the middle of a pass must not end the passes
            logger.exception("A pass over the streams failed")
            found = False
        if not found:
            _stream_wake.wait(_IDLE_WAIT)


def _forget(_positions: Any, _kept: Any) -> None:
    """In the place of the emulator's way to take up positions again."""


def _nothing_here() -> bool:
    return False


def install() -> None:
    """Poll streams on a thread beside the queues' poller."""
    esm_wake.set = _wake_both(esm_wake.set)
    poller = threading.Thread(
        target=_poll, args=(lambda_svc._poll_dynamodb_streams,), daemon=True, name="stream-poller"
    )
    lambda_svc._poll_dynamodb_streams = _nothing_here
    lambda_svc._restore_esm_positions = _forget
    poller.start()
