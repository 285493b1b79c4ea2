"""A numbered, append-only list that others can follow."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Feed(Generic[Item]):
    """Items numbered from 1. Numbers go on after a clearing, so a follower's position stays good."""

    def __init__(self, last: int = 0) -> None:
        self._items: list[Item] = []
        self._cleared = last
        self._grown = asyncio.Event()

    @property
    def last(self) -> int:
        """The number of the newest item; 0 when there was none."""
        return self._cleared + len(self._items)

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)

    def append(self, item: Item) -> None:
        """Add an item, whose number is `last + 1`, and wake who waits."""
        self._items.append(item)
        self._grown.set()
        self._grown = asyncio.Event()

    def after(self, position: int, limit: int) -> Sequence[Item]:
        """The items beyond a position, oldest first, at most `limit`."""
        start = max(0, position - self._cleared)
        return self._items[start : start + limit]

    async def wait_beyond(self, position: int, seconds: float) -> None:
        """Return when there is an item beyond `position`, or after `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                while self.last <= position:
                    await self._grown.wait()
        except TimeoutError:
            return

    def clear(self) -> None:
        """Forget the items, not their numbers."""
        self._cleared = self.last
        self._items = []
