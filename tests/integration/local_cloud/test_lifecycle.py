import json
import os
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Callable, Iterator

import pytest

from local.cloud import (
    Cloud,
    CloudError,
    aws_environment,
    create_producer,
    is_running,
    load,
    start,
    stop,
)
from local.cloud.clients import client_of
from local.cloud.environment import keys_file
from local.cloud.process_table import running
from local.cloud.processes import wait_until
from local.emulator.permissions.unique_ids import user_id
from tests.integration.local_cloud.conftest import clients_of, stacks_of
from tests.integration.local_cloud.resources import FunctionLog, await_value
from tests.integration.local_cloud.stack import LOG_GROUP, OUTPUTS, RESOURCES


@pytest.fixture
def own_cloud() -> Iterator[Callable[[], Cloud]]:
    """Start (and start again) a cloud of this test's own."""
    name = f"test-own-{os.getpid()}"
    ports: list[int] = []

    def begin() -> Cloud:
        cloud = start(name, port=ports[0] if ports else 0, sandbox=False)
        ports.append(cloud.port)
        return cloud

    yield begin
    if ports:
        stop(load(name), forget=True)


def test_a_stream_is_read_on_after_a_restart(own_cloud: Callable[[], Cloud]) -> None:
    clients = clients_of(own_cloud())
    table = stacks_of(clients)(RESOURCES, OUTPUTS)["Table"]

    def is_read(key: str) -> None:
        clients("dynamodb").put_item(TableName=table, Item={"pk": {"S": key}})
        log = FunctionLog(clients("logs"), LOG_GROUP)
        assert await_value(lambda: [line for line in log.about(key) if "record" in line])

    is_read("before")
    stop(load(f"test-own-{os.getpid()}"))
    own_cloud()

    is_read("after")


def test_a_stopped_cloud_leaves_no_process(own_cloud: Callable[[], Cloud]) -> None:
    cloud = own_cloud()
    groups = {process.pid for process in cloud.processes}

    stop(cloud)

    assert groups
    assert not [entry for entry in running().values() if entry.group in groups]
    assert not is_running(load(cloud.name))


def test_the_emulator_listens_on_loopback_only(own_cloud: Callable[[], Cloud]) -> None:
    cloud = own_cloud()

    # An address that is the machine's too: a listener on all interfaces answers there.
    with socket.socket() as probe:
        refused = probe.connect_ex(("127.0.0.2", cloud.port))

    assert refused


def test_what_a_stopped_cloud_held_is_there_after_its_next_start(own_cloud: Callable[[], Cloud]) -> None:
    cloud = own_cloud()
    url = client_of(cloud, "sqs").create_queue(QueueName="lasting")["QueueUrl"]
    client_of(cloud, "sqs").send_message(QueueUrl=url, MessageBody="kept")

    stop(cloud)

    [message] = client_of(own_cloud(), "sqs").receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == "kept"


def test_a_cloud_that_died_starts_afresh(own_cloud: Callable[[], Cloud]) -> None:
    cloud = own_cloud()
    create_producer(cloud, "forgotten")
    for process in cloud.processes:
        os.killpg(process.pid, signal.SIGKILL)
    assert wait_until(lambda: not is_running(cloud), 5)

    again = own_cloud()

    assert is_running(again)
    assert not keys_file(again).exists()


def test_a_producers_keys_are_kept_from_others(own_cloud: Callable[[], Cloud]) -> None:
    cloud = own_cloud()

    first, second = create_producer(cloud, "an-ehr"), create_producer(cloud, "an-ehr")

    assert first == second == user_id("an-ehr")
    assert keys_file(cloud).stat().st_mode & 0o777 == 0o600
    assert aws_environment(cloud, "an-ehr")["AWS_ACCESS_KEY_ID"].startswith("AKIA")


def test_an_unknown_user_is_answered_with_those_who_are_known(own_cloud: Callable[[], Cloud]) -> None:
    cloud = own_cloud()

    with pytest.raises(CloudError, match=r"nobody.*It knows: admin"):
        aws_environment(cloud, "nobody")


def test_a_taken_port_is_named_with_the_way_to_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(CloudError, match=rf"Port {port}.*STATLINE_CLOUD_PORT"):
            start(f"test-taken-{os.getpid()}", port=port, sandbox=False)


def _insights(cloud: Cloud) -> list[str]:
    with urllib.request.urlopen(f"{cloud.insights_url}/health", timeout=5) as answer:  # noqa: S310  # loopback
        watched: list[str] = json.load(answer)["watched"]
        return watched


def test_a_clouds_databases_are_watched_and_stopped_with_it() -> None:
    cloud = start(f"test-whole-{os.getpid()}", port=0)
    try:
        clients_of(cloud)("rds").create_db_instance(
            DBInstanceIdentifier="watched",
            Engine="postgres",
            DBInstanceClass="db.t4g.medium",
            AllocatedStorage=20,
            MasterUsername="owner",
            MasterUserPassword="not-a-secret",
        )
        assert await_value(lambda: _insights(cloud), 30) == ["ca-central-1/watched"]
        assert aws_environment(cloud)["AWS_ENDPOINT_URL_PI"] == cloud.insights_url
    finally:
        stop(cloud, forget=True)

    assert not is_running(cloud)
    assert not _processes_with(str(cloud.directory))


def _processes_with(words: str) -> list[int]:
    """What runs and has the words in its command line."""
    table = subprocess.run(["ps", "-A", "-o", "pid=,command="], capture_output=True, text=True, check=True).stdout
    return [int(line.split()[0]) for line in table.splitlines() if words in line]
