"""Deployments as the CDK command line would synthesize them, with packages that are not built.

A deployment takes a quarter of a minute: one worker synthesizes it, and all read what it wrote.
"""

import fcntl
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from aws_cdk import App

from infra.application import add_regions
from infra.assets.build import ROOT, BuiltAsset
from infra.assets.target import Target
from infra.config.model import Deployment
from infra.config.reader import read_deployment


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


def synthesize_into(folder: Path, deployment: Deployment, packages: Path) -> None:
    """Write a deployment's assembly into a folder."""
    settings = json.loads((ROOT / "cdk.json").read_text())
    app = App(
        context=settings.get("context", {}),
        outdir=str(folder),
        analytics_reporting=settings["versionReporting"],
    )
    add_regions(app, deployment=deployment, workshop=EmptyWorkshop(packages))
    app.synth()


def assembly_of(name: str, factory: pytest.TempPathFactory) -> Path:
    """The assembly of a deployment that comes with the repository, made once in a run of the tests."""

    def make(folder: Path) -> None:
        synthesize_into(folder, read_deployment(name), factory.mktemp("packages"))

    return _made_once(f"assembly-{name}", factory, make)


def _made_once(name: str, factory: pytest.TempPathFactory, make: Callable[[Path], None]) -> Path:
    """A folder that the first worker to ask for it makes, while the others wait."""
    own = factory.getbasetemp()
    everybodys = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder = everybodys / name
    with (everybodys / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            make(begun := everybodys / f"{name}.begun-{os.getpid()}")
            begun.rename(folder)  # there at once, or not at all
    return folder
