"""On-call's commands on the laptop cloud, by somebody who has on-call's managed policies and no other right."""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from functions.core.adapters.state.table import StateTable
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.record import DeliveryRecord
from functions.core.domain.delivering.states import State
from local.cloud.model import ACCOUNT
from local.sandbox.client import SandboxClient
from statline.cli.exits import Exit
from statline.contract.words import Channel, Priority
from tests.e2e.burying import PATIENT, bury, urgent_delivery
from tests.e2e.cast import ALL
from tests.e2e.person import Person
from tests.e2e.phones import arrivals_of
from tests.e2e.region import STATE_TABLE, Region
from tests.e2e.waiting import SOON, await_value

SEEN_WITHIN = 300.0
"""Seconds until something was seen of every lane and channel."""


@pytest.fixture
def burying(home: Region) -> Iterator[Any]:
    """An SQS client of the producer that may, for this test, put messages where the dead lie."""
    iam, name = home.client("iam"), "bury"
    statement = {
        "Effect": "Allow",
        "Action": "sqs:SendMessage",
        "Resource": f"arn:aws:sqs:{home.name}:{ACCOUNT}:statline-ingress-urgent-dlq",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName=home.producer, PolicyName=name, PolicyDocument=document)
    yield home.client("sqs", home.producer)
    iam.delete_user_policy(UserName=home.producer, PolicyName=name)


def test_a_dead_delivery_goes_back_and_reaches_its_phone_once(
    person: Person, home: Region, sandbox: SandboxClient
) -> None:
    delivery = urgent_delivery(home, minutes=30)
    bury(home, delivery)
    looked = person.redrive("push-urgent")
    assert "1 to be copied to statline-push-urgent" in looked
    assert home.waiting_in("push-urgent-dlq") == 1

    person.redrive("push-urgent", "--apply", "--yes")
    (arrival,) = arrivals_of(sandbox, delivery.key.notification, 1)
    assert arrival.data["statline_notification"] == delivery.key.notification
    assert home.waiting_in("push-urgent-dlq") == 0

    later = urgent_delivery(home, minutes=30)
    for again in (delivery, later):
        bury(home, again)
        person.redrive("push-urgent", "--apply", "--yes")
    arrivals_of(sandbox, later.key.notification, 1)
    assert len(arrivals_of(sandbox, delivery.key.notification, 1)) == 1


def test_a_late_delivery_stays_and_is_then_recorded_as_expired_and_sent_to_nobody(
    person: Person, home: Region, sandbox: SandboxClient
) -> None:
    delivery = urgent_delivery(home, minutes=-1)
    bury(home, delivery)
    kept = person.run("redrive", "push-urgent", "--apply", "--yes")
    assert kept.returncode == Exit.NO, kept.stdout + kept.stderr
    assert home.waiting_in("push-urgent-dlq") == 1
    person.redrive("push-urgent", "--apply", "--yes", "--expired", "record")
    record = await_value(lambda: _record(home, delivery), SOON, "the record of the late delivery")
    assert record.state is State.EXPIRED
    notifications = {arrival.data.get("statline_notification") for arrival in sandbox.arrivals()}
    assert delivery.key.notification not in notifications


def _record(region: Region, delivery: Delivery) -> DeliveryRecord | None:
    (record,) = StateTable(region.client("dynamodb"), STATE_TABLE).read([delivery.key])
    return record


def test_a_producers_dead_message_goes_back_with_its_sender(
    person: Person, home: Region, sandbox: SandboxClient, burying: Any
) -> None:
    message = home.message(priority=Priority.URGENT, to=[ALL], channels=["push"])
    message["content"] = {"sensitivity": "operational", "title": "Title", "body": PATIENT}
    burying.send_message(QueueUrl=home.queue("ingress-urgent-dlq"), MessageBody=json.dumps(message))
    looked = person.redrive("ingress-urgent")
    assert "1 to be given to the router with its sender's name" in looked
    person.redrive("ingress-urgent", "--apply", "--yes")
    assert len(arrivals_of(sandbox, message["id"], 1)) == 1
    assert home.waiting_in("ingress-urgent-dlq") == 0


def test_status_tells_of_every_lane_and_channel(person: Person) -> None:
    def seen() -> dict[str, Any] | None:
        done = person.run("status", "--json")
        assert done.returncode == Exit.DONE, done.stdout + done.stderr
        status: dict[str, Any] = json.loads(done.stdout)
        return status if all(way["outstanding"] is not None for way in status["ways"]) else None

    status = await_value(seen, SEEN_WITHIN, "a figure of what is outstanding on every lane and channel")
    assert {(way["lane"], way["channel"]) for way in status["ways"]} == set(product(Priority, Channel))
    assert status["alarms"] > 50
    printed = person.run("status").stdout
    assert printed.startswith("ca-central-1, ")
    assert "stat push" in " ".join(printed.split())
