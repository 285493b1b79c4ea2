"""The whole way up: tools, processes, synth, deploy, producers, seed. Each part is skipped when it is done already."""

import importlib.util
import os
import subprocess
import sys

from infra.config.reader import read_deployment
from local.cloud import tools
from local.cloud.assembly import synthesize
from local.cloud.deployment import deploy
from local.cloud.environment import ADMIN, aws_environment
from local.cloud.lifecycle import start
from local.cloud.model import DEFAULT_NAME, Cloud, CloudError
from local.cloud.paths import ROOT
from local.cloud.producers import create_producer
from local.cloud.progress import step
from local.cloud.providers import set_up_providers

CLOUD_VARIABLE = "STATLINE_CLOUD"
_SEED_MODULE = "local.seed"


def up(name: str = DEFAULT_NAME, deployment: str = "laptop", port: int | None = None, *, seeded: bool = True) -> Cloud:
    """Bring the cloud up with the deployment of `config/<deployment>.yaml` in it; return it.

    `seeded`: with the seed directory in it, else without. CloudError says what is wrong; what came up before the fault
    keeps running.
    """
    tools.ensure_all()
    cloud = start(name, port)
    cloud = deploy(cloud, synthesize(cloud, deployment))
    for region in read_deployment(deployment).regions:
        set_up_providers(cloud, region)
    _create_producers(cloud, deployment)
    if seeded:
        _seed(cloud)
    return cloud


def _create_producers(cloud: Cloud, deployment: str) -> None:
    """Create a user for every producer that the config names; its configured id must be the one the user gets."""
    for region in read_deployment(deployment).regions:
        for sender_id, producer in region.producers.items():
            created = create_producer(cloud, producer.name)
            if created != sender_id:
                message = (
                    f"config/{deployment}.yaml, {region.region}: the producer {producer.name} has the id {sender_id}, "
                    f"but the laptop cloud gives a user of that name {created}. Write that id there."
                )
                raise CloudError(message)


def _seed(cloud: Cloud) -> None:
    if importlib.util.find_spec(_SEED_MODULE) is None:
        return
    environment = {**os.environ, **aws_environment(cloud, ADMIN), CLOUD_VARIABLE: cloud.name}
    with step("Load the seed directory"):
        done = subprocess.run(
            [sys.executable, "-m", _SEED_MODULE], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
    if done.returncode:
        message = f"python -m {_SEED_MODULE} failed:\n{done.stdout}{done.stderr}".rstrip()
        raise CloudError(message)
