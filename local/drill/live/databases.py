"""What happens to the database in a live drill: the replica replaced behind its address, connections used up."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import psycopg
from botocore.exceptions import ClientError

from functions.core.adapters.directory.items import SELF, partition
from functions.core.domain.directory.entries import EntryKey, EntryKind
from local.databases.machines import Machine
from local.databases.server import HOST, SUPERUSER, Server
from local.drill.live.plan import Scene
from local.drill.region import DATABASE, server_behind
from local.drill.traffic import TENANT, USER

_RECONCILE, _DIRECTORY = "statline-reconcile", "statline-directory"
_BACK_WITHIN, _ITS_TURN_WITHIN = 90.0, 60.0
_BUSY = "TooManyRequestsException"
"""There is one reconcile at a time."""
_LOOKS_EVERY = 2.0
_APPLICATION = "booking_app"
_MOST = 2_000
"""More connections than any server of the laptop has."""


@contextmanager
def replaced_replica(scene: Scene) -> Iterator[None]:
    """The replica is cut off, and later another server stands behind its address.

    The reconcile ran a moment ago: its environment is warm, and had it kept its connection, it would keep it now.
    """
    region = scene.region
    primary = server_behind(region.port_of_primary())
    replica = replace(server_behind(region.port_of_replica()), machine=Machine.OTHER)
    _note_run(scene, "before", _reconciled(scene))
    name = f"Renamed at {time.time():.0f}"
    replica.stop(at_once=True)
    _rename(region.port_of_primary(), name)
    _note_run(scene, "while nobody is behind the replica's address", _reconciled(scene), refused=True)
    try:
        yield
    finally:
        _another(replica, primary)
    _await_directory(scene, name, time.monotonic())


def _another(replica: Server, primary: Server) -> None:
    """Another server with a copy of its own, at the same address."""
    slot = primary.ask("SELECT slot_name FROM pg_replication_slots WHERE slot_type = 'physical' LIMIT 1")
    primary.ask(f"SELECT pg_drop_replication_slot('{slot}')")
    replica.remove()
    replica.clone(primary, slot=slot)
    replica.start()


def _rename(port: int, name: str) -> None:
    with psycopg.connect(f"host={HOST} port={port} dbname={DATABASE} user={SUPERUSER}") as session:
        session.execute("UPDATE staff SET full_name = %s WHERE tenant = %s AND id = %s", [name, TENANT, USER])


def _reconciled(scene: Scene) -> str:
    """Run the reconcile, after the schedule's run where there is one; what is wrong, empty where nothing is."""
    end = time.monotonic() + _ITS_TURN_WITHIN
    while True:
        try:
            answer = scene.region.client("lambda").invoke(FunctionName=_RECONCILE, Payload=b"{}")
            break
        except ClientError as refusal:
            if refusal.response["Error"]["Code"] != _BUSY or time.monotonic() > end:
                raise
            time.sleep(_LOOKS_EVERY)
    said = json.loads(answer["Payload"].read() or b"{}")
    return str(said.get("errorType", "it failed")) if answer.get("FunctionError") else ""


def _note_run(scene: Scene, when: str, error: str, *, refused: bool = False) -> None:
    scene.notes.append(f"The reconcile {when}: {error or 'ran'}")
    if bool(error) != refused:
        scene.faults.append(f"the reconcile {'ran' if refused else f'failed ({error})'} {when}")


def _await_directory(scene: Scene, name: str, since: float) -> None:
    """What changed on the primary meanwhile is in the directory, with nothing deployed or restarted."""
    error = ""
    while time.monotonic() < since + _BACK_WITHIN:
        error = _reconciled(scene)
        scene.report(error or "the change is not in the directory yet")
        if name in _entry(scene):
            waited = time.monotonic() - since
            scene.notes.append(f"What changed meanwhile was in the directory {waited:.0f} s after the new server began")
            return
        time.sleep(_LOOKS_EVERY)
    scene.faults.append(f"what changed meanwhile was not in the directory {_BACK_WITHIN:.0f} s after (last: {error})")


def _entry(scene: Scene) -> str:
    """What the directory says of the user."""
    key = {"pk": {"S": partition(EntryKey(TENANT, EntryKind.USER, USER))}, "sk": {"S": SELF}}
    found = scene.region.client("dynamodb").get_item(TableName=_DIRECTORY, Key=key, ConsistentRead=True)
    return json.dumps(found.get("Item", {}))


@contextmanager
def connections_used_up(scene: Scene) -> Iterator[None]:
    """An application opens connections to the primary, and closes none, until the server lets nobody in any more."""
    port = scene.region.port_of_primary()
    where = f"host={HOST} port={port} dbname={DATABASE}"
    with psycopg.connect(f"{where} user={SUPERUSER}") as session:
        if session.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [_APPLICATION]).fetchone() is None:
            session.execute(f"CREATE ROLE {_APPLICATION} LOGIN")
    with ExitStack() as opened:
        refusal, number = _fill(opened, f"{where} user={_APPLICATION} application_name={_APPLICATION}", scene)
        scene.notes.append(f"{_APPLICATION} opened {number} connections; then the primary said: {refusal}")
        if not refusal:
            scene.faults.append(f"the primary still let somebody in after {number} connections")
        yield


def _fill(opened: ExitStack, where: str, scene: Scene) -> tuple[str, int]:
    """Connect until refused: what the server said then, and how many connections there are."""
    for number in range(_MOST):
        try:
            opened.enter_context(psycopg.connect(where))
        except psycopg.OperationalError as refusal:
            return str(refusal).strip().rpartition("FATAL:")[2].strip(), number
        scene.report(f"{number + 1} connections")
    return "", _MOST
