"""Tests of the stacks. `infra` comes before any test imports aws_cdk, which else greets Node 20 in twelve lines."""

import infra as infra
