"""DynamoDB streams with a poller of their own.

The emulator invokes a stream's function on the thread that polls every queue: while that function starts or works, no
message of any queue in any region moves. AWS has no such tie, and the latency of a stat must not hang on it.
"""

import threading
from collections.abc import Callable

from ministack.core.concurrency import esm_wake
from ministack.services import lambda_svc

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
        if not poll_streams():
            _stream_wake.wait(_IDLE_WAIT)


def _nothing_here() -> bool:
    return False


def install() -> None:
    """Poll streams on a thread beside the queues' poller."""
    esm_wake.set = _wake_both(esm_wake.set)
    poller = threading.Thread(
        target=_poll, args=(lambda_svc._poll_dynamodb_streams,), daemon=True, name="stream-poller"
    )
    lambda_svc._poll_dynamodb_streams = _nothing_here
    poller.start()
