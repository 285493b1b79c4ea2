"""From a deployment's name to its stacks."""

from collections.abc import Sequence
from pathlib import Path

from aws_cdk import App
from aws_cdk.cx_api import CloudAssembly

from infra.acknowledgements.model import check_practices
from infra.assets.target import AssetError, target_of
from infra.assets.workshop import BuildingWorkshop, Workshop
from infra.config.model import Deployment
from infra.config.reader import FOLDER, ConfigError, read_deployment
from infra.residency import ResidencyError, check_declared, check_templates
from infra.wiring import add_region

DEFAULT_DEPLOYMENT = "example"


class RefusedError(Exception):
    """There are no stacks for this deployment. One line for each fault, saying where it is and what to do."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))


def synthesize(*, folder: Path = FOLDER) -> None:
    """Synthesize the deployment that the CDK's context names (``-c deployment=NAME``).

    Raises `RefusedError` where the config cannot work, a package cannot be built, or something would leave a region.
    """
    app = App()
    name = str(app.node.try_get_context("deployment") or DEFAULT_DEPLOYMENT)
    try:
        deployment = read_deployment(name, folder=folder)
        workshop = BuildingWorkshop(target_of(deployment.runtime), config=folder)
        add_regions(app, deployment=deployment, workshop=workshop)
        check_templates(_templates(app.synth()), deployment)
    except ResidencyError as cause:
        raise RefusedError([f"config/{name}.yaml: {fault}" for fault in cause.faults]) from cause
    except ConfigError as cause:
        raise RefusedError(cause.faults) from cause
    except AssetError as cause:
        raise RefusedError([str(cause)]) from cause


def _templates(assembly: CloudAssembly) -> list[Path]:
    """The templates of this synth; its folder may hold older ones."""
    return [Path(stack.template_full_path) for stack in assembly.stacks]


def add_regions(app: App, *, deployment: Deployment, workshop: Workshop) -> None:
    """Add every region of a deployment, with packages of the given workshop, and hold them to the packs of cdk-nag.

    Raises `ResidencyError` where a region's hops are not the declared ones.
    """
    check_declared(deployment)
    check_practices(app)
    for config in deployment.regions:
        add_region(app, deployment=deployment, config=config, workshop=workshop)
