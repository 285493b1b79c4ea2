"""One laptop cloud with the real stacks for all of these tests: deployed here, gone when they end."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from local.cloud import Cloud, stop
from local.cloud.bring_up import up
from local.cloud.lifecycle import PERIOD_VARIABLE, find
from local.cloud.model import INSIGHTS_ABOVE, SANDBOX_ABOVE
from local.cloud.processes import is_free
from local.sandbox.client import SandboxClient
from local.sandbox.people.habits import Habit, Habits
from tests.e2e.cast import CAST, CROWD, changes_of_cast, changes_of_crowd
from tests.e2e.region import Region, opened

# The sandbox's address is part of what is deployed: with the same port every time, nothing is synthesized again.
USUAL_PORT = 4930
TENANTS = {"ca-central-1": ("northshore", "northshore-ehr"), "us-east-1": ("harborview", "harborview-ehr")}
LONGEST = 900
OBLIGING = Habits(usual=Habit(keys=("1",)))
"""Everybody's habits where a test does not say otherwise."""
DRIVEN = "driven"
"""The fixture of tests that put the cloud's clock forward."""
HASTY_PERIOD = "10"
"""A backup waits for its replica's first lag, which RDS would publish after a minute."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark these tests; the first one waits for the cloud. That they share a worker is tests/conftest.py's."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(LONGEST))
    # A clock that was put forward stays so: who needs the machine's time comes before.
    items.sort(key=lambda item: DRIVEN in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    name = f"e2e-{os.getpid()}"
    usual = all(map(is_free, (USUAL_PORT, USUAL_PORT + SANDBOX_ABOVE, USUAL_PORT + INSIGHTS_ABOVE)))
    try:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv(PERIOD_VARIABLE, HASTY_PERIOD)
            started = up(name, port=USUAL_PORT if usual else 0, seeded=False)
        yield started
    finally:
        left = find(name)
        if left:
            stop(left, forget=True)


@pytest.fixture(scope="session")
def sandbox(cloud: Cloud) -> SandboxClient:
    """The providers and the phones. Whoever is called accepts: a code that nobody answers would page on for minutes."""
    client = SandboxClient(cloud.sandbox_url)
    client.set_habits(OBLIGING)
    return client


@pytest.fixture(scope="session")
def regions(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Region]]:
    """Both regions, each with the cast in its directory. The crowd of the first is on its way there."""
    folder = tmp_path_factory.mktemp("directory")
    with ExitStack() as stack:
        opened_regions = {
            name: stack.enter_context(opened(cloud, name, tenant, producer))
            for name, (tenant, producer) in TENANTS.items()
        }
        for region in opened_regions.values():
            region.import_directory(changes_of_cast(region.tenant, CAST), folder / f"{region.name}.jsonl")
        for region in opened_regions.values():
            region.await_directory()
        first = opened_regions[next(iter(TENANTS))]
        first.import_directory(changes_of_crowd(first.tenant, CROWD), folder / "crowd.jsonl")
        yield opened_regions


@pytest.fixture(params=TENANTS)
def region(request: pytest.FixtureRequest, regions: dict[str, Region]) -> Region:
    """Each region in turn."""
    return regions[request.param]


@pytest.fixture
def home(regions: dict[str, Region]) -> Region:
    """The first region, for what is the same in all of them."""
    return regions[next(iter(TENANTS))]


@pytest.fixture
def driven(home: Region) -> Region:
    """The first region, whose clock the test may put forward: such tests come last."""
    return home


@pytest.fixture
def misbehaving(sandbox: SandboxClient) -> Iterator[SandboxClient]:
    """The sandbox, whose failure modes end with the test."""
    yield sandbox
    sandbox.clear_modes()
