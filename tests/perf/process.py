"""Starts a measured process as Lambda would: an isolated interpreter, the package and its layers, nothing inherited."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

Event = Mapping[str, Any]

PROGRAMS = Path(__file__).with_name("programs")
_START = """
import sys
sys.path[:0] = {paths!r}
import {module}
import {wiring}
{wiring}.wire()
import os
os._exit(0)  # ready: what an interpreter does when it ends is no part of a start
"""
_ISOLATED = [sys.executable, "-I", "-S", "-B"]
_WITHIN = 300
"""Seconds that any measured process may take."""


class MeasureError(Exception):
    """A measured process failed; the message ends with what it said."""


@dataclass(frozen=True, slots=True)
class Program:
    """What is measured.

    paths: the import path, the package first. module: has ``handle(event, context)``. wiring: has ``wire()``, which
        builds what the first event would otherwise build.
    """

    name: str
    paths: Sequence[str]
    module: str
    wiring: str
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run of events cost the process, and what it asked of others."""

    cpu_seconds: float
    log_bytes: int
    calls: Counter[str]


@dataclass(frozen=True, slots=True)
class Start:
    """What a fresh process took until it was ready."""

    seconds: float
    cpu_seconds: float


def cost_of(program: Program, events: Sequence[Event], *, warm_up: Sequence[Event], meter: str) -> Cost:
    """Run the events through the program's handler in a fresh process. Raises `MeasureError`."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder, "result.json")
        order = {"paths": program.paths, "module": program.module, "warm_up": warm_up, "events": events}
        with Path(folder, "log").open("wb") as log:
            _run(
                program,
                [str(PROGRAMS / "inside.py")],
                log,
                json.dumps({**order, "meter": meter, "result": str(result)}),
            )
        found = json.loads(result.read_text())
    calls = Counter(found["after"])
    calls.subtract(found["before"])
    return Cost(found["cpu_seconds"], found["log_bytes"], +calls)


def start_of(program: Program) -> Start:
    """Start the program in a fresh process until it is wired. Raises `MeasureError`."""
    code = _START.format(paths=list(program.paths), module=program.module, wiring=program.wiring)
    before, began = _children_cpu(), time.perf_counter()
    _run(program, ["-c", code], subprocess.DEVNULL)
    return Start(time.perf_counter() - began, _children_cpu() - before)


def _run(program: Program, arguments: Sequence[str], output: IO[bytes] | int, order: str = "") -> None:
    done = subprocess.run(
        [*_ISOLATED, *arguments],
        input=order,
        stdout=output,
        stderr=subprocess.PIPE,
        env=dict(program.environment),
        text=True,
        check=False,
        timeout=_WITHIN,
    )
    if done.returncode:
        raise MeasureError(f"{program.name} ended with {done.returncode}:\n{done.stderr[-2000:]}")


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
