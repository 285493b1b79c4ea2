"""One watch for each instance, begun when it is found and ended when it is gone."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass

from local.insights.instances import Instance
from local.insights.sessions import History


@dataclass(frozen=True, slots=True)
class Watched:
    """An instance, its samples, and the task that takes them."""

    instance: Instance
    history: History
    task: asyncio.Task[None]


Begin = Callable[[Instance, History], Coroutine[None, None, None]]


class Watchers:
    """The instances that are watched, by region and resource id."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin
        self._watched: dict[tuple[str, str], Watched] = {}

    def see(self, found: Iterable[Instance]) -> None:
        """Watch exactly these. One that has moved to another port keeps its samples."""
        present = {(instance.region, instance.resource_id): instance for instance in found}
        for key in self._watched.keys() - present.keys():
            self._watched.pop(key).task.cancel()
        for key, instance in present.items():
            known = self._watched.get(key)
            if known is None or known.instance != instance:
                self._watched[key] = self._start(instance, known)

    def find(self, region: str, resource_id: str) -> Watched | None:
        """The watched instance of that resource id; None when the region has none."""
        return self._watched.get((region, resource_id))

    @property
    def instances(self) -> list[Instance]:
        """Everything that is watched."""
        return [watched.instance for watched in self._watched.values()]

    async def stop(self) -> None:
        """End every watch."""
        tasks = [watched.task for watched in self._watched.values()]
        self._watched.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, instance: Instance, before: Watched | None) -> Watched:
        if before is not None:
            before.task.cancel()
        history = before.history if before is not None else History()
        return Watched(instance, history, asyncio.create_task(self._begin(instance, history)))
