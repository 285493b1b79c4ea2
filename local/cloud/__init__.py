"""The laptop cloud: brings the completed emulator and the provider sandbox up, deploys the stacks, takes it all down.

`python -m local.cloud up | down | status | env` for people; the functions re-exported here for tests and the demo.
"""

from local.cloud.assembly import Assembly, SynthError, synthesize
from local.cloud.deployment import DeployError, deploy
from local.cloud.environment import aws_environment
from local.cloud.lifecycle import is_running, start, stop
from local.cloud.model import Cloud, CloudError, NoSuchCloudError, load
from local.cloud.producers import create_producer

__all__ = [
    "Assembly",
    "Cloud",
    "CloudError",
    "DeployError",
    "NoSuchCloudError",
    "SynthError",
    "aws_environment",
    "create_producer",
    "deploy",
    "is_running",
    "load",
    "start",
    "stop",
    "synthesize",
]
