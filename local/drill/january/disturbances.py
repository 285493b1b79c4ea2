"""What happens to the database in each act. Each runs until it is over, and answers with what there is to say of it."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from local.cloud.model import CloudError
from local.cloud.progress import Report
from local.databases.machines import Machine, processors
from local.databases.programs import account, programs
from local.databases.server import HOST, SUPERUSER
from local.drill.january.plan import EXPECTED_WITHIN
from local.drill.region import DATABASE, MACHINE, Region
from local.on_call import OnCall

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_PERSON = "dba_on_a_friday"
_TOLD = ("Statline", "What:", "Who:", "Since:")
"""The lines of a letter to on-call that the drill repeats."""
_LOOKS_EVERY = 1.0
_RUNNING = "RUNNING"
_JOBS = 8


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a disturbance.

    spoke: whether on-call heard what it must hear of it. over: when it was over, where that was not at its end (epoch
    seconds).
    """

    notes: tuple[str, ...]
    spoke: bool = True
    over: float | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the acts are played: a region, on-call's ears there, and how long an act's middle part lasts (seconds)."""

    region: Region
    on_call: OnCall
    seconds: float
    report: Report


def dump_the_primary(stage: Stage) -> Seen:
    """Somebody runs pg_dump against the primary, one after another for as long as the act's middle part lasts."""
    port = stage.region.port_of_primary()
    _make_person(port)
    began, dumps = time.time(), 0
    while time.time() < began + stage.seconds:
        stage.report(f"pg_dump number {dumps + 1}")
        _dump(port)
        dumps += 1
    return Seen((f"pg_dump ran {dumps} times in {time.time() - began:.0f} s, with {_JOBS} jobs, as {_PERSON}",))


def hear_of_the_dump(stage: Stage, since: float) -> Seen:
    """What on-call is told of the dump, waited for if it has not come yet."""
    page = stage.on_call.await_word(
        lambda word: word.at >= since and _PERSON in f"{word.subject} {word.text}", within=EXPECTED_WITHIN
    )
    if page is None:
        return Seen((f"nobody was told within {EXPECTED_WITHIN:.0f} s",), spoke=False)
    said = [line for line in (page.subject, *page.text.splitlines()) if line.startswith(_TOLD)]
    return Seen((f"on-call was told {page.at - since:.0f} s after it began:", *(f"    {line}" for line in said)))


def back_up(stage: Stage) -> Seen:
    """Statline's own workflow, from its start to its end."""
    machine = stage.region.client("stepfunctions")
    arn = stage.region.machine_arn()
    started = machine.start_execution(
        stateMachineArn=arn, input='{"kind": "snapshot", "reason": "the drill", "started_by": "the drill"}'
    )["executionArn"]
    began = time.time()
    outcome = _await_end(machine, started, stage)
    return Seen((f"the workflow {MACHINE} ended after {time.time() - began:.0f} s: {outcome}",))


def stop_everything(stage: Stage) -> Seen:
    """Primary and replica are cut off as by a loss of power, and come back after the act's middle part."""
    servers = stage.region.servers()
    for server in servers:
        server.stop(at_once=True)
    try:
        end = time.monotonic() + stage.seconds
        while time.monotonic() < end:
            stage.report(f"{end - time.monotonic():.0f} s more")
            time.sleep(_LOOKS_EVERY)
    finally:
        over = time.time()
        for server in servers:
            server.start()
    return Seen((f"primary and replica did not run for {stage.seconds:.0f} s",), over=over)


DISTURBANCES: Mapping[str, Callable[[Stage], Seen]] = {
    "dump": dump_the_primary,
    "workflow": back_up,
    "stopped": stop_everything,
}


def _await_end(machine: "SFNClient", execution: str, stage: Stage) -> str:
    while True:
        found = machine.describe_execution(executionArn=execution)
        if found["status"] != _RUNNING:
            break
        stage.report(stage.region.step_of_backup())
        time.sleep(_LOOKS_EVERY)
    if found["status"] == "SUCCEEDED":
        return "verified"
    raise CloudError(f"the backup ended as {found.get('error', found['status'])}: {found.get('cause', '')}")


def _make_person(port: int) -> None:
    with psycopg.connect(f"host={HOST} port={port} dbname={DATABASE} user={SUPERUSER}") as session:
        if session.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [_PERSON]).fetchone() is None:
            session.execute(f"CREATE ROLE {_PERSON} LOGIN IN ROLE pg_read_all_data")


def _dump(port: int) -> None:
    """As somebody does it who wants to be done soon: in several jobs at once."""
    command = [str(programs() / "pg_dump"), "-h", HOST, "-p", str(port), "-U", _PERSON, "-d", DATABASE]
    owner = account()
    with tempfile.TemporaryDirectory(prefix="statline-dump-") as folder, processors(Machine.PRIMARY):
        os.chown(folder, owner.user, owner.group)
        shape = ["-Fd", f"-j{_JOBS}", "-Z0", "--no-sync", "-f", f"{folder}/dump"]
        done = subprocess.run(
            owner.as_command([*command, *shape]), cwd="/", capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise CloudError(f"pg_dump failed: {done.stderr.strip()}")
