"""The watchers at work on real servers, in a loop of their own, and a cloud that hears what they publish."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config

from local.cloud.processes import free_port
from local.insights.app import Insights
from local.insights.figures import Interval, figures_of
from local.insights.instances import Instance
from local.insights.watching import Pace
from local.sandbox.http_server import Server
from tests.postgres import Pair

REGION = "ca-central-1"
PRIMARY, REPLICA = "db-PRIMARY", "db-REPLICA"
PACE = Pace(period=1.0, heartbeat=0.5)


class Cloud:
    """Names the instances that it is given, and remembers the figures of each, newest last."""

    def __init__(self, instances: Sequence[Instance]) -> None:
        self.there = list(instances)
        self.published: dict[str, list[dict[str, float]]] = {}

    async def instances(self) -> list[Instance]:
        return list(self.there)

    async def publish(self, interval: Interval) -> None:
        figures = {figure.name: value for figure, value in figures_of(interval)}
        self.published.setdefault(interval.instance.resource_id, []).append(figures)

    def latest(self, resource_id: str) -> dict[str, float]:
        return (self.published.get(resource_id) or [{}])[-1]


def instances_of(pair: Pair) -> list[Instance]:
    """Both servers of a pair as instances."""

    def instance(resource_id: str, port: int, *, is_replica: bool) -> Instance:
        return Instance(
            region=REGION,
            identifier=resource_id.lower(),
            resource_id=resource_id,
            port=port,
            is_replica=is_replica,
            has_replicas=not is_replica,
            storage_gib=20,
            has_insights=True,
        )

    return [
        instance(PRIMARY, pair.primary.port, is_replica=False),
        instance(REPLICA, pair.replica.port, is_replica=True),
    ]


@contextmanager
def watching(cloud: Cloud) -> Iterator[str]:
    """Run the watchers until the block ends; yields the address of Performance Insights."""
    port, ready, stop = free_port(), threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        insights = Insights(cloud, PACE, find_every=0.2)
        server = Server(insights.handle)
        await server.start("127.0.0.1", port)
        running = asyncio.create_task(insights.run())
        ready.set()
        await stop.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await server.stop()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(10)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        assert not thread.is_alive()
        loop.close()


def pi_client(url: str, region: str = REGION) -> Any:
    """A client of Performance Insights as functions have it."""
    make: Any = boto3.client
    return make(
        "pi",
        endpoint_url=url,
        region_name=region,
        aws_access_key_id="AKIDINSIGHTS",
        aws_secret_access_key="none",
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
    )
