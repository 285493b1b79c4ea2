"""The views of a real replica, read in pages: what comes between two of them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from functions.core.domain.directory.reconciling import Page, ViewUnreadableError
from functions.core.domain.directory.source_kind import SourceKind
from functions.database.access import DatabaseAccess
from functions.database.errors import DatabaseUnavailableError, NotAReplicaError
from functions.database.sessions import Limits, Sessions
from functions.reconcile.views import ReplicaViews
from local.cloud.processes import free_port
from local.databases.server import HOST, Server
from tests.forwarder import forwarding
from tests.hospital_base import DATABASE, Hospital, a_hospital

PEOPLE = [f"u-{number}" for number in range(6)]
IMPATIENT = Limits(statement=0.3)


Views = Callable[..., ReplicaViews]


@pytest.fixture
def views() -> Iterator[Views]:
    """Makes views of small pages, whose connections are closed in the end."""
    with ExitStack() as closed:

        def make(access: DatabaseAccess, *, sleep: Callable[[float], None] = lambda _: None) -> ReplicaViews:
            sessions = Sessions(access, application="reconcile", replica_only=True, limits=IMPATIENT)
            return ReplicaViews(closed.enter_context(sessions), page=2, sleep=sleep)

        yield make


def _ids(pages: Iterator[Page]) -> list[str]:
    return [row.name.id for page in pages for row in page.rows]


@pytest.fixture
def own() -> Iterator[Hospital]:
    """A pair of servers that a test may break."""
    with a_hospital() as hospital:
        hospital.employ(*PEOPLE)
        yield hospital


def test_every_row_is_read_once_and_in_the_order_of_its_key(hospital: Hospital, views: Views) -> None:
    hospital.employ(*PEOPLE)
    hospital.employ("u-77", tenant="lakeside")
    assert _ids(views(hospital.replica).pages("northshore", SourceKind.USER)) == PEOPLE


def test_a_key_of_two_columns_is_one_order(hospital: Hospital, views: Views) -> None:
    hospital.employ("u-1", "u-2")
    hospital.run(
        "INSERT INTO staff_phone (tenant, staff_id, id, number)"
        " SELECT 'northshore', u, p, '+14165550101' FROM unnest('{u-1,u-2}'::text[]) u, unnest('{a,b,z}'::text[]) p"
    )
    pages = views(hospital.replica).pages("northshore", SourceKind.CONTACT_POINT)
    names = [(row.name.owner, row.name.id) for page in pages for row in page.rows]
    assert names == [(user, phone) for user in ("u-1", "u-2") for phone in ("a", "b", "mobile", "z")]


def test_a_row_without_a_key_is_refused_and_the_rest_is_read(hospital: Hospital, views: Views) -> None:
    hospital.run(
        "CREATE OR REPLACE VIEW statline_teams AS SELECT tenant, nullif(id, 'b') AS id, title AS name, roles,"
        " version AS revision, policy FROM care_team"
    )
    for team in "abcde":
        hospital.found_team(team)
    rows = [row for page in views(hospital.replica).pages("northshore", SourceKind.TEAM) for row in page.rows]
    assert [row.name.id for row in rows if row.change] == ["a", "c", "d", "e"]


def test_a_view_that_is_too_slow_is_ended_by_the_server(hospital: Hospital, views: Views) -> None:
    hospital.run(
        "CREATE OR REPLACE VIEW statline_teams AS SELECT tenant, id, title AS name, roles, version AS revision, policy"
        " FROM care_team, pg_sleep(60)"
    )
    hospital.found_team("stroke")
    replica = views(hospital.replica)
    with pytest.raises(ViewUnreadableError, match="statline_teams cannot be read for northshore"):
        list(replica.pages("northshore", SourceKind.TEAM))
    assert _ids(replica.pages("northshore", SourceKind.USER)) == []


def test_a_view_with_other_types_is_unreadable_and_the_error_quotes_no_data(hospital: Hospital, views: Views) -> None:
    hospital.employ("Jane Doe")
    hospital.run("DROP VIEW statline_users")
    hospital.run(
        "CREATE VIEW statline_users AS SELECT tenant, id, full_name AS name, quiet_starts, quiet_ends, quiet_zone,"
        " id::bigint AS revision FROM staff"
    )
    hospital.run("GRANT SELECT ON statline_users TO statline_directory")
    with pytest.raises(ViewUnreadableError, match="22P02") as caught:
        list(views(hospital.replica).pages("northshore", SourceKind.USER))
    assert "Jane" not in str(caught.value)


def test_the_data_is_as_old_as_the_replica_says(hospital: Hospital, views: Views) -> None:
    replica = views(hospital.replica)
    before = replica.data_at()
    hospital.run("INSERT INTO care_team (tenant, id, title) VALUES ('northshore', 't', 'T')")
    assert replica.data_at() > before


def test_a_replica_that_restarts_between_two_pages_is_read_to_the_end(own: Hospital, views: Views) -> None:
    pages = views(own.replica).pages("northshore", SourceKind.USER)
    first = next(pages)
    own.servers.replica.stop(at_once=True)
    own.servers.replica.start()
    assert [row.name.id for row in first.rows] + _ids(pages) == PEOPLE


def test_a_replica_that_is_replaced_by_another_behind_its_name_is_read_to_the_end(own: Hospital, views: Views) -> None:
    """The incident of 14 February: services went on speaking to a server that was no longer the one."""
    other = Server(own.servers.replica.directory.parent / "other", free_port())
    other.clone(own.servers.primary, slot="other")
    other.start()
    with forwarding(own.servers.replica.port) as endpoint:

        def meanwhile(_: float) -> None:
            endpoint.target = other.port
            own.write_something()
            own.catch_up(other)

        access = DatabaseAccess(host=HOST, port=endpoint.port, name=DATABASE, user="statline_directory")
        pages = views(access, sleep=meanwhile).pages("northshore", SourceKind.USER)
        first = next(pages)
        own.servers.replica.stop(at_once=True)
        assert [row.name.id for row in first.rows] + _ids(pages) == PEOPLE
        assert endpoint.target == other.port
    other.remove()


def test_a_replica_that_is_promoted_between_two_pages_is_refused(own: Hospital, views: Views) -> None:
    pages = views(own.replica).pages("northshore", SourceKind.USER)
    next(pages)
    own.promote()
    with pytest.raises(NotAReplicaError):
        list(pages)


def test_a_replica_that_stays_away_is_a_temporary_trouble(own: Hospital, views: Views) -> None:
    pauses: list[float] = []
    own.servers.replica.stop()
    with pytest.raises(DatabaseUnavailableError, match="no connection to"):
        views(own.replica, sleep=pauses.append).data_at()
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0]
