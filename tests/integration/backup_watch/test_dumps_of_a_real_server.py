"""Dumps of a real primary, seen through Performance Insights: pg_dump, a COPY under another name, and no pgbench."""

import os
import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from functions.backup_watch.dumps import find_dumps
from functions.backup_watch.finding import Observation
from functions.backup_watch.insights import Insights
from functions.backup_watch.ports import By, CannotSeeError
from functions.core.adapters.clock import utc_now
from local.databases.programs import account, programs
from local.databases.server import HOST, Server
from tests.e2e.waiting import await_value
from tests.integration.insights.watched import PRIMARY, REPLICA, Cloud, instances_of, pi_client, watching
from tests.postgres import Pair, folder, pair

SOON = 20.0
_PATIENT = "Wilhelmina Ashdown"
_COPY = b"COPY (SELECT * FROM patients WHERE note <> 'Wilhelmina Ashdown') TO STDOUT"


class Named:
    """What Performance Insights call the primary."""

    def __init__(self, resource_id: str) -> None:
        self.resource_id = resource_id

    def insights_id(self) -> str:
        return self.resource_id


@pytest.fixture(scope="module")
def servers() -> Iterator[Pair]:
    with pair() as running:
        with psycopg.connect(running.primary.dsn()) as connection:
            connection.execute("CREATE ROLE reports LOGIN SUPERUSER")
            connection.execute(
                f"CREATE TABLE patients AS SELECT n, '{_PATIENT} ' || repeat('x', 700) AS note"  # noqa: S608
                " FROM generate_series(1, 60000) n"
            )
        subprocess.run(_program(running.primary, "pgbench", "-i", "-q"), check=True, capture_output=True)
        yield running


@pytest.fixture(scope="module")
def address(servers: Pair) -> Iterator[str]:
    with watching(Cloud(instances_of(servers))) as url:
        yield url


@pytest.fixture(scope="module")
def insights(address: str) -> Insights:
    return Insights(pi_client(address), Named(PRIMARY), utc_now)


def _program(server: Server, name: str, *arguments: str, user: str = "rdsadmin") -> list[str]:
    command = [str(programs() / name), "-h", HOST, "-p", str(server.port), "-U", user, *arguments, "postgres"]
    return account().as_command(command)


@contextmanager
def _dumping(server: Server, user: str = "reports") -> Iterator[None]:
    """pg_dump into a pipe that nobody reads: it goes on until the test has seen it."""
    dump = subprocess.Popen(_program(server, "pg_dump", user=user), stdout=subprocess.PIPE)
    try:
        yield
    finally:
        dump.kill()
        dump.communicate()


@contextmanager
def _dumping_in_parallel(server: Server, application: str, place: Path) -> Iterator[None]:
    """pg_dump in two sessions under another name, again and again: what it writes goes to files."""
    one = shlex.join(_program(server, "pg_dump", "-Fd", "-j2", "-f", f"{place}/dump", user="reports"))
    again = f"while true; do PGAPPNAME={application} {one} || exit 1; rm -r {place}/dump; done"
    dumps = subprocess.Popen(["sh", "-c", again], start_new_session=True)
    try:
        yield
        assert dumps.poll() is None, "pg_dump failed"
    finally:
        os.killpg(dumps.pid, signal.SIGKILL)
        dumps.wait()


@contextmanager
def _copying(server: Server, application: str) -> Iterator[None]:
    with closing(psycopg.connect(server.dsn(user="reports"), application_name=application)) as connection:
        connection.pgconn.send_query(_COPY)
        yield


def _seen(insights: Insights) -> list[Observation]:
    return find_dumps(insights, primary="the-primary")


def _by_application(insights: Insights, application: str) -> list[Observation]:
    return [each for each in _seen(insights) if f"application {application}" in each.who]


def _by_user(insights: Insights, user: str) -> list[Observation]:
    return [each for each in _seen(insights) if f"database user {user}" in each.who]


def test_pg_dump_of_the_primary_is_seen_with_who_and_since_when(servers: Pair, insights: Insights) -> None:
    began = datetime.now(UTC)
    with _dumping(servers.primary):
        (dump,) = await_value(lambda: _by_application(insights, "pg_dump"), SOON, "pg_dump")
    assert dump.who == f"database user reports from {HOST}, application pg_dump"
    assert began - timedelta(minutes=1) <= dump.since <= datetime.now(UTC)


def test_a_copy_under_another_name_is_seen_and_nothing_of_its_text_is_told(servers: Pair, insights: Insights) -> None:
    with _copying(servers.primary, "ward-report"):
        (copy,) = await_value(lambda: _by_application(insights, "ward-report"), SOON, "the COPY")
    assert "COPY ... TO" in copy.what
    assert "patients" not in str(copy)
    assert _PATIENT not in str(copy)


def test_a_dump_in_several_sessions_under_another_name_is_seen(servers: Pair, insights: Insights) -> None:
    with folder() as place:
        place.chmod(0o777)  # the servers' account writes there
        with _dumping_in_parallel(servers.primary, "nightly-job", place):
            (dump,) = await_value(lambda: _by_application(insights, "nightly-job"), SOON, "the renamed pg_dump")
    assert dump.who == f"database user reports from {HOST}, application nightly-job"


def test_a_dump_of_the_replica_is_none_of_the_primary(servers: Pair, insights: Insights, address: str) -> None:
    servers.catch_up()
    replica = Insights(pi_client(address), Named(REPLICA), utc_now)
    with _dumping(servers.replica, user="rdsadmin"):
        await_value(lambda: _by_user(replica, "rdsadmin"), SOON, "the dump of the replica")
        assert _by_user(insights, "rdsadmin") == []


def test_a_long_report_is_no_dump(servers: Pair, insights: Insights) -> None:
    report = b"SELECT a.n % 10, count(*), max(length(b.note)) FROM patients a JOIN patients b ON b.n > a.n GROUP BY 1"
    with closing(psycopg.connect(servers.primary.dsn(user="reports"), application_name="analyst")) as connection:
        connection.pgconn.send_query(report)
        await_value(lambda: _load_of(insights, "analyst"), SOON, "the report's load")
        assert _by_application(insights, "analyst") == []
        connection.cancel()


def test_a_busy_primary_without_a_dump_is_none_of_it(servers: Pair, insights: Insights) -> None:
    busy = _program(servers.primary, "pgbench", "-c", "2", "-T", "60")
    with subprocess.Popen(busy, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as bench:
        try:
            await_value(lambda: _load_of(insights, "pgbench"), SOON, "pgbench's load")
            assert _by_application(insights, "pgbench") == []
        finally:
            bench.terminate()


def _load_of(insights: Insights, application: str) -> float:
    return sum(share.load for share in insights.by(By.APPLICATION) if share.values[By.APPLICATION] == application)


def test_an_instance_that_has_no_insights_is_said_and_asked_for_anew(servers: Pair, insights: Insights) -> None:
    named = Named("db-NOBODY")
    blind = Insights(insights._client, named, utc_now)
    with pytest.raises(CannotSeeError, match="NotAuthorized"):
        _seen(blind)
    named.resource_id = PRIMARY
    _seen(blind)
