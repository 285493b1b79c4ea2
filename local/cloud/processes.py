"""Child processes that leave nothing behind: each starts a group of its own, and the group is what gets stopped."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from local.cloud.model import CloudError, Process
from local.cloud.paths import ROOT
from local.cloud.process_table import running

_POLL = 0.05
_LAST_PORT = 65535
_ASK_FOR = 10.0
_KILL_FOR = 5.0


class ChildDiedError(CloudError):
    """A child ended before it was ready; the message ends with the last lines of its log."""


def free_port(*also: int) -> int:
    """Return a port on loopback that nobody listens to at the moment, nor to those so many above it."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        above = [port + more for more in also]
        if all(needed <= _LAST_PORT and is_free(needed) for needed in above):
            return port


def is_free(port: int) -> bool:
    """Say whether the port can be listened to on loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _start_time(pid: int) -> str:
    entry = running().get(pid)
    return entry.started if entry else ""


def spawn(name: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> Process:
    """Start the command in a group of its own, with its output in `log`."""
    with log.open("ab") as output:
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    return Process(name, child.pid, _start_time(child.pid))


def is_alive(process: Process) -> bool:
    """Say whether this very process runs, not another that got its number."""
    return bool(process.started) and _start_time(process.pid) == process.started


def _leftovers(process: Process) -> list[int]:
    """Return what runs in the process's group; nothing when the number belongs to a stranger by now."""
    _reap(process.pid)
    table = running()
    leader = table.get(process.pid)
    if leader and leader.started != process.started:
        return []
    return [entry.pid for entry in table.values() if entry.group == process.pid]


def _reap(pid: int) -> bool:
    """Collect the child if it is ours and has ended, and say so; who stops a cloud need not be who started it."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return False


def wait_until(condition: Callable[[], bool], patience: float) -> bool:
    """Wait until the condition holds, at most `patience` seconds; return whether it does."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL)
    return True


def stop(process: Process) -> bool:
    """Ask the process to stop, wait, then kill what is left of its group. Returns when nothing of it runs.

    True when it ended by itself, so that it could save what it holds.
    """
    asked = is_alive(process)
    if asked:
        os.kill(process.pid, signal.SIGTERM)
        wait_until(lambda: _reap(process.pid) or not is_alive(process), _ASK_FOR)
    by_itself = asked and not is_alive(process)
    if _leftovers(process):
        os.killpg(process.pid, signal.SIGKILL)
    if not wait_until(lambda: not _leftovers(process), _KILL_FOR):
        message = f"{process.name} (process group {process.pid}) survives being killed: look at it with ps."
        raise CloudError(message)
    return by_itself


def tail(log: Path, lines: int = 20) -> str:
    """Return the last lines of a log."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return "\n".join(text.splitlines()[-lines:])


def await_ready(process: Process, ready: Callable[[], bool], patience: float, log: Path) -> None:
    """Wait until the child answers. ChildDiedError when it ended or took longer than `patience` seconds."""
    settled = wait_until(lambda: ready() or not is_alive(process), patience)
    if settled and ready():
        return
    reason = "did not answer in time" if is_alive(process) else "ended at once"
    message = f"{process.name} {reason}. The end of {log}:\n{tail(log)}"
    raise ChildDiedError(message)
