"""A world with people in it, and a cloud that only keeps what providers wanted."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from local.clock import Clock
from local.sandbox.people.calls import Switchboard
from local.sandbox.people.habits import Habit, HabitBook, Habits
from local.sandbox.people.identities import IdentityBook
from local.sandbox.people.lines import LineBook
from local.sandbox.world import World
from tests.unit.sandbox.provider_cloud import FakeProviderCloud

LONGEST = 5.0
PHONE, NUMBER = "+14165560001", "+14165550100"


@pytest.fixture
def cloud() -> FakeProviderCloud:
    return FakeProviderCloud()


@pytest.fixture
def world(cloud: FakeProviderCloud) -> World:
    world = World(cloud, Switchboard(Clock()), HabitBook(), LineBook(), IdentityBook(), Clock())
    world.switchboard.pace = 0.001
    return world


def used(world: World, **habit: Any) -> None:
    """The phone is used like this."""
    world.habits.current = Habits(phones={PHONE: Habit(**habit)})


def lived(world: World, act: Callable[[], object], *afterwards: Callable[[], object]) -> list[tuple[str, str]]:
    """What people live through when something is done, and other things at once after it: (what, text) in order."""

    async def live() -> None:
        act()
        await asyncio.sleep(0)
        for each in afterwards:
            each()
        async with asyncio.timeout(LONGEST):
            while world.switchboard.going_on:
                await asyncio.sleep(0.001)

    run(live())
    return [(each.what, each.text) for each in world.switchboard.feed]


def run(errand: Coroutine[Any, Any, None]) -> None:
    """Do it to its end."""
    asyncio.run(errand)
