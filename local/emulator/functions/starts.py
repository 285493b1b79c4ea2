"""Workers that start one after another, as many at once as the machine has processors.

AWS starts as many environments as there are calls at a moment, each on a processor of its own. Here they share the
machine's few: thirty that start at once take half a minute, the functions' time limits run out meanwhile, what was
killed starts again, and the cloud never comes out of it. So a call that would need another worker waits for its turn to
start one, or for one of its function's that is done before.
"""

import os
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

_AT_ONCE = os.cpu_count() or 1
_LONGEST_WAIT = 30.0
"""Seconds: a start takes one or two. Whoever waited so long starts at once, whatever else goes on."""
_LOOK_AGAIN = 0.1

_turns = threading.Condition()
_starting: set[int] = set()
"""The workers that are being started, by identity."""


def _runs(worker: Any) -> bool:
    return worker._proc is not None and worker._proc.poll() is None


def _idle(workers: Sequence[Any]) -> bool:
    return any(not worker.in_use and _runs(worker) for worker in workers)


def _in_turn(acquire: Callable[..., tuple[Any, str]]) -> Callable[..., tuple[Any, str]]:
    def acquire_in_turn(name: str, config: Any, code: bytes, qualifier: str = "$LATEST", **settings: Any) -> Any:
        key = lambda_runtime._worker_key(name, config, qualifier)
        deadline = time.monotonic() + _LONGEST_WAIT
        with _turns:
            while len(_starting) >= _AT_ONCE and time.monotonic() < deadline:
                if _idle(_pool(key)):
                    break
                _turns.wait(_LOOK_AGAIN)
            worker, how = acquire(name, config, code, qualifier, **settings)
            if worker is not None and not _runs(worker):
                _starting.add(id(worker))
        return worker, how

    return acquire_in_turn


def _pool(key: str) -> list[Any]:
    """A function's workers, those first that run: the first that is idle is taken."""
    with lambda_runtime._lock:
        workers: list[Any] = lambda_runtime._workers.get(key, [])
        workers.sort(key=lambda worker: not _runs(worker))
        return list(workers)


def _ending_turn(act: Callable[..., None]) -> Callable[..., None]:
    """Wrap what ends a start: that the process is up, or that the call is over without one."""

    def act_and_end_turn(worker: Any, *arguments: Any, **settings: Any) -> None:
        try:
            act(worker, *arguments, **settings)
        finally:
            with _turns:
                _starting.discard(id(worker))
                _turns.notify_all()

    return act_and_end_turn


def install() -> None:
    """Let calls wait for their turn to start a worker."""
    lambda_runtime.acquire_worker = lambda_svc.acquire_worker = _in_turn(lambda_runtime.acquire_worker)
    lambda_runtime.release_worker = lambda_svc.release_worker = _ending_turn(lambda_runtime.release_worker)
    lambda_runtime.Worker._spawn = _ending_turn(lambda_runtime.Worker._spawn)
