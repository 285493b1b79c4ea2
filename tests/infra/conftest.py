"""The example deployment, synthesized once for all tests of the stacks, with packages that are not built."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from aws_cdk import App

from infra.application import add_regions
from infra.assets.build import ROOT, BuiltAsset
from infra.assets.target import Target
from infra.config.model import Deployment, RegionConfig
from infra.config.reader import read_deployment
from tests.infra.templates import Template, read_templates

Synthesize = Callable[[Deployment], Path]
REGIONS = ("ca-central-1", "us-east-1")


@dataclass(frozen=True)
class EmptyWorkshop:
    """Hands out packages with nothing in them. ``edition`` is what the layers' hashes are made of."""

    folder: Path
    edition: str = ""

    @property
    def target(self) -> Target:
        return Target("3.11", "arm64")

    def function(self, name: str) -> BuiltAsset:
        return self._empty(f"function-{name}")

    def layer(self, lock: str) -> BuiltAsset:
        return self._empty(f"layer-{lock}{self.edition}")

    def trust(self, file: str) -> BuiltAsset:
        return self._empty(f"trust-{Path(file).stem}")

    def _empty(self, name: str) -> BuiltAsset:
        path = self.folder / name
        path.mkdir(exist_ok=True)
        (path / "name").write_text(name)
        return BuiltAsset(path, name)


@pytest.fixture(scope="session")
def deployment() -> Deployment:
    return read_deployment("example")


@pytest.fixture(scope="session")
def synthesize(tmp_path_factory: pytest.TempPathFactory) -> Synthesize:
    """Synthesizes a deployment as the CDK command line would, into a new folder."""
    packages = tmp_path_factory.mktemp("packages")

    def run(deployment: Deployment) -> Path:
        settings = json.loads((ROOT / "cdk.json").read_text())
        app = App(
            context=settings.get("context", {}),
            outdir=str(tmp_path_factory.mktemp("assembly")),
            analytics_reporting=settings["versionReporting"],
        )
        add_regions(app, deployment=deployment, workshop=EmptyWorkshop(packages))
        return Path(app.synth().directory)

    return run


@pytest.fixture(scope="session")
def assembly(synthesize: Synthesize, deployment: Deployment) -> Path:
    return synthesize(deployment)


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
