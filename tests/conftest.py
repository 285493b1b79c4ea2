"""How the tests are spread over workers (`pytest -n 2 --dist loadgroup`), what they try, and no speed for any."""

import gc
from collections.abc import Generator
from pathlib import PurePosixPath

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

# Hypothesis has deadlines of its own: an example in 200 ms, ten in a second. A busy machine misses them at any time.
# The suite tries the same examples each time: what turns red is the change at hand. `make search` tries new ones.
_UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", _UNHURRIED, derandomize=True)
settings.register_profile("new", _UNHURRIED)
settings.load_profile("same")

TOGETHER = ("tests/e2e/", "tests/unit/drills/")
"""Folders whose tests share something that takes long to make, and so one worker."""
EACH_TOGETHER = "tests/integration/"
"""So does each folder in here: a cloud, a database's servers, a sandbox."""


LAZY_GARBAGE = (7_000, 10, 10)
"""Ten times Python's usual wait for its cheapest look for garbage."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage among what lives as long as the run: the CDK and all tests, more than half a million objects.

    Python walks over them again and again otherwise, which took a quarter of a worker's time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(*LAZY_GARBAGE)
        gc.enable()


class _ByFolder(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Keeps such a folder together; every other test goes wherever there is room.

    xdist marks groups in the items' ids, which the pytest of our lock no longer lets it change: its own `loadgroup`
    would start a cloud in every worker.
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(EACH_TOGETHER):
            return str(PurePosixPath(nodeid.partition("::")[0]).parent)
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> _ByFolder | None:
    """Spread by folder where `loadgroup` was asked for."""
    return _ByFolder(config, log) if config.getvalue("dist") == "loadgroup" else None
