"""The CDK app: `cdk synth -c deployment=NAME` reads config/NAME.yaml and makes the stacks of its regions."""

import sys

from aws_cdk import App

from infra.application import add_deployment
from infra.assets.target import AssetError
from infra.config.reader import ConfigError


def main() -> int:
    """Synthesize. 2 where the config cannot work: what is wrong stands on standard error, one line for each fault."""
    app = App()
    try:
        add_deployment(app)
    except (ConfigError, AssetError) as refusal:
        print(refusal, file=sys.stderr)
        return 2
    app.synth()
    return 0


if __name__ == "__main__":
    sys.exit(main())
