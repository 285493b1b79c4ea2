"""How the tests are spread over several workers (`pytest -n 2 --dist loadgroup`)."""

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

ONE_WORKER_EACH = ("tests/e2e/", "tests/integration/local_cloud/")
"""Folders whose tests share one cloud, and so one worker."""


class _ByFolder(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Keeps such a folder together; every other test goes wherever there is room.

    xdist marks groups in the items' ids, which the pytest of our lock no longer lets it change: its own `loadgroup`
    would start a cloud in every worker.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in ONE_WORKER_EACH if nodeid.startswith(folder)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> _ByFolder | None:
    """Spread by folder where `loadgroup` was asked for."""
    return _ByFolder(config, log) if config.getvalue("dist") == "loadgroup" else None
