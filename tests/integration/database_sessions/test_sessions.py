"""Sessions with a real server: what they may do, how long they live, and what is said when they cannot go on."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psycopg
import pytest

from functions.database.access import DatabaseAccess
from functions.database.errors import (
    DatabaseRefusesError,
    DatabaseUnavailableError,
    NotAReplicaError,
    StatementRefusedError,
    StatementTimedOutError,
)
from functions.database.sessions import Limits, Sessions
from local.databases.server import HOST, Server
from tests.forwarder import forwarding
from tests.postgres import Pair, pair

Open = Callable[..., Sessions]


@pytest.fixture(scope="module")
def servers() -> Iterator[Pair]:
    with pair() as servers:
        with psycopg.connect(servers.primary.dsn(), autocommit=True) as owner:
            owner.execute("CREATE ROLE reader LOGIN CONNECTION LIMIT 1")
            owner.execute("CREATE ROLE outsider NOLOGIN")
            owner.execute("CREATE TABLE secret (words text)")
        servers.catch_up()
        yield servers


@pytest.fixture
def open_sessions() -> Iterator[Open]:
    with ExitStack() as closed:

        def make(server: Server, *, replica_only: bool = True, user: str = "rdsadmin", **rest: object) -> Sessions:
            access = DatabaseAccess(host=HOST, port=server.port, name="postgres", user=user)
            sessions = Sessions(access, application="test", replica_only=replica_only, **rest)  # type: ignore[arg-type]
            return closed.enter_context(sessions)

        yield make


def test_a_session_says_who_it_is_and_is_held_to_its_limits(servers: Pair, open_sessions: Open) -> None:
    sessions = open_sessions(servers.replica)
    settings = sessions.rows(
        "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)",
        [["application_name", "default_transaction_read_only", "statement_timeout", "lock_timeout"]],
    )
    assert dict(settings) == {
        "application_name": "statline-test",
        "default_transaction_read_only": "on",
        "statement_timeout": "10000",
        "lock_timeout": "2000",
    }


def test_a_primary_is_refused_where_only_a_replica_will_do(servers: Pair, open_sessions: Open) -> None:
    with pytest.raises(NotAReplicaError):
        open_sessions(servers.primary).rows("SELECT 1")


def test_a_restored_copy_may_be_read_and_not_written(servers: Pair, open_sessions: Open) -> None:
    sessions = open_sessions(servers.primary, replica_only=False)
    assert sessions.rows("SELECT 1") == [(1,)]
    with pytest.raises(StatementRefusedError, match="25006"):
        sessions.rows("CREATE TABLE mine (id int)")


def test_statements_share_one_connection_until_it_has_lived_its_time(servers: Pair, open_sessions: Open) -> None:
    now = [0.0]
    sessions = open_sessions(servers.replica, clock=lambda: now[0], limits=Limits(life=60))
    first = sessions.rows("SELECT pg_backend_pid()")
    now[0] = 59
    assert sessions.rows("SELECT pg_backend_pid()") == first
    now[0] = 60
    assert sessions.rows("SELECT pg_backend_pid()") != first


def test_a_connection_that_has_lived_its_time_finds_the_server_that_the_name_means_now(
    servers: Pair, open_sessions: Open
) -> None:
    now = [0.0]
    with forwarding(servers.replica.port) as endpoint:
        access = DatabaseAccess(host=HOST, port=endpoint.port, name="postgres", user="rdsadmin")
        with Sessions(access, application="test", replica_only=False, clock=lambda: now[0]) as sessions:
            assert sessions.rows("SELECT pg_is_in_recovery()") == [(True,)]
            endpoint.target = servers.primary.port
            assert sessions.rows("SELECT pg_is_in_recovery()") == [(True,)]
            now[0] = 61
            assert sessions.rows("SELECT pg_is_in_recovery()") == [(False,)]


def test_no_more_than_one_connection_is_held_and_none_afterwards(servers: Pair, open_sessions: Open) -> None:
    now = [0.0]
    sessions = open_sessions(servers.replica, clock=lambda: now[0])
    watcher = open_sessions(servers.replica, limits=Limits(life=10_000))
    count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'statline-test' AND pid <> pg_backend_pid()"
    for _ in range(4):
        sessions.rows("SELECT 1")
        now[0] += 100
    assert _soon(lambda: watcher.rows(count) == [(1,)])
    sessions.close()
    assert _soon(lambda: watcher.rows(count) == [(0,)])


def test_a_statement_that_takes_too_long_is_ended_by_the_server(servers: Pair, open_sessions: Open) -> None:
    sessions = open_sessions(servers.replica, limits=Limits(statement=0.2))
    with pytest.raises(StatementTimedOutError, match="57014"):
        sessions.rows("SELECT pg_sleep(60)")
    assert sessions.rows("SELECT 1") == [(1,)]


def test_a_server_that_hangs_is_given_up(servers: Pair, open_sessions: Open) -> None:
    """Its kernel goes on acknowledging, so neither TCP nor the server's own time-out sees it."""
    sessions = open_sessions(servers.replica, limits=Limits(statement=0.2, answer=0.3))
    ((backend,),) = sessions.rows("SELECT pg_backend_pid()")
    os.kill(backend, signal.SIGSTOP)
    try:
        with pytest.raises(DatabaseUnavailableError, match="broke during a statement"):
            sessions.rows("SELECT 1")
    finally:
        os.kill(backend, signal.SIGCONT)
    assert sessions.rows("SELECT pg_backend_pid()") != [(backend,)]


def test_a_session_that_the_server_ends_is_followed_by_another(servers: Pair, open_sessions: Open) -> None:
    sessions, other = open_sessions(servers.replica), open_sessions(servers.replica)
    ((backend,),) = sessions.rows("SELECT pg_backend_pid()")
    other.rows("SELECT pg_terminate_backend(%s)", [backend])
    with pytest.raises(DatabaseUnavailableError):
        sessions.rows("SELECT 1")
    assert sessions.rows("SELECT 1") == [(1,)]


def test_a_role_out_of_connections_is_a_temporary_trouble(servers: Pair, open_sessions: Open) -> None:
    first, second = (open_sessions(servers.replica, user="reader") for _ in range(2))
    first.rows("SELECT 1")
    with pytest.raises(DatabaseUnavailableError, match="too many connections"):
        second.rows("SELECT 1")
    first.close()
    assert _soon(lambda: _answers(second))


def test_a_server_that_is_not_there_is_a_temporary_trouble() -> None:
    nobody = DatabaseAccess(host=HOST, port=1, name="postgres", user="reader")
    with pytest.raises(DatabaseUnavailableError, match=r"127\.0\.0\.1:1/postgres as reader"):
        Sessions(nobody, application="test", replica_only=True).rows("SELECT 1")


@pytest.mark.parametrize("user", ["nobody-we-know", "outsider"])
def test_a_sign_in_that_is_refused_is_a_permanent_trouble(servers: Pair, open_sessions: Open, user: str) -> None:
    with pytest.raises(DatabaseRefusesError, match=user):
        open_sessions(servers.replica, user=user).rows("SELECT 1")


def test_what_a_role_may_not_see_is_refused_with_its_name(servers: Pair, open_sessions: Open) -> None:
    with pytest.raises(StatementRefusedError, match="permission denied for table secret"):
        open_sessions(servers.replica, user="reader").rows("SELECT words FROM secret")


def test_an_error_about_data_does_not_quote_it(servers: Pair, open_sessions: Open) -> None:
    with pytest.raises(StatementRefusedError, match="22P02") as caught:
        open_sessions(servers.replica).rows("SELECT %s::int", ["Jane Doe"])
    assert "Jane" not in str(caught.value)


def _answers(sessions: Sessions) -> bool:
    try:
        return bool(sessions.rows("SELECT 1"))
    except DatabaseUnavailableError:
        return False


def _soon(holds: Callable[[], bool]) -> bool:
    """Whether it holds within some seconds: a server notices the end of a connection a moment later."""
    return any(holds() for _ in range(2000))
