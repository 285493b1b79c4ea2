"""Tests of the stacks. `infra` comes before any test imports aws_cdk, which else greets Node 20 in twelve lines.

CDK looks for Node as soon as it is imported: where the machine has none, the laptop cloud's serves.
"""

import os

import infra as infra
from local.cloud.tools import ensure_node

os.environ.setdefault("JSII_NODE", str(ensure_node()))
