"""Which processes are servers of ours. A number alone does not say: after a restart it is somebody else's."""

import os
import subprocess
from pathlib import Path

_PROC = Path("/proc")


def runs_in(pid: int, directory: Path) -> bool:
    """Whether the process lives and is the server of that data directory. One that has ended lives no more, even
    where its parent has not asked for it yet."""
    return str(directory) in _command_of(pid)


def collect(pid: int) -> None:
    """Take a child of ours that has ended out of the table of processes; nothing happens for anybody else's."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def _command_of(pid: int) -> list[str]:
    if (_PROC / "self").exists():
        try:
            return (_PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except (FileNotFoundError, ProcessLookupError):
            return []
    command = ["ps", "-o", "command=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
