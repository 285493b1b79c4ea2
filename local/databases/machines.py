"""Each server as a machine of its own, as far as one machine can play several.

On AWS nothing that a replica or a restored copy does costs the primary a processor: they are other computers. Here
they share one, so the primary's processes get the first half of the processors, everybody else's the second half and
the lowest priority. Where the system knows no such halves (macOS), or there is only one processor, the priority is all.
"""

import os
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Machine(StrEnum):
    """What runs on a machine of its own."""

    PRIMARY = "primary"
    OTHER = "other"
    """Replicas, restored copies, and the making of snapshots."""


@dataclass(frozen=True, slots=True)
class Share:
    """A machine's share: which half of the processors (0 or 1), and how nice its processes are (0 to 19)."""

    half: int
    niceness: int


SHARES: Mapping[Machine, Share] = {Machine.PRIMARY: Share(0, 0), Machine.OTHER: Share(1, 19)}


def processors_of(machine: Machine, available: Sequence[int]) -> frozenset[int]:
    """The machine's half of the available processors; all of them where there is only one."""
    if len(available) < len(SHARES):
        return frozenset(available)
    middle = len(available) // len(SHARES)
    return frozenset((available[:middle], available[middle:])[SHARES[machine].half])


def as_command(machine: Machine | None, command: Sequence[str]) -> list[str]:
    """The command line that runs the command with the machine's priority; as it is for None."""
    if machine is None:
        return list(command)
    niceness = SHARES[machine].niceness
    nice = shutil.which("nice")
    return [nice, "-n", str(niceness), *command] if nice and niceness else list(command)


@contextmanager
def processors(machine: Machine | None) -> Iterator[None]:
    """What this thread starts inside runs on the machine's processors, and so does all that it starts in turn."""
    if machine is None or not hasattr(os, "sched_setaffinity"):
        yield
        return
    thread = threading.get_native_id()
    before = os.sched_getaffinity(thread)
    os.sched_setaffinity(thread, processors_of(machine, sorted(before)))
    try:
        yield
    finally:
        os.sched_setaffinity(thread, before)


def confine(processes: Iterable[int], machine: Machine) -> None:
    """Keep running processes, with all of their threads, on the machine's processors; what they start stays there, too.

    Does nothing where the system cannot.
    """
    if not hasattr(os, "sched_setaffinity"):
        return
    wanted = processors_of(machine, sorted(os.sched_getaffinity(0)))
    for process in processes:
        for thread in _threads(process):
            with suppress(ProcessLookupError):
                os.sched_setaffinity(thread, wanted)


def _threads(process: int) -> list[int]:
    try:
        return [int(entry.name) for entry in Path(f"/proc/{process}/task").iterdir()]
    except FileNotFoundError:
        return []
