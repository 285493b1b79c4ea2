"""One cloud with quick figures and an evaluator for these tests: started here, gone when they end."""

import os
from collections.abc import Callable, Iterator

import pytest

from local.cloud import Cloud, start, stop
from local.cloud.environment import FIGURES_PERIOD
from local.cloud.lifecycle import PATIENCE_VARIABLE
from tests.integration.alarms.bench import Bench
from tests.integration.local_cloud.conftest import CreateStack, clients_of, stacks_of


@pytest.fixture(scope="session")
def begin() -> Iterator[Callable[[], Cloud]]:
    """Start (and start again) the cloud of these tests."""
    ports: list[int] = []
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(FIGURES_PERIOD, "1")
        environment.setenv(PATIENCE_VARIABLE, "0")

        def started() -> Cloud:
            cloud = start(f"test-alarms-{os.getpid()}", port=ports[0] if ports else 0)
            ports.append(cloud.port)
            return cloud

        yield started
        if ports:
            stop(started(), forget=True)


@pytest.fixture(scope="session")
def cloud(begin: Callable[[], Cloud]) -> Cloud:
    return begin()


@pytest.fixture(scope="session")
def bench(cloud: Cloud) -> Bench:
    return Bench(cloud, clients_of(cloud))


@pytest.fixture(scope="session")
def create_stack(cloud: Cloud) -> CreateStack:
    return stacks_of(clients_of(cloud))
