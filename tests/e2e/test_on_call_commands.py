"""On-call's commands on the laptop cloud, by somebody who has on-call's managed policies and no other right."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from functions.core.adapters.state.table import StateTable
from functions.core.domain.delivering.delivery import Delivery, DeliveryKey, PushStyle, Screen
from functions.core.domain.delivering.record import DeliveryRecord
from functions.core.domain.delivering.states import State
from local.cloud import aws_environment
from local.cloud.environment import remember_keys
from local.cloud.model import ACCOUNT
from local.sandbox.client import SandboxClient
from statline.cli.exits import Exit
from statline.contract.words import Channel, Kind, Priority
from tests.e2e.cast import ALL, token_of
from tests.e2e.phones import arrivals_of
from tests.e2e.region import STATE_TABLE, Region
from tests.e2e.waiting import await_value

ON_CALL = "on-call"
DEAD = "Statline urgent push has dead letters"
SPOKEN_WITHIN = 300.0
"""Seconds: SQS's figures come once a minute and are told a minute late, and the alarm is evaluated once a minute."""
PATIENT = "Jane Doe, potassium 6.9"


@dataclass(frozen=True)
class Person:
    """Somebody with a terminal, in the home region."""

    region: Region

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        program = Path(sys.executable).with_name("statline")
        environment = {"PATH": os.defpath, **aws_environment(self.region.cloud, ON_CALL, self.region.name)}
        return subprocess.run([str(program), *arguments], env=environment, capture_output=True, text=True, check=False)

    def redrive(self, *arguments: str) -> str:
        done = self.run("redrive", *arguments)
        assert done.returncode == Exit.DONE, done.stdout + done.stderr
        assert PATIENT not in done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def person(regions: dict[str, Region]) -> Person:
    home = regions["ca-central-1"]
    iam = home.client("iam")
    iam.create_user(UserName=ON_CALL)
    for policy in ("operate", "redrive"):
        arn = f"arn:aws:iam::{ACCOUNT}:policy/statline-{policy}-{home.name}"
        iam.attach_user_policy(UserName=ON_CALL, PolicyArn=arn)
    key = iam.create_access_key(UserName=ON_CALL)["AccessKey"]
    keys = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    remember_keys(home.cloud, ON_CALL, keys)
    return Person(home)


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


def _delivery(region: Region, *, minutes: int) -> Delivery:
    """An urgent push whose time is over so many minutes from now."""
    now = datetime.now(UTC)
    notification = f"dead-{uuid.uuid4().hex[:12]}"
    return Delivery(
        key=DeliveryKey(
            tenant=region.tenant, notification=notification, recipient=ALL, channel=Channel.PUSH, endpoint="device-1"
        ),
        priority=Priority.URGENT,
        kind=Kind.MESSAGE,
        address=token_of(region.tenant, ALL),
        screen=Screen(title="New message", body=PATIENT),
        push=PushStyle(collapse_id=notification),
        sent_at=now - timedelta(hours=1),
        routed_at=now - timedelta(hours=1),
        expires_at=now + timedelta(minutes=minutes),
    )


def _bury(region: Region, delivery: Delivery) -> None:
    region.client("sqs").send_message(
        QueueUrl=region.queue("push-urgent-dlq"), MessageBody=delivery.model_dump_json(exclude_defaults=True)
    )


def test_a_dead_delivery_goes_back_and_reaches_its_phone_once(
    person: Person, home: Region, sandbox: SandboxClient
) -> None:
    delivery = _delivery(home, minutes=30)
    _bury(home, delivery)
    looked = person.redrive("push-urgent")
    assert "1 to be copied to statline-push-urgent" in looked
    assert home.waiting_in("push-urgent-dlq") == 1

    person.redrive("push-urgent", "--apply", "--yes")
    (arrival,) = arrivals_of(sandbox, delivery.key.notification, 1)
    assert arrival.data["statline_notification"] == delivery.key.notification
    assert home.waiting_in("push-urgent-dlq") == 0

    later = _delivery(home, minutes=30)
    for again in (delivery, later):
        _bury(home, again)
        person.redrive("push-urgent", "--apply", "--yes")
    arrivals_of(sandbox, later.key.notification, 1)
    assert len(arrivals_of(sandbox, delivery.key.notification, 1)) == 1


def test_a_late_delivery_stays_and_is_then_recorded_as_expired_and_sent_to_nobody(
    person: Person, home: Region, sandbox: SandboxClient
) -> None:
    delivery = _delivery(home, minutes=-1)
    _bury(home, delivery)
    kept = person.run("redrive", "push-urgent", "--apply", "--yes")
    assert kept.returncode == Exit.NO, kept.stdout + kept.stderr
    assert home.waiting_in("push-urgent-dlq") == 1
    person.redrive("push-urgent", "--apply", "--yes", "--expired", "record")
    record = await_value(lambda: _record(home, delivery), 60, "the record of the late delivery")
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

    status = await_value(seen, SPOKEN_WITHIN, "a figure of what is outstanding on every lane and channel")
    assert {(way["lane"], way["channel"]) for way in status["ways"]} == set(product(Priority, Channel))
    assert status["alarms"] > 50
    printed = person.run("status").stdout
    assert printed.startswith("ca-central-1, ")
    assert "stat push" in " ".join(printed.split())


def test_explain_tells_an_alarm_that_speaks_with_its_figures_and_its_runbook(person: Person, home: Region) -> None:
    _bury(home, _delivery(home, minutes=30))

    def speaks() -> str | None:
        done = person.run("explain", DEAD)
        assert done.returncode == Exit.DONE, done.stdout + done.stderr
        return done.stdout if f"{DEAD}: in ALARM" in done.stdout else None

    text = await_value(speaks, SPOKEN_WITHIN, f"'{DEAD}' in ALARM")
    assert "1!" in text
    assert "It tells: page" in text
    assert "## First five minutes" in text
    listed = person.run("status").stdout
    assert f"page: {DEAD}" in listed
    person.redrive("push-urgent", "--apply", "--yes")


def test_a_misspelt_alarm_is_answered_with_close_ones(person: Person) -> None:
    done = person.run("explain", "Statline urgent pusch has dead letters")
    assert done.returncode == Exit.NO
    assert DEAD in done.stderr
