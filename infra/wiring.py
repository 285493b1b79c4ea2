"""One independent copy of Statline for each region of a deployment. Nothing here refers from one region to another."""

from aws_cdk import Environment, Tags
from constructs import Construct

from infra.assets.workshop import Workshop
from infra.config.model import Deployment, RegionConfig
from infra.stacks.delivery import DeliveryStack
from infra.stacks.state import StateStack


def add_region(app: Construct, *, deployment: Deployment, config: RegionConfig, workshop: Workshop) -> None:
    """The stacks of one region: ``Statline-<region>-State`` and its siblings."""
    env = Environment(account=config.account.id, region=config.region)
    prefix = f"Statline-{config.region}"
    state = StateStack(app, f"{prefix}-State", env=env, config=config, production=deployment.production)
    delivery = DeliveryStack(
        app, f"{prefix}-Delivery", env=env, deployment=deployment, config=config, state=state, workshop=workshop
    )
    for stack in (state, delivery):
        for name, value in deployment.tags.items():
            Tags.of(stack).add(name, value)
