"""The clock that tests drive, on an emulator of its own: what was put forward stays so."""

import io
import json
import os
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local.cloud import Cloud, CloudError, start, stop
from local.cloud.clock import Outlook, advance, now, outlook
from tests.integration.local_cloud.conftest import clients_of
from tests.integration.local_cloud.resources import Clients

HOUR = 3600.0
ADAPTER = Path(__file__).parents[3] / "functions/core/adapters/clock.py"
HANDLER = """
from functions.core.adapters.clock import utc_now

def handle(_event, _context):
    return utc_now().isoformat()
"""


@pytest.fixture(scope="module")
def driven() -> Iterator[Cloud]:
    running = start(f"clock-{os.getpid()}", port=0, sandbox=False)
    yield running
    stop(running, forget=True)


@pytest.fixture
def clients(driven: Cloud) -> Clients:
    return clients_of(driven)


def bodies(clients: Clients, url: str, **settings: int) -> list[str]:
    answer = clients("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, **settings)
    return [message["Body"] for message in answer.get("Messages", [])]


def test_a_delayed_message_comes_due_when_the_clock_is_put_forward(driven: Cloud, clients: Clients) -> None:
    sqs = clients("sqs")
    url = sqs.create_queue(QueueName="delayed")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="step", DelaySeconds=900)

    advance(driven, 890)
    early = bodies(clients, url)
    advance(driven, 11)

    assert (early, bodies(clients, url)) == ([], ["step"])


def test_what_somebody_works_on_stays_his(driven: Cloud, clients: Clients) -> None:
    sqs = clients("sqs")
    url = sqs.create_queue(QueueName="held")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="in work")
    taken = bodies(clients, url, VisibilityTimeout=30)

    advance(driven, HOUR)

    assert (taken, bodies(clients, url)) == (["in work"], [])


def test_a_message_that_waits_for_its_next_attempt_comes_due(driven: Cloud, clients: Clients) -> None:
    sqs = clients("sqs")
    url = sqs.create_queue(QueueName="retried")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="again")
    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=int(HOUR))

    advance(driven, HOUR)

    assert bodies(clients, url) == ["again"]


def test_functions_see_the_later_time(driven: Cloud, clients: Clients) -> None:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.write(ADAPTER, "functions/core/adapters/clock.py")
        archive.writestr("index.py", HANDLER)
    role = clients("iam").create_role(RoleName="clock", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    clients("lambda").create_function(
        FunctionName="clock",
        Runtime="python3.11",
        Handler="index.handle",
        Role=role,
        Code={"ZipFile": package.getvalue()},
    )

    def told() -> datetime:
        answer = clients("lambda").invoke(FunctionName="clock")
        return datetime.fromisoformat(json.load(answer["Payload"]))

    before = told()
    advance(driven, HOUR)
    after = told()

    assert timedelta(hours=1) <= after - before < timedelta(hours=1, minutes=1)
    assert abs(after - now(driven)) < timedelta(seconds=30)


def test_the_clock_never_goes_back(driven: Cloud) -> None:
    with pytest.raises(CloudError, match="never goes back"):
        advance(driven, -1)


def test_a_cloud_that_nobody_drives_has_the_machines_time(cloud: Cloud) -> None:
    assert abs(now(cloud) - datetime.now(UTC)) < timedelta(seconds=1)


def test_the_outlook_tells_what_is_at_work_and_what_comes_next(driven: Cloud, clients: Clients) -> None:
    sqs = clients("sqs")
    url = sqs.create_queue(QueueName="looked-at")["QueueUrl"]
    empty = outlook(driven, ["looked-at"])
    sqs.send_message(QueueUrl=url, MessageBody="now")
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=60)

    told = outlook(driven, ["looked-at"])

    assert empty == Outlook({}, 0, None)
    assert (told.busy, told.untaken) == ({"looked-at": 1}, 1)
    assert told.seconds_until_next is not None
    assert 50 < told.seconds_until_next <= 60
