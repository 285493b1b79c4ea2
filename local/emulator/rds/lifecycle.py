"""Servers live as long as the cloud: they stop with it however it ends, and come back with what they held."""

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core.responses import request_scope
from ministack.services import rds

from local.databases.leftovers import stop_all
from local.databases.programs import NoPostgresError
from local.databases.server import ServerError
from local.emulator.rds import passages, servers, store
from local.emulator.rds.states import AVAILABLE, BACKING_UP, FAILED, TABLE, Action, Kind
from local.emulator.rds.store import Record

_EXPORTS, _INSTANCES = "statline_exports", "instances"
_ROOT = Path(__file__).resolve().parents[3]


def _with_exports(get_state: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    def state() -> dict[str, Any]:
        return {**get_state(), _EXPORTS: store.exports}

    return state


def _load(load: Callable[[Any], None]) -> Callable[[Any], None]:
    """Take up what was kept. The emulator would look for containers to run its instances in."""

    def load_and_resume(data: Any) -> None:
        kept = dict(data or {})
        found = kept.pop(_INSTANCES, None)
        store.exports.update(kept.pop(_EXPORTS, {}))
        load(kept)
        if found is not None:  # its truth is that of the request's region
            rds._instances.update(found)
        _resume()

    return load_and_resume


def _resume() -> None:
    """Start the servers, and go on with whatever was under way."""
    instances = list(store.everywhere(Kind.INSTANCE))
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda found: _restarted(found[2]), instances))
    for kind in Kind:
        for account, region, record in store.everywhere(kind):
            if record[store.STATES[kind]] == TABLE[kind, Action(record["_action"])].now:
                with request_scope(account, region):
                    passages.resume(kind, record)


def _restarted(record: Record) -> None:
    """Start the server of an instance that ran. What was being made, started or removed is begun again by itself."""
    if record["DBInstanceStatus"] not in (AVAILABLE, BACKING_UP):
        return
    try:
        servers.server_of(record).start()
    except (ServerError, NoPostgresError, OSError) as error:
        record["DBInstanceStatus"] = FAILED
        passages.logger.error("%s did not come back: %s", record["DBInstanceIdentifier"], error)
    else:
        record["DBInstanceStatus"] = AVAILABLE


def _stop_before(save: Callable[..., None]) -> Callable[..., None]:
    def stop_and_save(*arguments: Any) -> None:
        passages.end()
        stop_all(servers.home())
        save(*arguments)

    return stop_and_save


def _reset(reset: Callable[[], None]) -> Callable[[], None]:
    def reset_all() -> None:
        stop_all(servers.home())
        for region in servers.home().glob("*-*-*"):
            shutil.rmtree(region, ignore_errors=True)
        store.exports.clear()
        reset()

    return reset_all


def _watch(directory: Path) -> "subprocess.Popen[bytes]":
    """Start what stops the servers when this process is gone. The one of an earlier start is waited for."""
    with (directory / "watch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = [sys.executable, "-m", "local.databases.leftovers", str(directory)]
        # The lock is the open file's: it is held until the watching process ends, too.
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, cwd=_ROOT, start_new_session=True, pass_fds=(lock.fileno(),)
        )


_watching: "list[subprocess.Popen[bytes]]" = []


def install() -> None:
    """Keep the servers with the cloud."""
    servers.home().mkdir(parents=True, exist_ok=True)
    _watching.append(_watch(servers.home()))
    rds.get_state = _with_exports(rds.get_state)
    rds.load_persisted_state = _load(rds.load_persisted_state)
    rds.reset = _reset(rds.reset)
    app.save_all = _stop_before(app.save_all)
