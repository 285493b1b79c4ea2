"""The example deployment, synthesized once for all tests of the stacks, with packages that are not built."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from infra.config.model import Deployment, RegionConfig
from infra.config.reader import read_deployment
from tests.infra.synthesizing import assembly_of, synthesize_into
from tests.infra.templates import Template, read_templates

Synthesize = Callable[[Deployment], Path]
REGIONS = ("ca-central-1", "us-east-1")


@pytest.fixture(scope="session")
def deployment() -> Deployment:
    return read_deployment("example")


@pytest.fixture(scope="session")
def synthesize(tmp_path_factory: pytest.TempPathFactory) -> Synthesize:
    """Synthesizes a deployment as the CDK command line would, into a new folder."""
    packages = tmp_path_factory.mktemp("packages")

    def run(deployment: Deployment) -> Path:
        folder = tmp_path_factory.mktemp("assembly")
        synthesize_into(folder, deployment, packages)
        return folder

    return run


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return assembly_of("example", tmp_path_factory)


@pytest.fixture(scope="session")
def templates(assembly: Path) -> Mapping[str, Template]:
    return read_templates(assembly)


@pytest.fixture(params=REGIONS)
def region(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def config(deployment: Deployment, region: str) -> RegionConfig:
    return next(found for found in deployment.regions if found.region == region)


@pytest.fixture
def state(templates: Mapping[str, Template], region: str) -> Template:
    return templates[f"Statline-{region}-State"]


@pytest.fixture
def delivery(templates: Mapping[str, Template], region: str) -> Template:
    return templates[f"Statline-{region}-Delivery"]
