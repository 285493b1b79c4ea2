"""Starts and stops a cloud's processes: the completed emulator, and what runs beside it."""

import json
import os
import shutil
import ssl
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.error import URLError

from local.clock import VARIABLE as CLOCK
from local.cloud import certificate, processes, tools
from local.cloud.environment import ADMIN, aws_environment, emulator_environment, inherited
from local.cloud.model import (
    ALARMS_ABOVE,
    DEFAULT_NAME,
    DEFAULT_PORT,
    INSIGHTS_ABOVE,
    SANDBOX_ABOVE,
    Cloud,
    CloudError,
    NoSuchCloudError,
    Process,
    load,
    save,
)
from local.cloud.paths import CLOUDS
from local.databases.leftovers import stop_all

PORT_VARIABLE = "STATLINE_CLOUD_PORT"
PERIOD_VARIABLE = "STATLINE_RDS_PERIOD"
"""Seconds between two figures of `AWS/RDS`; 60, as on AWS, where it is not set."""
PATIENCE_VARIABLE = "STATLINE_ALARMS_PATIENCE"
"""Seconds for which a new alarm takes no silence as a breach; 180 where it is not set. Tests want it short."""
_READY_WITHIN = 120.0
"""Seconds: some five are usual, and a machine that is busy with other things takes ten times as long."""
_ANSWER_WITHIN = 2.0
_DIRECTORIES = ("tmp", "state", "s3", "home", "sandbox", "tls")


def _answers(url: str, trusted: ssl.SSLContext | None = None) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=_ANSWER_WITHIN, context=trusted) as response:  # noqa: S310 (loopback)
            return bool(response.status == 200)  # noqa: PLR2004
    except (URLError, OSError, json.JSONDecodeError):
        return False


def _start_emulator(cloud: Cloud) -> Process:
    python, function_python = tools.ensure_emulator()
    key_file = certificate.ensure(cloud.certificate)
    log = cloud.directory / "emulator.log"
    environment = emulator_environment(cloud, key_file, function_python)
    child = processes.spawn("The emulator", [str(python), "-m", "local.emulator"], environment, log)
    trusted = ssl.create_default_context(cafile=str(cloud.certificate))
    url = f"{cloud.endpoint}/_ministack/ready"
    return _await_or_stop(child, lambda: _answers(url, trusted), log)


def _start_sandbox(cloud: Cloud) -> Process:
    """Start the sandbox, which finds the emulator when it needs it: the emulator starts after it."""
    log = cloud.directory / "sandbox.log"
    certificate.ensure(cloud.certificate)
    data = cloud.directory / "sandbox"
    place = ["--host", "127.0.0.1", "--port", str(cloud.sandbox_port), "--data", str(data)]
    way_in = ["--cloud", cloud.endpoint, "--certificate", str(cloud.certificate)]
    command = [sys.executable, "-m", "local.sandbox", *place, *way_in]
    environment = {**inherited(), CLOCK: str(cloud.clock)}
    child = processes.spawn("The provider sandbox", command, environment, log)
    return _await_or_stop(child, lambda: _answers(f"{cloud.sandbox_url}/health"), log)


def _start_insights(cloud: Cloud) -> Process:
    log = cloud.directory / "insights.log"
    command = [sys.executable, "-m", "local.insights", "--port", str(cloud.insights_port), *_pace()]
    child = processes.spawn("RDS's watchers", command, {**inherited(), **aws_environment(cloud, ADMIN)}, log)
    return _await_or_stop(child, lambda: _answers(f"{cloud.insights_url}/health"), log)


def _start_alarms(cloud: Cloud) -> Process:
    log = cloud.directory / "alarms.log"
    command = [sys.executable, "-m", "local.alarms", "--port", str(cloud.alarms_port), *_patience()]
    child = processes.spawn("The alarms' evaluator", command, {**inherited(), **aws_environment(cloud, ADMIN)}, log)
    return _await_or_stop(child, lambda: _answers(f"{cloud.alarms_url}/health"), log)


def _pace() -> list[str]:
    period = os.environ.get(PERIOD_VARIABLE)
    return ["--period", period] if period else []


def _patience() -> list[str]:
    patience = os.environ.get(PATIENCE_VARIABLE)
    return ["--patience", patience] if patience else []


def _await_or_stop(child: Process, ready: Callable[[], bool], log: Path) -> Process:
    try:
        processes.await_ready(child, ready, _READY_WITHIN, log)
    except BaseException:
        processes.stop(child)
        raise
    return child


def _wanted_port() -> int:
    return int(os.environ.get(PORT_VARIABLE, DEFAULT_PORT))


def _require_free(port: int) -> None:
    if not processes.is_free(port):
        message = (
            f"Port {port} on 127.0.0.1 is taken. Stop what listens there (.venv/bin/python -m local.cloud status shows "
            f"Statline's own clouds), or choose another: {PORT_VARIABLE}=4666"
        )
        raise CloudError(message)


def is_running(cloud: Cloud) -> bool:
    """Say whether all processes of the cloud run."""
    return bool(cloud.processes) and all(processes.is_alive(process) for process in cloud.processes)


def start(name: str = DEFAULT_NAME, port: int | None = None, *, sandbox: bool = True) -> Cloud:
    """Start the cloud of that name, or return it when it runs already.

    `port` is the emulator's on loopback; without one, `STATLINE_CLOUD_PORT` or 4566; 0 takes any free one. Without
    `sandbox` only the emulator runs: no providers, no figures of databases, and alarms keep their states. What a
    stopped cloud had deployed is there again. CloudError when a port is taken or a process does not come up.
    """
    existing = find(name)
    if existing and is_running(existing):
        return existing
    if existing and existing.processes:
        # It was not stopped but died: what the emulator held went with it.
        stop(existing, forget=True)
        existing = None
    return _start_processes(_laid_out(name, port, existing, sandbox=sandbox), sandbox=sandbox)


def _laid_out(name: str, port: int | None, existing: Cloud | None, *, sandbox: bool) -> Cloud:
    """Choose the cloud's ports and make its directories."""
    beside = (SANDBOX_ABOVE, INSIGHTS_ABOVE, ALARMS_ABOVE)
    chosen = (_wanted_port() if port is None else port) or processes.free_port(*beside)
    ports = [chosen + above if sandbox else 0 for above in beside]
    for needed in filter(None, (chosen, *ports)):
        _require_free(needed)
    for directory in _DIRECTORIES:
        (CLOUDS / name / directory).mkdir(parents=True, exist_ok=True)
    before = existing or Cloud(name=name, port=0, sandbox_port=0)
    sandbox_port, insights_port, alarms_port = ports
    return replace(before, port=chosen, sandbox_port=sandbox_port, insights_port=insights_port, alarms_port=alarms_port)


def _start_processes(cloud: Cloud, *, sandbox: bool) -> Cloud:
    started = [_start_sandbox(cloud)] if sandbox else []
    save(replace(cloud, processes=tuple(started)))
    try:
        started.append(_start_emulator(cloud))
        if sandbox:
            started.append(_start_insights(cloud))
            started.append(_start_alarms(cloud))
    except BaseException:
        stop(replace(cloud, processes=tuple(started)))
        raise
    running = replace(cloud, processes=tuple(started))
    save(running)
    return running


def find(name: str = DEFAULT_NAME) -> Cloud | None:
    """Return the cloud of that name, running or not; None when there never was one."""
    try:
        return load(name)
    except NoSuchCloudError:
        return None


def stop(cloud: Cloud, *, forget: bool = False) -> None:
    """Stop the cloud's processes and its database servers: ask, wait, kill.

    With `forget`, remove everything that it held as well. What the cloud holds is kept for the next start, unless a
    process had to be killed before it could save.
    """
    saved = [processes.stop(process) for process in reversed(cloud.processes)]
    stop_all(cloud.directory / "databases")
    if forget or not all(saved):
        shutil.rmtree(cloud.directory, ignore_errors=True)
        return
    save(replace(cloud, processes=()))
    shutil.rmtree(cloud.directory / "tmp", ignore_errors=True)
