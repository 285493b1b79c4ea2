"""What runs on this machine: from /proc where there is one, else from ps."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True)
class Entry:
    """One process: its id, its group, and when it started in the system's own words (only compared, never read)."""

    pid: int
    group: int
    started: str


def _from_proc() -> Iterator[Entry]:
    for directory in _PROC.glob("[0-9]*"):
        try:
            stat = (directory / "stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        # After the name in parentheses: state, parent, group, ...; the start time is the 20th from there.
        fields = stat.rpartition(")")[2].split()
        if fields[0] != "Z":
            yield Entry(int(directory.name), int(fields[2]), fields[19])


def _from_ps() -> Iterator[Entry]:
    command = ["ps", "-A", "-o", "pid=,pgid=,stat=,lstart="]
    for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines():
        pid, group, state, started = line.split(None, 3)
        if not state.startswith("Z"):
            yield Entry(int(pid), int(group), started.strip())


def running() -> dict[int, Entry]:
    """Return every process that runs, by its id; zombies run no more."""
    entries = _from_proc() if (_PROC / "self" / "stat").exists() else _from_ps()
    return {entry.pid: entry for entry in entries}
