"""``python -m infra.guard [DEPLOYMENT]``: print the service control policy for a deployment's primaries."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.config.model import Deployment
from infra.config.reader import FOLDER, ConfigError, read_deployment
from infra.guard.documents import SERVICE_CONTROL_POLICY_LIMIT, primary_arn, service_control_policy

_DEFAULT = "example"
_TOO_LARGE = (
    "{name}: the policy has {size} characters, AWS Organizations takes {limit}: this deployment has too many primaries"
    " for one policy. Make one for each of two halves of the deployment."
)


def text_for(deployment: Deployment) -> str:
    """The service control policy of a deployment's primaries, as the file that is handed over."""
    primaries = [
        primary_arn(region=config.region, account=config.account.id, identifier=config.database.primary.identifier)
        for config in deployment.regions
        if config.database is not None
    ]
    return json.dumps(service_control_policy(primaries), indent=1) + "\n"


def main(arguments: Sequence[str], *, folder: Path = FOLDER) -> int:
    """Print the policy. Answers 1 where the deployment cannot be read, or its policy is larger than AWS takes."""
    name = arguments[0] if arguments else _DEFAULT
    try:
        text = text_for(read_deployment(name, folder=folder))
    except ConfigError as cause:
        print(cause, file=sys.stderr)
        return 1
    if len(text) > SERVICE_CONTROL_POLICY_LIMIT:
        print(_TOO_LARGE.format(name=name, size=len(text), limit=SERVICE_CONTROL_POLICY_LIMIT), file=sys.stderr)
        return 1
    print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
