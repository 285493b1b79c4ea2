"""From a deployment's name to its stacks."""

from pathlib import Path

from aws_cdk import App

from infra.assets.target import target_of
from infra.assets.workshop import BuildingWorkshop, Workshop
from infra.config.model import Deployment
from infra.config.reader import FOLDER, read_deployment
from infra.wiring import add_region

DEFAULT_DEPLOYMENT = "example"


def add_deployment(app: App, *, folder: Path = FOLDER) -> None:
    """Add the stacks of the deployment that the context names (``-c deployment=NAME``).

    Raises `ConfigError` where the config cannot work and `AssetError` where a package cannot be built.
    """
    name = app.node.try_get_context("deployment") or DEFAULT_DEPLOYMENT
    deployment = read_deployment(str(name), folder=folder)
    add_regions(app, deployment=deployment, workshop=BuildingWorkshop(target_of(deployment.runtime)))


def add_regions(app: App, *, deployment: Deployment, workshop: Workshop) -> None:
    """Add every region of a deployment, with packages of the given workshop."""
    for config in deployment.regions:
        add_region(app, deployment=deployment, config=config, workshop=workshop)
