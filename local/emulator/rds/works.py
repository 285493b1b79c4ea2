"""What is really done while a resource is in a state. Each may be begun again from its start, after a restart."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from local.databases.server import Server, ServerError
from local.emulator.rds import exporting, roles, store
from local.emulator.rds.servers import data_of, server_of, source_of
from local.emulator.rds.states import Kind, Work
from local.emulator.rds.store import Record


def _nothing(_record: Record) -> None:
    return


def _make_primary(record: Record) -> None:
    server = _afresh(server_of(record))
    server.create()
    server.start()
    roles.make(server, record)


def _make_replica(record: Record) -> None:
    source = source_of(record)
    if source is None:
        raise ServerError(f"the source of {record['DBInstanceIdentifier']} is gone")
    server, primary = _afresh(server_of(record)), server_of(source)
    _drop_slot(primary, record)
    server.clone(primary, slot=record["_slot"])
    server.start()


def _make_from_snapshot(record: Record) -> None:
    server = _afresh(server_of(record))
    server.fill(Path(record["_restored_from"]))
    server.start()


def _restart(record: Record) -> None:
    server_of(record).stop()
    server_of(record).start()


def _stop(record: Record) -> None:
    server_of(record).stop()


def _start(record: Record) -> None:
    server_of(record).start()


def _remove_server(record: Record) -> None:
    """A replica's place at its source goes with it; replicas of a primary that goes are primaries from then on."""
    server_of(record).remove()
    source = source_of(record)
    if source is not None:
        source["ReadReplicaDBInstanceIdentifiers"].remove(record["DBInstanceIdentifier"])
        _drop_slot(server_of(source), record)
    for replica in store.listed(Kind.INSTANCE):
        if replica.get("ReadReplicaSourceDBInstanceIdentifier") == record["DBInstanceIdentifier"]:
            del replica["ReadReplicaSourceDBInstanceIdentifier"]
            server_of(replica).ask("SELECT pg_promote()")


def _take_snapshot(record: Record) -> None:
    instance = store.find(Kind.INSTANCE, record["DBInstanceIdentifier"])
    _afresh(data_of(record)).clone(server_of(instance))


def _copy_snapshot(record: Record) -> None:
    _afresh(data_of(record)).fill(Path(record["_copied_directory"]))


def _afresh(server: Server) -> Server:
    """The server with nothing left of an earlier beginning."""
    server.remove()
    return server


def _drop_slot(primary: Server, replica: Record) -> None:
    """Take back what keeps the primary's log for a replica. Nothing happens where the primary does not run."""
    if primary.answers():
        slot = replica["_slot"]
        primary.ask(
            f"SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '{slot}'"  # noqa: S608
        )


def forget_data(record: Record) -> None:
    """Remove the data of a snapshot."""
    shutil.rmtree(record["_directory"], ignore_errors=True)


WORKS: Mapping[Work, Callable[[Record], None]] = MappingProxyType(
    {
        Work.NOTHING: _nothing,
        Work.MAKE_PRIMARY: _make_primary,
        Work.MAKE_REPLICA: _make_replica,
        Work.MAKE_FROM_SNAPSHOT: _make_from_snapshot,
        Work.RESTART: _restart,
        Work.STOP: _stop,
        Work.START: _start,
        Work.REMOVE_SERVER: _remove_server,
        Work.TAKE_SNAPSHOT: _take_snapshot,
        Work.COPY_SNAPSHOT: _copy_snapshot,
        Work.EXPORT_TABLES: exporting.export,
    }
)
