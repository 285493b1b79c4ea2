from collections.abc import Iterator

import pytest

from tests.integration.insights.watched import Cloud, instances_of, watching
from tests.postgres import Pair, pair


@pytest.fixture(scope="module")
def servers() -> Iterator[Pair]:
    with pair() as running:
        yield running


@pytest.fixture
def cloud(servers: Pair) -> Cloud:
    return Cloud(instances_of(servers))


@pytest.fixture
def url(cloud: Cloud) -> Iterator[str]:
    with watching(cloud) as address:
        yield address
