"""What the machine says of a server: its processes' work, the memory, the disk. Empty where there is no /proc."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_KIB = 1024
# In /proc/PID/stat after the name in parentheses: state, parent, ...; processor time of its own, of ended children.
_PARENT, _TIMES = 1, slice(11, 15)
_OPERATIONS = {"syscr": "reads", "syscw": "writes"}


@dataclass(frozen=True, slots=True)
class Work:
    """What a server's processes have done since it started, those that have ended since included.

    Reads and writes are calls to the kernel, answered by its cache or by the disk: what a database instance asks of its
    storage. Reading a socket is none. processors: how many of the machine's the server may use.
    """

    cpu_seconds: float
    processors: int
    reads: int
    writes: int


def work_of(data_directory: Path) -> Work | None:
    """The work of the server with that data directory; None where it does not run or the machine does not say."""
    try:
        postmaster = int((data_directory / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
    ticks, operations = 0, {"reads": 0, "writes": 0}
    seen = False
    for process in _family(postmaster):
        try:
            fields = _stat(process)
            counted = dict(line.split(": ") for line in (process / "io").read_text().splitlines())
        except (OSError, IndexError):
            continue  # it ended meanwhile; its parent counts it from now on
        seen = True
        ticks += sum(int(value) for value in fields[_TIMES])
        for name, operation in _OPERATIONS.items():
            operations[operation] += int(counted[name])
    return Work(ticks / os.sysconf("SC_CLK_TCK"), _processors(postmaster), **operations) if seen else None


def _family(postmaster: int) -> Iterator[Path]:
    """The server's first process and those that it started."""
    for process in _PROC.glob("[0-9]*"):
        try:
            if int(process.name) == postmaster or int(_stat(process)[_PARENT]) == postmaster:
                yield process
        except (OSError, IndexError):
            continue


def _stat(process: Path) -> list[str]:
    return (process / "stat").read_text().rpartition(")")[2].split()


def free_memory() -> int | None:
    """Bytes of memory that could be had without swapping."""
    try:
        lines = (_PROC / "meminfo").read_text().splitlines()
    except OSError:
        return None
    named = dict(line.split(":", 1) for line in lines)
    return int(named["MemAvailable"].split()[0]) * _KIB


def free_disk(directory: Path) -> int | None:
    """Bytes that the directory's file system could still take."""
    try:
        disk = os.statvfs(directory)
    except OSError:
        return None
    return disk.f_bavail * disk.f_frsize


def _processors(process: int) -> int:
    try:
        return len(os.sched_getaffinity(process))
    except OSError:
        return os.cpu_count() or 1
