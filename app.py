"""The CDK app: `cdk synth -c deployment=NAME` reads config/NAME.yaml and makes the stacks of its regions."""

import sys
from pathlib import Path

from infra.application import RefusedError, synthesize
from infra.config.reader import FOLDER


def main(folder: Path = FOLDER) -> int:
    """Synthesize. 2 where the config cannot work: what is wrong stands on standard error, one line for each fault."""
    try:
        synthesize(folder=folder)
    except RefusedError as refusal:
        print(refusal, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
