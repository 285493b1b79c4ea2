"""Evaluate the cloud's alarms: `python -m local.alarms --port 4612`. AWS_ENDPOINT_URL leads to the cloud."""

import argparse
import asyncio
import os
import sys
from datetime import UTC, datetime
from functools import partial

from local.alarms.account import Account
from local.alarms.feed import Feed
from local.alarms.patience import USUAL
from local.alarms.watching import Watching
from local.sandbox.http_server import Request, Response, Server, json_response
from local.sandbox.serving import serve_beside

HOST = "127.0.0.1"
_NOT_FOUND = 404


def _say(line: str) -> None:
    sys.stdout.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {line}\n")
    sys.stdout.flush()


async def serve(port: int, patience: float) -> None:
    """Evaluate until SIGTERM or SIGINT, and say on the port how that goes."""
    feed = Feed(os.environ["AWS_ENDPOINT_URL"], os.environ["AWS_CA_BUNDLE"])
    watching = Watching(feed, Account, _say, patience)

    async def answer(request: Request) -> Response:
        if request.path != "/health":
            return json_response(_NOT_FOUND, {"error": "Here is /health."})
        return json_response(200, {"status": "ok", "looks": watching.looks, "alarms": watching.sizes})

    ready = partial(_say, f"alarms: http://{HOST}:{port}")
    await serve_beside(watching.run, Server(answer), HOST, port, ready)


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(
        prog="python -m local.alarms", description="Evaluates the alarms of the laptop cloud, as CloudWatch does."
    )
    parser.add_argument("--port", type=int, required=True, help=f"port on {HOST} that /health is on")
    parser.add_argument(
        "--patience",
        type=float,
        default=USUAL,
        help="seconds for which a new alarm takes no silence as a breach (%(default)s)",
    )
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.port, arguments.patience))


if __name__ == "__main__":
    main()
