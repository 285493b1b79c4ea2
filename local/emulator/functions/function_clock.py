"""Runs in a function's worker before its handler is loaded: gives the function the cloud's clock.

Functions take the time from one place, `functions.core.adapters.clock`, and know of no laptop. Whatever else a worker
runs, the CDK's own functions for one, keeps the machine's clock. The emulator names this file to the worker by its path
(`workers.py`), with `local/clock.py` beside it: the worker's interpreter finds no package of ours but the function's.
"""

import runpy
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

_CLOCK_FILE = Path(__file__).parents[2] / "clock.py"


def _shifted(seconds_ahead: Callable[[], float]) -> Callable[[], datetime]:
    def utc_now() -> datetime:
        now = datetime.now(UTC) + timedelta(seconds=seconds_ahead())
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    return utc_now


def _install() -> None:
    try:
        adapter: Any = import_module("functions.core.adapters.clock")
    except ModuleNotFoundError:
        return
    names: Mapping[str, Any] = runpy.run_path(str(_CLOCK_FILE))
    clock = names["from_environment"]()
    adapter.utc_now = _shifted(lambda: float(clock.ahead))


_install()
