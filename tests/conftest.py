"""How the tests are spread over several workers (`pytest -n 2 --dist loadgroup`), and that none is held to a speed."""

from pathlib import PurePosixPath

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

# Hypothesis has deadlines of its own: an example in 200 ms, ten in a second. A busy machine misses them at any time.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

TOGETHER = ("tests/e2e/", "tests/unit/drills/")
"""Folders whose tests share something that takes long to make, and so one worker."""
EACH_TOGETHER = "tests/integration/"
"""So does each folder in here: a cloud, a database's servers, a sandbox."""


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
