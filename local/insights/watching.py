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
        while _is_wanted():
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
        before, since, beaten = await read(connection), int(time.time()), -math.inf
        while _is_wanted():
            await asyncio.sleep(1 - time.time() % 1)
            second = int(time.time())
            self.history.add(await look(connection, second))
            if self.instance.has_replicas and second - beaten >= self.pace.heartbeat:
                await connection.execute(_HEARTBEAT)
                beaten = second
            if second - since >= self.pace.period:
                after = await read(connection)
                await self.publish(Interval(self.instance, before, after, self.history.between(since, second)))
                before, since = after, second


def _is_wanted() -> bool:
    """Whether nobody has cancelled this task.

    Until Python 3.12 a cancellation may be lost within `wait_for`, with which psycopg waits; the task remembers it.
    """
    task = asyncio.current_task()
    return task is not None and not task.cancelling()
