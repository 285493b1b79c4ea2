"""One PostgreSQL server: made, started, cloned, stopped. It listens on loopback and lets whoever is there in.

The data directory belongs to the account that servers run as; nothing else of this machine does.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.databases.programs import account, programs

SUPERUSER = "rdsadmin"
"""The name that RDS's own sessions have."""
HOST = "127.0.0.1"
_READY_WITHIN = 30.0
_STOPPED_WITHIN = 15.0
_POLL = 0.05
_ACCESS = "local all all trust\nhost all all 127.0.0.1/32 trust\nhost replication all 127.0.0.1/32 trust\n"
_SETTINGS: Mapping[str, str] = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "shared_buffers": "16MB",
    "max_connections": "100",
    "max_wal_senders": "10",
    "max_replication_slots": "10",
    "wal_level": "replica",
    "hot_standby": "on",
    "track_io_timing": "on",
    "track_activity_query_size": "4096",
    "logging_collector": "off",
    "log_min_messages": "warning",
}


class ServerError(Exception):
    """A server could not be made, started or stopped; the message ends with what it said last."""


@dataclass(frozen=True)
class Server:
    """A server: its directory and its port on loopback. Nothing is remembered but what lies in the directory."""

    directory: Path
    port: int
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.directory.with_suffix(".log")

    def dsn(self, database: str = "postgres", user: str = SUPERUSER) -> str:
        """How a client of libpq finds it."""
        return f"host={HOST} port={self.port} dbname={database} user={user}"

    def create(self) -> None:
        """Make the empty data directory. Raises `ServerError`."""
        owner = account()
        self.directory.mkdir(parents=True)
        os.chown(self.directory, owner.user, owner.group)
        self.directory.chmod(0o700)
        self._run("initdb", "-D", str(self.directory), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        (self.directory / "pg_hba.conf").write_text(_ACCESS)

    def clone(self, source: "Server", *, slot: str | None = None) -> None:
        """Fill the data directory from a running server: with a slot as its streaming replica, without as a copy."""
        owner = account()
        self.directory.mkdir(parents=True)
        os.chown(self.directory, owner.user, owner.group)
        self.directory.chmod(0o700)
        follow = ["-R", "-C", "-S", slot] if slot else []
        self._run(
            "pg_basebackup", "-h", HOST, "-p", str(source.port), "-U", SUPERUSER, "-D", str(self.directory),
            "-c", "fast", "-X", "stream", *follow,
        )  # fmt: skip

    def start(self) -> None:
        """Start the server and wait until it answers. Does nothing when it runs. Raises `ServerError`."""
        if self.is_running():
            return
        owner = account()
        command = [str(programs() / "postgres"), "-D", str(self.directory), "-p", str(self.port)]
        for name, value in {**_SETTINGS, **self.settings}.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                owner.as_command(command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
            )
        deadline = time.monotonic() + _READY_WITHIN
        while not self.answers():
            if child.poll() is not None or time.monotonic() > deadline:
                child.kill()
                raise ServerError(f"PostgreSQL in {self.directory} did not start:\n{self._said()}")
            time.sleep(_POLL)

    def stop(self, *, at_once: bool = False) -> None:
        """Stop the server and wait until it is gone; `at_once` as a power cut does. Raises `ServerError`."""
        pid = self._postmaster()
        if pid is None:
            return
        os.kill(pid, signal.SIGQUIT if at_once else signal.SIGINT)
        deadline = time.monotonic() + _STOPPED_WITHIN
        while self._postmaster() is not None:
            _collect(pid)
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
                raise ServerError(f"PostgreSQL in {self.directory} had to be killed:\n{self._said()}")
            time.sleep(_POLL)

    def remove(self) -> None:
        """Stop the server and remove what it held."""
        self.stop(at_once=True)
        shutil.rmtree(self.directory, ignore_errors=True)
        self.log.unlink(missing_ok=True)

    def is_running(self) -> bool:
        """Whether the server's process lives."""
        return self._postmaster() is not None

    def answers(self) -> bool:
        """Whether the server takes connections."""
        command = [str(programs() / "pg_isready"), "-q", "-h", HOST, "-p", str(self.port)]
        return self.is_running() and subprocess.run(command, check=False).returncode == 0

    def _postmaster(self) -> int | None:
        try:
            pid = int((self.directory / "postmaster.pid").read_text().split()[0])
            os.kill(pid, 0)
        except (FileNotFoundError, IndexError, ProcessLookupError):
            return None
        return pid

    def _run(self, program: str, *arguments: str) -> None:
        command = account().as_command([str(programs() / program), *arguments])
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
        if done.returncode:
            raise ServerError(f"{program} for {self.directory} failed:\n{done.stderr}")

    def _said(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-20:])


def _collect(pid: int) -> None:
    """A child of ours that has ended stays in the table of processes until somebody asks for it."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return
