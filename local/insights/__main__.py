"""Run the watchers: `python -m local.insights --port 4611`. AWS_ENDPOINT_URL leads to the cloud."""

import argparse
import asyncio
from functools import partial

from local.insights.app import Insights
from local.insights.aws import Cloud
from local.insights.watching import Pace
from local.sandbox.http_server import Server
from local.sandbox.serving import serve_beside

HOST = "127.0.0.1"
REGIONS = ("ca-central-1", "us-east-1")


async def serve(arguments: argparse.Namespace) -> None:
    """Serve and watch until SIGTERM or SIGINT. Prints the address once requests are answered."""
    cloud = Cloud(tuple(arguments.region or REGIONS))
    insights = Insights(cloud, Pace(arguments.period, arguments.heartbeat), arguments.find_every)
    ready = partial(print, f"insights: http://{HOST}:{arguments.port}", flush=True)
    await serve_beside(insights.run, Server(insights.handle), HOST, arguments.port, ready)


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(
        prog="python -m local.insights", description="AWS/RDS figures and Performance Insights of this cloud's servers."
    )
    parser.add_argument("--port", type=int, required=True, help=f"port on {HOST} to listen on")
    parser.add_argument(
        "--region", action="append", help=f"a region whose instances are watched (default: {', '.join(REGIONS)})"
    )
    parser.add_argument(
        "--period", type=float, default=60.0, help="seconds between two figures (%(default)s, as on AWS)"
    )
    parser.add_argument(
        "--heartbeat",
        type=float,
        default=10.0,
        help="seconds between two empty transactions on a primary with replicas (%(default)s; RDS: about 300)",
    )
    parser.add_argument(
        "--find-every", type=float, default=3.0, help="seconds between two looks for instances (%(default)s)"
    )
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
