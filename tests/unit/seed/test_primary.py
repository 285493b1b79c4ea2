"""The seed's databases, on a real server."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from local.databases.server import Server
from local.seed.directory import directory_of
from local.seed.loading import SeedError
from local.seed.people import DEMO_USER
from local.seed.primary import ROLE, Primary, primaries
from local.seed.tenants import TENANTS
from statline.contract.directory import ContactPointChange, ShiftChange, TeamChange, UserChange
from tests.postgres import primary

REGION = "ca-central-1"
HOSPITALS = TENANTS[REGION]
TODAY = date(2036, 11, 22)
"""Far enough from now for no shift to have ended."""
SMALL = 1


def _seed(today: date = TODAY) -> list[Any]:
    return [change for tenant in HOSPITALS for change in directory_of(tenant, today)]


SEED = _seed()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with primary() as running:
        yield running


@pytest.fixture
def database(server: Server) -> Iterator[Primary]:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE clinical")
        yield Primary(REGION, server.port, "clinical")
        connection.execute("DROP DATABASE clinical WITH (FORCE)")


def _ask(primary: Primary, question: str, *values: object, user: str = "rdsadmin") -> list[tuple[Any, ...]]:
    place = {"host": "127.0.0.1", "port": primary.port, "dbname": primary.database, "user": user}
    with psycopg.connect(**place) as connection:  # type: ignore[arg-type]
        cursor = connection.execute(question, values)
        return cursor.fetchall() if cursor.description else []


def test_the_views_show_what_the_directory_gets(database: Primary) -> None:
    database.fill(HOSPITALS, SEED, SMALL)

    users = _ask(database, "SELECT tenant, id, name, quiet_zone, revision FROM statline_users")
    phones = _ask(database, "SELECT tenant, user_id, id, number, uses, rank, revision FROM statline_contact_points")
    teams = _ask(database, "SELECT tenant, id, name, roles, policy, revision FROM statline_teams")
    shifts = _ask(
        database, "SELECT tenant, team_id, id, user_id, role, starts_at, ends_at, duty, revision FROM statline_shifts"
    )

    assert sorted(users) == sorted(
        (c.tenant, c.id, c.name, c.quiet_hours.zone if c.quiet_hours else None, c.revision)
        for c in SEED
        if isinstance(c, UserChange)
    )
    assert sorted(phones) == sorted(
        (c.tenant, c.user, c.id, c.number, list(c.uses), c.rank, c.revision)
        for c in SEED
        if isinstance(c, ContactPointChange)
    )
    assert sorted(teams) == sorted(
        (c.tenant, c.id, c.name, list(c.roles), c.policy, c.revision) for c in SEED if isinstance(c, TeamChange)
    )
    assert sorted(shifts) == sorted(
        (c.tenant, c.team, c.id, c.user, c.role, c.starts_at, c.ends_at, c.duty, c.revision)
        for c in SEED
        if isinstance(c, ShiftChange)
    )


def test_a_second_run_adds_nothing(database: Primary) -> None:
    assert database.fill(HOSPITALS, SEED, SMALL) > len(HOSPITALS)
    assert database.fill(HOSPITALS, SEED, SMALL) == 0


def test_the_next_day_adds_its_shifts_only(database: Primary) -> None:
    database.fill(HOSPITALS, SEED, SMALL)
    tomorrow = _seed(TODAY + timedelta(days=1))
    new = {change.model_dump_json() for change in tomorrow} - {change.model_dump_json() for change in SEED}

    assert database.fill(HOSPITALS, tomorrow, SMALL) == len(new)


def test_what_a_person_changed_meanwhile_is_left_alone(database: Primary) -> None:
    database.fill(HOSPITALS, SEED, SMALL)
    _ask(database, "UPDATE staff SET full_name = 'Somebody Else' WHERE id = %s", DEMO_USER)

    database.fill(HOSPITALS, SEED, SMALL)

    found = _ask(database, "SELECT DISTINCT name, revision FROM statline_users WHERE id = %s", DEMO_USER)
    assert found == [("Somebody Else", 2)]


def test_observations_grow_to_the_wanted_size_and_keep_every_rule(database: Primary) -> None:
    sizes = []
    for mib in (2, 6):
        database.fill(HOSPITALS, SEED, mib)
        [(size,)] = _ask(database, "SELECT pg_total_relation_size('observation') / 1048576.0")
        sizes.append(float(size))

    assert sizes == [pytest.approx(2, abs=0.5), pytest.approx(6, abs=0.8)]
    assert _ask(database, "SELECT conname FROM pg_constraint WHERE NOT convalidated") == []
    strays = (
        "SELECT 1 FROM observation o LEFT JOIN stay s ON (s.tenant, s.id) = (o.tenant, o.stay_id) WHERE s.id IS NULL"
    )
    assert _ask(database, strays) == []
    assert _ask(database, "SELECT max(recorded_at) BETWEEN now() - interval '1 minute' AND now() FROM observation") == [
        (True,)
    ]


def test_the_functions_roles_may_read_what_they_need(database: Primary) -> None:
    database.fill(HOSPITALS, SEED, SMALL)

    assert _ask(database, "SELECT count(*) > 0 FROM statline_users", user="statline_directory") == [(True,)]
    assert _ask(database, "SELECT count(*) > 0 FROM observation", user="statline_backup") == [(True,)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _ask(database, "SELECT * FROM observation", user="statline_directory")


def test_a_primary_that_does_not_answer_is_named(server: Server) -> None:
    with pytest.raises(SeedError, match=rf"ca-central-1: the primary on 127.0.0.1:{server.port} could not be filled"):
        Primary(REGION, server.port, "no-such-database").fill(HOSPITALS, SEED, SMALL)


def _described(port: int, **more: Any) -> dict[str, Any]:
    return {"Endpoint": {"Port": port}, "DBName": "clinical", "TagList": [ROLE], **more}


def test_only_the_instance_with_the_primarys_tag_is_filled() -> None:
    replica = _described(2, TagList=[{"Key": "statline:database-role", "Value": "replica"}])
    coming = _described(3, Endpoint=None)

    assert list(primaries(REGION, [replica, _described(1), coming, _described(4, TagList=[])])) == [
        Primary(REGION, 1, "clinical")
    ]


def test_a_deployment_without_a_database_has_none_to_fill() -> None:
    assert list(primaries(REGION, [])) == []
