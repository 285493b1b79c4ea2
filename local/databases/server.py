"""One PostgreSQL server: made, started, cloned, stopped. It listens on loopback and lets whoever is there in.

The data directory belongs to the account that servers run as; nothing else of this machine does.
"""

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.databases import machines
from local.databases.machines import Machine
from local.databases.processes import collect, runs_in
from local.databases.programs import account, programs

SUPERUSER = "rdsadmin"
"""The name that RDS's own sessions have."""
HOST = "127.0.0.1"
MAX_CONNECTIONS = 400
"""As many as the laptop's deployment gives its databases: the alarm on connections is a share of it."""
_READY_WITHIN = 30.0
_STOPPED_WITHIN = 15.0
_POLL = 0.05
_ACCESS = "local all all trust\nhost all all 127.0.0.1/32 trust\nhost replication all 127.0.0.1/32 trust\n"
_FOLLOWS = "standby.signal"
_FOLLOWED = "primary_"
"""How the settings of a standby begin that say whom it follows."""
_SETTINGS: Mapping[str, str] = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "shared_buffers": "16MB",
    "max_connections": str(MAX_CONNECTIONS),
    "max_wal_senders": "10",
    "max_replication_slots": "10",
    "wal_level": "replica",
    "hot_standby": "on",
    # As RDS's 16 and 17 read: the process that wants a page reads it, and is seen waiting for it (IO:DataFileRead).
    "io_method": "sync",
    "track_io_timing": "on",
    "track_activity_query_size": "4096",
    "logging_collector": "off",
    "log_min_messages": "warning",
}


class ServerError(Exception):
    """A server could not be made, started or stopped; the message ends with what it said last."""


@dataclass(frozen=True)
class Server:
    """A server: its directory and its port on loopback. Nothing is remembered but what lies in and beside it.

    machine: whose processors it runs on (see `machines`). None: on those that it had last, or on everybody's.
    """

    directory: Path
    port: int
    settings: Mapping[str, str] = field(default_factory=dict)
    machine: Machine | None = None

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.directory.with_suffix(".log")

    def dsn(self, database: str = "postgres", user: str = SUPERUSER) -> str:
        """How a client of libpq finds it."""
        return f"host={HOST} port={self.port} dbname={database} user={user}"

    def create(self) -> None:
        """Make the empty data directory. Raises `ServerError`."""
        self._make_directory()
        self._run(
            _program("initdb"),
            "-D",
            str(self.directory),
            "-U",
            SUPERUSER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "-N",
        )
        (self.directory / "pg_hba.conf").write_text(_ACCESS)

    def clone(self, source: "Server", *, slot: str | None = None) -> None:
        """Fill the data directory from a running server: with a slot as its streaming replica, without as a copy.

        A copy of a replica follows nobody. Raises `ServerError`.
        """
        self._make_directory()
        follow = ["-R", "-C", "-S", slot] if slot else []
        self._run(
            _program("pg_basebackup"), "-h", HOST, "-p", str(source.port), "-U", SUPERUSER, "-D", str(self.directory),
            "-c", "fast", "-X", "stream", "-N", *follow,
        )  # fmt: skip
        if not slot:
            self._follow_nobody()

    def fill(self, directory: Path) -> None:
        """Fill the data directory with a copy of another, which no server runs in. Raises `ServerError`."""
        self._make_directory()
        self._run("cp", "-a", f"{directory}/.", str(self.directory))

    def start(self) -> None:
        """Start the server and wait until it answers. Does nothing when it runs. Raises `ServerError`."""
        if self.is_running():
            return
        command = [_program("postgres"), "-D", str(self.directory), "-p", str(self.port)]
        for name, value in {**_SETTINGS, **self.settings}.items():
            command += ["-c", f"{name}={value}"]
        child = self._spawn(command)
        # Who has ended must be asked for, or it stays in the table of processes for as long as this one lives.
        threading.Thread(target=child.wait, daemon=True).start()
        deadline = time.monotonic() + _READY_WITHIN
        while not self.answers():
            if child.poll() is not None or time.monotonic() > deadline:
                child.kill()
                raise ServerError(f"PostgreSQL in {self.directory} did not start:\n{self._said()}")
            time.sleep(_POLL)

    def ask_to_stop(self, *, at_once: bool = False) -> None:
        """Ask the server to stop, and wait for nothing; `at_once` as a power cut does."""
        pid = self.pid()
        if pid is not None:
            _signal(pid, signal.SIGQUIT if at_once else signal.SIGINT)

    def stop(self, *, at_once: bool = False, within: float = _STOPPED_WITHIN) -> None:
        """Stop the server and wait until it is gone; kill it after `within` seconds. Raises `ServerError`."""
        self.ask_to_stop(at_once=at_once)
        deadline = time.monotonic() + within
        while (pid := self.pid()) is not None:
            collect(pid)
            if time.monotonic() > deadline:
                self.kill()
                raise ServerError(f"PostgreSQL in {self.directory} had to be killed:\n{self._said()}")
            time.sleep(_POLL)

    def kill(self) -> None:
        """End the server's process, if it lives; the others of the server end when they see that."""
        pid = self.pid()
        if pid is not None:
            _signal(pid, signal.SIGKILL)

    def remove(self) -> None:
        """Stop the server and remove what it held."""
        self.stop(at_once=True)
        shutil.rmtree(self.directory, ignore_errors=True)
        for beside in (self.log, self._noted_machine):
            beside.unlink(missing_ok=True)

    def is_running(self) -> bool:
        """Whether the server's process lives."""
        return self.pid() is not None

    def answers(self) -> bool:
        """Whether the server takes connections."""
        command = [_program("pg_isready"), "-q", "-h", HOST, "-p", str(self.port)]
        return self.is_running() and subprocess.run(command, check=False).returncode == 0

    def ask(self, sql: str, database: str = "postgres") -> str:
        """Run SQL as the superuser and return the rows as psql prints them, unaligned. Raises `ServerError`."""
        command = [_program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.dsn(database)]
        done = subprocess.run(command, input=sql, capture_output=True, text=True, cwd="/", check=False)
        if done.returncode:
            raise ServerError(f"PostgreSQL in {self.directory} refused {sql!r}:\n{done.stderr}")
        return done.stdout.strip()

    def pid(self) -> int | None:
        """The number of the server's process, or None where it does not run."""
        try:
            pid = int((self.directory / "postmaster.pid").read_text().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None
        return pid if runs_in(pid, self.directory) else None

    @property
    def _noted_machine(self) -> Path:
        return self.directory.with_suffix(".machine")

    def _machine(self) -> Machine | None:
        """Whose processors it runs on. Noted beside the data: whoever starts the server again need not know it."""
        if self.machine is not None:
            self._noted_machine.write_text(self.machine)
            return self.machine
        return Machine(self._noted_machine.read_text()) if self._noted_machine.exists() else None

    def _make_directory(self) -> None:
        owner = account()
        self.directory.mkdir(parents=True)
        os.chown(self.directory, owner.user, owner.group)
        self.directory.chmod(0o700)

    def _follow_nobody(self) -> None:
        (self.directory / _FOLLOWS).unlink(missing_ok=True)
        settings = self.directory / "postgresql.auto.conf"
        kept = [line for line in settings.read_text().splitlines() if not line.startswith(_FOLLOWED)]
        settings.write_text("\n".join([*kept, ""]))

    def _spawn(self, command: list[str]) -> "subprocess.Popen[bytes]":
        machine = self._machine()
        with self.log.open("ab") as log, machines.processors(machine):
            return subprocess.Popen(
                machines.as_command(machine, account().as_command(command)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
            )

    def _run(self, program: str, *arguments: str) -> None:
        command = machines.as_command(self.machine, account().as_command([program, *arguments]))
        with machines.processors(self.machine):
            done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
        if done.returncode:
            raise ServerError(f"{Path(program).name} for {self.directory} failed:\n{done.stderr}")

    def _said(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-20:])


def _program(name: str) -> str:
    return str(programs() / name)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
