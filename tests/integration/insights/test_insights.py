"""Performance Insights and the figures, from real servers, by a real client."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from local.databases.server import Server
from tests.e2e.waiting import await_value
from tests.integration.insights.watched import PRIMARY, REGION, REPLICA, Cloud, pi_client
from tests.postgres import Pair

SOON = 15.0


def _asked(resource_id: str = PRIMARY, **more: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "ServiceType": "RDS",
        "Identifier": resource_id,
        "StartTime": now - timedelta(seconds=60),
        "EndTime": now + timedelta(seconds=1),
        "Metric": "db.load.avg",
        "PeriodInSeconds": 1,
        "GroupBy": {"Group": "db.sql", "Limit": 25},
        **more,
    }


def _loads(url: str, **more: Any) -> list[dict[str, str]]:
    return [key["Dimensions"] for key in pi_client(url).describe_dimension_keys(**_asked(**more))["Keys"]]


@contextmanager
def _held_up_dump(server: Server, application: str) -> Iterator[None]:
    """A `COPY ... TO` that waits for its reader, as a dump over a slow line does."""
    with psycopg.connect(server.dsn()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS held AS SELECT repeat('x', 800) FROM generate_series(1, 25000)")
    with closing(psycopg.connect(server.dsn(), application_name=application)) as connection:
        connection.pgconn.send_query(b"COPY (SELECT * FROM held WHERE repeat <> 'secret') TO STDOUT")
        yield


def test_a_dump_under_another_name_is_seen_with_its_statement(servers: Pair, url: str) -> None:
    with _held_up_dump(servers.primary, "nightly-report"):
        seen = {"db.application.name": "nightly-report"}
        [found] = await_value(lambda: _loads(url, Filter=seen, GroupBy={"Group": "db.sql_tokenized"}), SOON, "the COPY")

    assert found["db.sql_tokenized.statement"] == "COPY (SELECT * FROM held WHERE repeat <> ?) TO STDOUT"


def test_who_runs_a_dump_is_told_by_application_user_and_host(servers: Pair, url: str) -> None:
    with _held_up_dump(servers.primary, "pg_dump"):
        [application] = await_value(
            lambda: _loads(url, Filter={"db.application.name": "pg_dump"}, GroupBy={"Group": "db.application"}),
            SOON,
            "pg_dump",
        )
        [user] = _loads(url, GroupBy={"Group": "db.user"}, Filter=application)
        [host] = _loads(url, GroupBy={"Group": "db.host"}, Filter=application)

    assert (user["db.user.name"], host["db.host.name"]) == ("rdsadmin", "127.0.0.1")


def test_idle_sessions_and_the_servers_own_processes_are_no_load(servers: Pair, cloud: Cloud, url: str) -> None:
    with psycopg.connect(servers.primary.dsn(), application_name="idle-one") as idle:
        idle.execute("SELECT 1")
        await_value(lambda: cloud.latest(PRIMARY).get("DatabaseConnections") == 1, SOON, "the idle connection")

    assert _loads(url, Filter={"db.application.name": "idle-one"}) == []
    assert not [name for name in cloud.latest(PRIMARY) if name.startswith("DBLoad")]


def test_reads_are_counted_while_their_transaction_is_open(servers: Pair, cloud: Cloud, url: str) -> None:
    del url
    stop = threading.Event()

    def read() -> None:
        with psycopg.connect(servers.primary.dsn()) as connection:
            connection.execute("CREATE TABLE large AS SELECT repeat('y', 2000) FROM generate_series(1, 12000)")
            connection.commit()
            while not stop.is_set():  # one transaction: pg_stat_io hears nothing of it before it ends
                connection.execute("SELECT count(*) FROM large")

    reader = threading.Thread(target=read)
    reader.start()
    try:
        await_value(lambda: cloud.latest(PRIMARY).get("ReadIOPS", 0) > 100, SOON, "reads of the open transaction")
        await_value(lambda: cloud.latest(PRIMARY).get("CPUUtilization", 0) > 1, SOON, "the processor's work")
        await_value(lambda: cloud.latest(PRIMARY).get("DBLoad", 0) > 0, SOON, "the load")
    finally:
        stop.set()
        reader.join(SOON)


def test_a_quiet_replica_is_not_late_and_one_that_does_not_replay_is(servers: Pair, cloud: Cloud, url: str) -> None:
    del url
    await_value(lambda: 0 <= cloud.latest(REPLICA).get("ReplicaLag", -1) < 2, SOON, "a lag of next to nothing")

    with psycopg.connect(servers.replica.dsn(), autocommit=True) as replica:
        replica.execute("SELECT pg_wal_replay_pause()")
        await_value(lambda: cloud.latest(REPLICA).get("ReplicaLag", 0) > 3, SOON, "a growing lag")
        replica.execute("SELECT pg_wal_replay_resume()")
    await_value(lambda: cloud.latest(REPLICA).get("ReplicaLag", 9) < 2, SOON, "a replica that has caught up")


def test_a_stopped_server_gives_no_figures_and_a_started_one_does_again(servers: Pair, cloud: Cloud, url: str) -> None:
    del url
    await_value(lambda: cloud.latest(PRIMARY) and cloud.latest(REPLICA), SOON, "figures of both")

    servers.replica.stop()
    told = len(cloud.published[REPLICA])
    before = len(cloud.published[PRIMARY])
    await_value(lambda: len(cloud.published[PRIMARY]) > before + 2, SOON, "figures of the server that runs")

    assert len(cloud.published[REPLICA]) <= told + 1  # one may have been under way
    servers.replica.start()
    await_value(lambda: len(cloud.published[REPLICA]) > told + 1, SOON, "figures of the started server")


def test_an_instance_that_is_gone_is_known_no_more(servers: Pair, cloud: Cloud, url: str) -> None:
    del servers
    await_value(lambda: cloud.latest(PRIMARY) and cloud.latest(REPLICA), SOON, "figures of both")

    cloud.there = [instance for instance in cloud.there if instance.resource_id == PRIMARY]

    def unknown() -> bool:
        try:
            _loads(url, resource_id=REPLICA)
        except ClientError as refusal:
            return refusal.response["Error"]["Code"] == "NotAuthorizedException"
        return False

    assert await_value(unknown, SOON, "the refusal")


def test_an_instance_is_asked_for_in_its_own_region(cloud: Cloud, url: str) -> None:
    await_value(lambda: cloud.latest(PRIMARY), SOON, "figures")

    with pytest.raises(ClientError, match="NotAuthorizedException"):
        pi_client(url, "us-east-1").describe_dimension_keys(**_asked())


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"ServiceType": "EC2"}, "InvalidArgumentException"),
        ({"GroupBy": {"Group": "db.user", "Limit": 26}}, "InvalidArgumentException"),
        ({"Metric": None}, "InvalidArgumentException"),
    ],
)
def test_a_request_against_the_services_model_is_refused(
    cloud: Cloud, url: str, wrong: dict[str, Any], code: str
) -> None:
    await_value(lambda: cloud.latest(PRIMARY), SOON, "figures")
    asked = {name: value for name, value in {**_asked(), **wrong}.items() if value is not None}

    with pytest.raises(ClientError, match=code):
        pi_client(url).describe_dimension_keys(**asked)


def _post(url: str, body: dict[str, Any], service: str = "pi") -> dict[str, Any]:
    content = json.dumps(body).encode()
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "PerformanceInsightsv20180227.GetResourceMetrics",
    }
    request = AWSRequest(method="POST", url=f"{url}/", data=content, headers=headers)
    SigV4Auth(Credentials("AKIDINSIGHTS", "none"), service, REGION).add_auth(request)
    sent = urllib.request.Request(f"{url}/", content, dict(request.headers.items()))  # noqa: S310  # loopback
    with urllib.request.urlopen(sent, timeout=5) as answer:  # noqa: S310
        found: dict[str, Any] = json.load(answer)
        return found


def test_the_json_protocol_is_answered_too(cloud: Cloud, url: str) -> None:
    await_value(lambda: cloud.latest(PRIMARY), SOON, "figures")
    now = datetime.now(UTC).timestamp()
    body = {
        "ServiceType": "RDS",
        "Identifier": PRIMARY,
        "StartTime": now - 60,
        "EndTime": now,
        "PeriodInSeconds": 1,
        "MetricQueries": [{"Metric": "db.sampledload.avg"}],
    }

    [series] = _post(url, body)["MetricList"]

    assert series["DataPoints"]
    assert all(now - 61 < point["Timestamp"] < now + 2 for point in series["DataPoints"])


def test_a_request_signed_for_another_service_is_refused(url: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="403"):
        _post(url, {}, service="rds")
