"""The applications that clinicians work in: pgbench, which asks the primary at a steady rate and notes each answer.

It runs as often as it must: where the database goes away its connections are lost, and it is begun again, as
applications are.
"""

import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from local.databases.machines import Machine, processors
from local.databases.programs import programs
from local.databases.server import HOST, SUPERUSER

APPLICATION = "clinic_app"
_CLIENTS = 4
_SLICE = 5
"""Seconds of one run of pgbench: it writes its log at the end, and nothing of it when it is ended from outside."""
_PARTITIONS = 8
_TRIAL = 3
_TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
_AGAIN_AFTER = 0.5
_MICROSECONDS = 1e6
_TIME, _EPOCH, _MICROS = 2, 4, 5
"""Where a transaction's time, and the moment of its end, stand in a line of pgbench's log."""


class ClinicError(Exception):
    """The applications' tables could not be made; the message is what pgbench said."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One transaction: when it began by its schedule (epoch seconds), and how long its clinician waited for it."""

    at: float
    seconds: float


@dataclass(slots=True)
class Clinic:
    """Applications at the primary on `port`. rate: their transactions a second; `furnish` finds it out."""

    port: int
    database: str
    rate: float = 0.0
    lost: list[float] = field(default_factory=list)
    _logs: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="statline-clinic-")))
    _ended: threading.Event = field(default_factory=threading.Event)

    def furnish(self, scale: int, busy: float) -> None:
        """Make the tables, and choose the rate that keeps the primary as busy as that (a share of what it can at most).

        scale: times 100,000 rows, about 15 MB each. Raises `ClinicError`.
        """
        with psycopg.connect(f"host={HOST} port={self.port} dbname={self.database} user={SUPERUSER}") as session:
            if session.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION]).fetchone() is None:
                session.execute(f"CREATE ROLE {APPLICATION} LOGIN")
            session.execute(f"GRANT CREATE, USAGE ON SCHEMA public TO {APPLICATION}")
        # In partitions, so that a dump with several jobs reads in as many sessions, as of a database with many tables.
        self._must("-i", "-q", "-s", str(scale), "--foreign-keys", f"--partitions={_PARTITIONS}")
        said = self._must("-n", "-c", str(_CLIENTS), "-j", "1", "-T", str(_TRIAL))
        found = _TPS.search(said)
        if found is None:
            raise ClinicError(f"pgbench does not say how many transactions it made: {said}")
        self.rate = busy * float(found[1])

    @contextmanager
    def open(self) -> Iterator["Clinic"]:
        """The applications run for as long as the block does."""
        thread = threading.Thread(target=self._work, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._ended.set()
            thread.join()

    @property
    def answers(self) -> list[Answer]:
        """Every answer so far, in the order of time."""
        lines = [line.split() for log in self._logs.glob("log.*") for line in log.read_text().splitlines()]
        return sorted(map(_answer, (words for words in lines if len(words) > _MICROS)), key=lambda answer: answer.at)

    def forget(self) -> None:
        """Remove the logs."""
        shutil.rmtree(self._logs, ignore_errors=True)

    def _work(self) -> None:
        log = f"--log-prefix={self._logs}/log"
        while not self._ended.is_set():
            done = self._run(
                "-n", "-c", str(_CLIENTS), "-j", "1", "-R", f"{self.rate:.0f}", "-T", str(_SLICE), "-l", log
            )
            if done.returncode:
                self.lost.append(time.time())
                self._ended.wait(_AGAIN_AFTER)

    def _must(self, *arguments: str) -> str:
        done = self._run(*arguments)
        if done.returncode:
            raise ClinicError(f"pgbench {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def _run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        where = {
            "PGHOST": HOST,
            "PGPORT": str(self.port),
            "PGUSER": APPLICATION,
            "PGDATABASE": self.database,
            "PGAPPNAME": APPLICATION,
            "PGCONNECT_TIMEOUT": "2",
        }
        command = [str(programs() / "pgbench"), *arguments]
        # What the database's users do costs the database's machine, and not the one that delivers.
        with processors(Machine.PRIMARY):
            return subprocess.run(command, env={**os.environ, **where}, capture_output=True, text=True, check=False)


def _answer(words: Sequence[str]) -> Answer:
    seconds = int(words[_TIME]) / _MICROSECONDS
    ended = int(words[_EPOCH]) + int(words[_MICROS]) / _MICROSECONDS
    return Answer(ended - seconds, seconds)
