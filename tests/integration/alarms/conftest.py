"""One cloud with quick figures for these tests, whose evaluator they drive: started here, gone when they end."""

import os
from collections.abc import Iterator

import pytest

from local.cloud import Cloud, start, stop
from local.cloud.environment import FIGURES_PERIOD
from tests.integration.alarms.bench import Bench, Evaluator
from tests.integration.local_cloud.conftest import CreateStack, clients_of, stacks_of


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    """No evaluator of its own runs beside it: `sandbox` would start one."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(FIGURES_PERIOD, "1")
        running = start(f"test-alarms-{os.getpid()}", port=0, sandbox=False)
    yield running
    stop(running, forget=True)


@pytest.fixture
def bench(cloud: Cloud) -> Bench:
    return Bench(cloud, clients_of(cloud), Evaluator(cloud))


@pytest.fixture(scope="session")
def create_stack(cloud: Cloud) -> CreateStack:
    return stacks_of(clients_of(cloud))
