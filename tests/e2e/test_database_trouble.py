"""Whatever happens to the database, notifications are delivered as before."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql

from local.databases.programs import account, programs
from local.databases.server import HOST, SUPERUSER, Server
from local.drill.region import DATABASE, PRIMARY, REPLICA, server_behind
from local.sandbox.client import SandboxClient
from statline.client import StatlineClient
from statline.client.posting import Post
from statline.contract.notification import Notification
from statline.contract.words import Priority
from tests.e2e.cast import WARD
from tests.e2e.ledger import Ledger
from tests.e2e.region import Region

STATS = int(os.environ.get("STATLINE_DUMP_STATS", "200"))
PATIENCE = 300 + STATS / 2
ROWS = 200_000
"""Rows that the dump has to read: some 60 MB."""


def _port(region: Region, instance: str) -> int:
    found = region.client("rds").describe_db_instances(DBInstanceIdentifier=instance)["DBInstances"]
    return int(found[0]["Endpoint"]["Port"])


@pytest.fixture
def primary(home: Region) -> int:
    """The port of a primary that holds enough for a dump to take a while."""
    port = _port(home, PRIMARY)
    with psycopg.connect(f"host={HOST} port={port} dbname={DATABASE} user={SUPERUSER}") as session:
        session.execute("DROP TABLE IF EXISTS dumped")
        made = sql.SQL(
            "CREATE TABLE dumped AS SELECT number, repeat(md5(number::text), 8) AS words"
            " FROM generate_series(1, {}) AS number"
        )
        session.execute(made.format(ROWS))
    return port


@contextmanager
def dumping(port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Somebody dumps the primary again and again for as long as the block runs."""
    dump = f"{programs() / 'pg_dump'} -h {HOST} -p {port} -U {SUPERUSER} -d {DATABASE} --no-sync -f {os.devnull}"
    command = account().as_command(["sh", "-c", f"while {dump}; do :; done"])
    child = subprocess.Popen(command, cwd="/", stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        yield child
        assert child.poll() is None, "the dump ended by itself"
    finally:
        os.killpg(child.pid, 9)
        child.wait()


def _notifications(region: Region, number: int, priorities: list[Priority]) -> list[Notification]:
    return [
        Notification.model_validate(
            region.message(priority=priorities[index % len(priorities)], to=[WARD[index % len(WARD)]])
        )
        for index in range(number)
    ]


def _deliver(region: Region, notifications: list[Notification]) -> Ledger:
    """Send them all and wait for their ends."""
    ledger = Ledger(region.bus, {notification.id for notification in notifications})
    StatlineClient(region.name, post=Post(region.client("sqs", region.producer))).send(
        notifications
    ).raise_for_failures()
    region.bus.wait(ledger.ended, PATIENCE, ledger)
    assert not ledger.refused
    return ledger


def test_a_dump_of_the_primary_loses_no_stat_and_sends_none_twice(
    home: Region, sandbox: SandboxClient, primary: int
) -> None:
    home.await_directory()
    calls = sandbox.calls()
    after = calls[-1].seq if calls else 0
    with dumping(primary):
        ledger = _deliver(home, _notifications(home, STATS, [Priority.STAT]))
    calls_of_ours = sandbox.calls(after)
    rang = {call.message_id for call in calls_of_ours if call.rang and call.message_id}
    assert ledger.accepted() <= rang
    # What never rang was called off: its notification had been answered, or had got through, another way.
    assert ledger.cancelled() >= set(ledger.deliveries) - rang
    assert {ledger.notification_of(delivery) for delivery in rang & set(ledger.deliveries)} == set(ledger.notifications)
    assert ledger.twice_without_a_word(calls_of_ours) == []


def test_delivery_goes_on_with_the_database_stopped(home: Region, primary: int) -> None:
    home.await_directory()
    servers: list[Server] = [server_behind(port) for port in (primary, _port(home, REPLICA))]
    for server in servers:
        server.stop(at_once=True)
    try:
        ledger = _deliver(home, _notifications(home, 30, list(Priority)))
        assert not any(server.is_running() for server in servers)
    finally:
        for server in servers:
            server.start()
    assert ledger.deliveries
