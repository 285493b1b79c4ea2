"""Dead letters of the queues beside the lanes: looks, words, deadlines and reports."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from functions.core.adapters.queues.escalation_queue import body_of
from functions.core.domain.escalation.ladder import Look
from statline.cli.exits import Exit
from statline.cli.redrive import walk as redrive_walk
from statline.cli.redrive.letters import DeadLetter, Fate, fate_of
from statline.cli.redrive.queues import QUEUES
from tests.fakes.deliveries import a_delivery
from tests.unit.cli.scene import REGION, Scene

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
LOOK = body_of(Look("northshore", "code-1", role="leader", wake_at=NOW - timedelta(days=3)))
REPORT = json.dumps({"version": 1, "tenant": "northshore", "team": "icu", "notification": "roll-1"})
EXPIRED = a_delivery(expires_at=NOW - timedelta(hours=1)).model_dump_json()


def _fate(queue: str, body: str, *, sent: timedelta = timedelta(hours=-1)) -> Fate:
    letter = DeadLetter(id="m-1", body=body, sender="AROAX", sent_at=NOW + sent, receipt="r-1")
    return fate_of(letter, QUEUES[queue].content, now=NOW, began=NOW)


def _text(at: datetime, **changes: str) -> str:
    said = {"version": 1, "source": "twilio", "kind": "text", "message_id": "SM1", "sender": "+14165550111"}
    return json.dumps(said | {"line": "+14165550100", "body": "1", "at": at.isoformat()} | changes)


def _text_by_sns(at: datetime) -> str:
    message = {"inboundMessageId": "i-1", "originationNumber": "+14165550111", "destinationNumber": "+14165550100"}
    return json.dumps(
        {"Type": "Notification", "Message": json.dumps(message | {"messageBody": "1"}), "Timestamp": at.isoformat()}
    )


@pytest.mark.parametrize(
    ("queue", "body"),
    [
        ("escalation", LOOK),
        ("receipt-deadlines", EXPIRED),
        ("receipts", json.dumps({"kind": "answer", "at": "2026-11-21T12:00:00Z"})),
        ("receipts", json.dumps({"source": "aws.connect", "detail": {}})),
        ("receipts", "nobody can read this, and its function keeps it aside"),
        ("receipts", _text(NOW - timedelta(minutes=9))),
        ("roll-calls", REPORT),
    ],
)
def test_what_depends_on_what_is_stored_goes_back_however_late(queue: str, body: str) -> None:
    assert _fate(queue, body) is Fate.AGAIN


@pytest.mark.parametrize("body", [_text(NOW - timedelta(minutes=11)), _text_by_sns(NOW - timedelta(minutes=11))])
def test_an_old_text_does_not_accept_what_was_called_since(body: str) -> None:
    assert _fate("receipts", body) is Fate.STALE


def test_a_roll_call_that_is_forgotten_is_not_reported_as_never_called() -> None:
    assert _fate("roll-calls", REPORT, sent=timedelta(days=-8)) is Fate.STALE


@pytest.mark.parametrize("queue", ["escalation", "receipt-deadlines"])
def test_what_no_version_can_read_stays(queue: str) -> None:
    assert _fate(queue, "no look and no delivery") is Fate.UNREADABLE


@pytest.fixture
def place(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(redrive_walk, "WAIT_SECONDS", 0)
    for name in ("escalation", "receipts", "receipt-deadlines", "roll-calls"):
        scene.sqs.create_queue(QueueName=f"statline-{name}")
        scene.sqs.create_queue(QueueName=f"statline-{name}-dlq")
    return scene


def _bury(place: Scene, queue: str, body: str) -> None:
    url = place.sqs.get_queue_url(QueueName=f"statline-{queue}-dlq")["QueueUrl"]
    place.sqs.send_message(QueueUrl=url, MessageBody=body)


@pytest.mark.parametrize(
    ("queue", "body"), [("escalation", LOOK), ("receipt-deadlines", EXPIRED), ("roll-calls", REPORT)]
)
def test_it_goes_back_to_its_own_queue_as_it_was(place: Scene, queue: str, body: str) -> None:
    _bury(place, queue, body)
    done = place.run("redrive", queue, "-r", REGION, "--apply", "--yes")
    assert done.exit_code == Exit.DONE, done.output
    assert place.bodies(f"statline-{queue}") == [body]
    assert place.bodies(f"statline-{queue}-dlq") == []


def test_of_old_texts_it_is_said_that_they_stay(place: Scene) -> None:
    _bury(place, "receipts", _text(datetime.now(UTC) - timedelta(hours=1)))
    done = place.run("redrive", "receipts", "-r", REGION, "--apply", "--yes", "--expired", "record")
    assert done.exit_code == Exit.NO
    assert "1 are too old, and stay" in done.output


def test_an_apps_word_goes_to_the_function_with_its_sender_and_not_as_a_copy(place: Scene) -> None:
    _bury(place, "receipts", json.dumps({"kind": "answer"}))
    looked = place.run("redrive", "receipts", "-r", REGION)
    assert looked.exit_code == Exit.DONE, looked.output
    assert "1 to be given to the receipts function with its sender's name" in looked.output
    place.run("redrive", "receipts", "-r", REGION, "--apply", "--yes")
    assert place.bodies("statline-receipts") == []
