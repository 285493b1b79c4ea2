"""Kills the emulator's Lambda workers at random, as a machine would that dies under them."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from random import Random

from local.cloud import Cloud
from local.cloud.process_table import running

Pauses = tuple[float, float]
PAUSES: Pauses = (0.1, 0.5)
"""Seconds between two kills, from and to."""


class Killer(threading.Thread):
    """Sends SIGKILL to one worker after the other, until it has killed `most` or is ended. `kills` says when."""

    def __init__(self, cloud: Cloud, *, seed: int, most: int, pauses: Pauses) -> None:
        super().__init__(daemon=True)
        (self._emulator,) = [process.pid for process in cloud.processes if process.name == "The emulator"]
        self._chance = Random(seed)  # noqa: S311 - the same kills every time, as far as the machine allows
        self._most = most
        self._pauses = pauses
        self._ended = threading.Event()
        self.kills: list[datetime] = []

    def run(self) -> None:
        """Kill."""
        while len(self.kills) < self._most and not self._ended.wait(self._chance.uniform(*self._pauses)):
            workers = self._workers()
            if workers:
                self._kill(self._chance.choice(workers))

    def end(self) -> None:
        """Kill no more."""
        self._ended.set()
        self.join()

    def _workers(self) -> list[int]:
        """The processes of the emulator's group besides itself: one worker for each call at the same time."""
        return sorted(
            entry.pid for entry in running().values() if entry.group == self._emulator and entry.pid != self._emulator
        )

    def _kill(self, worker: int) -> None:
        try:
            os.kill(worker, signal.SIGKILL)
        except ProcessLookupError:
            return  # it ended by itself meanwhile
        self.kills.append(datetime.now(UTC))


@contextmanager
def killing(cloud: Cloud, *, seed: int, most: int, pauses: Pauses = PAUSES) -> Iterator[Killer]:
    """Kill workers while the block runs."""
    killer = Killer(cloud, seed=seed, most=most, pauses=pauses)
    killer.start()
    try:
        yield killer
    finally:
        killer.end()
