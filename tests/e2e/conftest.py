"""One laptop cloud with the real stacks for all of these tests: deployed here, gone when they end."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol, TypeVar

import pytest

from local.cloud import Cloud, stop
from local.cloud.bring_up import up
from local.cloud.lifecycle import PERIOD_VARIABLE, find
from local.cloud.model import ALARMS_ABOVE, INSIGHTS_ABOVE, SANDBOX_ABOVE
from local.cloud.processes import is_free
from local.sandbox.client import SandboxClient
from local.sandbox.people.habits import Habit, Habits
from statline.contract.words import Channel
from tests.e2e.backup_stories import Stories, telling
from tests.e2e.burying import bury, urgent_delivery
from tests.e2e.cast import CAST, CROWD, SILENT, changes_of_cast, changes_of_crowd, phone_of
from tests.e2e.drilling import Drilled, drill
from tests.e2e.dumping import Dumped, watch_a_dump
from tests.e2e.person import Person, on_call
from tests.e2e.region import Region, opened
from tests.e2e.silence import Unanswered, call_nobody, changes_of_silence
from tests.e2e.turns import BACKUPS, begun_for, turn_of

# The sandbox's address is part of what is deployed: with the same port every time, nothing is synthesized again.
USUAL_PORT = 4930
TENANTS = {"ca-central-1": ("northshore", "northshore-ehr"), "us-east-1": ("harborview", "harborview-ehr")}
HOME = next(iter(TENANTS))
LONGEST = 1800
OBLIGING = Habits(
    usual=Habit(keys=("1",)), phones={phone_of(TENANTS["ca-central-1"][0], SILENT): Habit(on_call="ignores")}
)
"""Everybody's habits where a test does not say otherwise."""
HASTY_PERIOD = "10"
"""A backup waits for its replica's first lag, which RDS would publish after a minute."""


Done = TypeVar("Done")


class After(Protocol):
    """Does something to a region in the background, later."""

    def __call__(self, act: Callable[[Region], Done], region: Region, /) -> Future[Done]:
        """What comes of it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark these tests; the first one waits for the cloud. That they share a worker is tests/conftest.py's."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(LONGEST))
    ours = [item for item in items if Path(__file__).parent in item.path.parents]
    places = [place for place, item in enumerate(items) if item in set(ours)]
    for place, item in zip(places, sorted(ours, key=turn_of), strict=True):
        items[place] = item


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    name = f"e2e-{os.getpid()}"
    usual = all(is_free(USUAL_PORT + above) for above in (0, SANDBOX_ABOVE, INSIGHTS_ABOVE, ALARMS_ABOVE))
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
        first = opened_regions[HOME]
        first.import_directory(changes_of_silence(first), folder / "silence.jsonl")
        for region in opened_regions.values():
            region.await_directory()
        first.import_directory(changes_of_crowd(first.tenant, CROWD), folder / "crowd.jsonl")
        yield opened_regions


@pytest.fixture(params=TENANTS)
def region(request: pytest.FixtureRequest, regions: dict[str, Region]) -> Region:
    """Each region in turn."""
    return regions[request.param]


@pytest.fixture
def home(regions: dict[str, Region]) -> Region:
    """The first region, for what is the same in all of them."""
    return regions[HOME]


@pytest.fixture(scope="session", autouse=True)
def begun(request: pytest.FixtureRequest, sandbox: SandboxClient) -> None:
    """Begin before the first test what some of the chosen ones will look at, when it is over."""
    for name in begun_for(request.session.items):
        request.getfixturevalue(name)


@pytest.fixture(scope="session")
def stories(regions: dict[str, Region]) -> Iterator[Stories]:
    """Backups in both regions."""
    with telling(regions) as stories:
        yield stories


@pytest.fixture(scope="session")
def after_backups(request: pytest.FixtureRequest) -> Iterator["After"]:
    """Do something in the background, once no backup runs that it would disturb."""
    stories = request.getfixturevalue(BACKUPS) if BACKUPS in begun_for(request.session.items) else None
    with ThreadPoolExecutor() as pool:

        def submit(act: Callable[[Region], Done], region: Region) -> Future[Done]:
            def wait_and_act() -> Done:
                if stories is not None:
                    stories.over.wait(LONGEST)
                return act(region)

            return pool.submit(wait_and_act)

        yield submit


@pytest.fixture(scope="session")
def drilled(regions: dict[str, Region], after_backups: "After") -> Future[Drilled]:
    """A consumer of stats that stood still."""
    return after_backups(drill, regions[HOME])


@pytest.fixture(scope="session")
def dumped(regions: dict[str, Region], after_backups: "After") -> Future[Dumped]:
    """A dump of the primary that on-call heard of."""
    return after_backups(watch_a_dump, regions[HOME])


@pytest.fixture(scope="session")
def unanswered(regions: dict[str, Region], after_backups: "After") -> Future[Unanswered]:
    """A code that nobody answers."""
    return after_backups(call_nobody, regions[HOME])


@pytest.fixture(scope="session")
def buried(regions: dict[str, Region]) -> None:
    """A dead letter, of which an alarm will speak."""
    bury(regions[HOME], urgent_delivery(regions[HOME], minutes=60, channel=Channel.SMS))


@pytest.fixture(scope="session")
def person(regions: dict[str, Region]) -> Person:
    """Somebody on call."""
    return on_call(regions[HOME])


@pytest.fixture
def driven(home: Region) -> Region:
    """The first region, whose clock the test may put forward: such tests come last."""
    return home


@pytest.fixture
def misbehaving(sandbox: SandboxClient) -> Iterator[SandboxClient]:
    """The sandbox, whose failure modes end with the test."""
    yield sandbox
    sandbox.clear_modes()
