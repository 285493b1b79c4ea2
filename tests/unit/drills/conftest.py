"""The example deployment, and what it lived through in each drill: played once, in one worker (tests/conftest.py)."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

from infra.assets.build import ROOT
from statline.drills.deployment import Deployment, Template, read_deployment
from statline.drills.play import Lived, live
from statline.drills.reading import read_incident
from tests.infra.synthesizing import assembly_of

HERE = Path(__file__).parent
DRILLS = ROOT / "drills"
REGION = "ca-central-1"
Lives = Callable[[str, int], Lived]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(300))  # the first one synthesizes


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return assembly_of("example", tmp_path_factory)


@pytest.fixture(scope="session")
def templates(assembly: Path) -> Mapping[str, Template]:
    """Canada's, by their files. They are everybody's: change a copy."""
    return {path.name: json.loads(path.read_text()) for path in sorted(assembly.glob(f"*-{REGION}-*.template.json"))}


@pytest.fixture(scope="session")
def lives(canada: Deployment) -> Lives:
    """What Canada lived through in a drill, by its name and its seed: lived once, and heard as often as one likes."""

    @cache
    def lived(name: str, seed: int) -> Lived:
        return live(read_incident(name, DRILLS), canada, seed=seed)

    return lived


@pytest.fixture(scope="session")
def canada(assembly: Path) -> Deployment:
    return read_deployment(assembly, REGION)


@pytest.fixture(scope="session")
def states(assembly: Path) -> Deployment:
    return read_deployment(assembly, "us-east-1")
