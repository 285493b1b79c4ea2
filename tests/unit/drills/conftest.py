"""The example deployment, synthesized once for all drills; in one process, because that takes a quarter of a minute."""

import json
from pathlib import Path

import pytest
from aws_cdk import App

from infra.application import add_regions
from infra.assets.build import ROOT
from infra.config.reader import read_deployment as read_config
from statline.drills.deployment import Deployment, read_deployment
from tests.infra.conftest import EmptyWorkshop

HERE = Path(__file__).parent
DRILLS = ROOT / "drills"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("drills"))
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(300))  # the first one synthesizes


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = json.loads((ROOT / "cdk.json").read_text())
    app = App(
        context=settings.get("context", {}),
        outdir=str(tmp_path_factory.mktemp("assembly")),
        analytics_reporting=False,
    )
    workshop = EmptyWorkshop(tmp_path_factory.mktemp("packages"))
    add_regions(app, deployment=read_config("example"), workshop=workshop)
    return Path(app.synth().directory)


@pytest.fixture(scope="session")
def canada(assembly: Path) -> Deployment:
    return read_deployment(assembly, "ca-central-1")


@pytest.fixture(scope="session")
def states(assembly: Path) -> Deployment:
    return read_deployment(assembly, "us-east-1")
