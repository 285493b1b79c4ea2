"""Watches one instance's server: a sample every second, the figures once a period. A stopped server gives neither."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import AsyncConnection

from local.databases.server import HOST, SUPERUSER
from local.insights.figures import Interval
from local.insights.instances import Instance
from local.insights.readings import read
from local.insights.sessions import History, look

_CONNECT_WITHIN = 2
_AGAIN_AFTER = 1.0
_NAME = "rdsmon"
# A transaction that changes nothing: its commit tells a replica that it is up to date.
_HEARTBEAT = "SELECT pg_catalog.pg_current_xact_id()"

Publish = Callable[[Interval], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two publications, and between two transactions that tell replicas how late they are."""

    period: float = 60.0
    heartbeat: float = 10.0


@dataclass(frozen=True, slots=True)
class Watch:
    """One instance, its samples, how often what is done, and who takes the figures."""

    instance: Instance
    history: History
    pace: Pace
    publish: Publish

    async def run(self) -> None:
        """Sample and publish until cancelled. A server that does not answer is tried again every second."""
        while True:
            try:
                async with await self._connected() as connection:
                    await self._follow(connection)
            except psycopg.Error:
                await asyncio.sleep(_AGAIN_AFTER)

    async def _connected(self) -> AsyncConnection[Any]:
        return await AsyncConnection.connect(
            host=HOST,
            port=self.instance.port,
            user=SUPERUSER,
            dbname="postgres",
            application_name=_NAME,
            connect_timeout=_CONNECT_WITHIN,
            autocommit=True,
        )

    async def _follow(self, connection: AsyncConnection[Any]) -> None:
        before, since, beaten = await read(connection), time.time(), -math.inf
        while True:
            await asyncio.sleep(1 - time.time() % 1)
            self.history.add(await look(connection, int(time.time())))
            if self.instance.has_replicas and time.monotonic() - beaten >= self.pace.heartbeat:
                await connection.execute(_HEARTBEAT)
                beaten = time.monotonic()
            if time.time() - since >= self.pace.period:
                after, now = await read(connection), time.time()
                await self.publish(Interval(self.instance, before, after, self.history.between(since, now)))
                before, since = after, now
