"""Dead letters back to work, on moto: what goes, what stays, and what is printed."""

from datetime import UTC, datetime, timedelta

import pytest

from statline.cli.exits import Exit
from statline.cli.redrive import walk as redrive_walk
from tests.fakes.deliveries import a_delivery
from tests.unit.cli.scene import REGION, Scene

PATIENT = "Jane Doe, potassium 6.9"
QUEUE = "push-urgent"


@pytest.fixture
def place(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(redrive_walk, "WAIT_SECONDS", 0)
    for name in (QUEUE, "push-stat", "directory-changes"):
        scene.sqs.create_queue(QueueName=f"statline-{name}")
        scene.sqs.create_queue(QueueName=f"statline-{name}-dlq")
    return scene


def _body(*, minutes: int, recipient: str = "u-1") -> str:
    """A delivery whose time is over so many minutes from now."""
    now = datetime.now(UTC)
    delivery = a_delivery(
        recipient=recipient, sent_at=now - timedelta(hours=3), expires_at=now + timedelta(minutes=minutes)
    )
    screen = delivery.screen.model_copy(update={"body": PATIENT})
    return delivery.model_copy(update={"screen": screen}).model_dump_json()


def _bury(place: Scene, *bodies: str, queue: str = QUEUE) -> None:
    url = place.sqs.get_queue_url(QueueName=f"statline-{queue}-dlq")["QueueUrl"]
    for body in bodies:
        place.sqs.send_message(QueueUrl=url, MessageBody=body)


def _lying(place: Scene, queue: str) -> int:
    url = place.sqs.get_queue_url(QueueName=f"statline-{queue}")["QueueUrl"]
    found = place.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(found["Attributes"]["ApproximateNumberOfMessages"])


def test_without_apply_it_says_what_there_is_and_touches_nothing(place: Scene) -> None:
    _bury(place, _body(minutes=30), _body(minutes=40), _body(minutes=-1), "no delivery")
    done = place.run("redrive", QUEUE, "-r", REGION)
    assert done.exit_code == Exit.DONE, done.output
    assert "4 dead letters" in done.output
    assert "2 to be copied to statline-push-urgent" in done.output
    assert "1 past their deadline: they stay" in done.output
    assert "1 cannot be read" in done.output
    assert "Nothing was done" in done.output
    assert _lying(place, f"{QUEUE}-dlq") == 4
    assert _lying(place, QUEUE) == 0


def test_what_is_in_time_goes_back_and_the_rest_stays(place: Scene) -> None:
    fresh = [_body(minutes=30, recipient=f"u-{n}") for n in range(23)]
    _bury(place, *fresh, _body(minutes=-1), "no delivery")
    done = place.run("redrive", QUEUE, "-r", REGION, "--apply", "--per-second", "100", given="y\n")
    assert done.exit_code == Exit.DONE, done.output
    assert sorted(place.bodies(f"statline-{QUEUE}")) == sorted(fresh)
    assert _lying(place, f"{QUEUE}-dlq") == 2


def test_what_has_expired_is_handed_over_only_to_be_recorded(place: Scene) -> None:
    late = _body(minutes=-1)
    _bury(place, late)
    kept = place.run("redrive", QUEUE, "-r", REGION, "--apply", "--yes")
    assert kept.exit_code == Exit.NO
    assert _lying(place, f"{QUEUE}-dlq") == 1
    done = place.run("redrive", QUEUE, "-r", REGION, "--apply", "--yes", "--expired", "record")
    assert done.exit_code == Exit.DONE, done.output
    assert place.bodies(f"statline-{QUEUE}") == [late]
    assert "1 past their deadline handed over to be recorded as expired" in done.output


@pytest.mark.parametrize("answer", ["n\n", "\n", None])
def test_nothing_goes_back_that_nobody_confirmed(place: Scene, answer: str | None) -> None:
    _bury(place, _body(minutes=30))
    done = place.run("redrive", QUEUE, "-r", REGION, "--apply", given=answer)
    assert done.exit_code in {Exit.NO, Exit.INPUT}
    assert "Nothing was done" in done.output
    assert _lying(place, f"{QUEUE}-dlq") == 1


def test_no_letters_text_is_shown(place: Scene) -> None:
    _bury(place, _body(minutes=30), _body(minutes=-1), f'{{"patient": "{PATIENT}"}}')
    for arguments in ([], ["--apply", "--yes", "--expired", "record"]):
        assert PATIENT not in place.run("redrive", QUEUE, "-r", REGION, *arguments).output


def test_no_more_than_asked_for_goes_back(place: Scene) -> None:
    _bury(place, *(_body(minutes=30, recipient=f"u-{n}") for n in range(5)))
    done = place.run("redrive", QUEUE, "-r", REGION, "--apply", "--yes", "--max", "2")
    assert done.exit_code == Exit.DONE, done.output
    assert (_lying(place, QUEUE), _lying(place, f"{QUEUE}-dlq")) == (2, 3)


def test_changes_of_the_directory_have_no_deadline(place: Scene) -> None:
    _bury(place, '{"kind": "user"}', queue="directory-changes")
    done = place.run("redrive", "directory-changes", "-r", REGION, "--apply", "--yes")
    assert done.exit_code == Exit.DONE, done.output
    assert place.bodies("statline-directory-changes") == ['{"kind": "user"}']


@pytest.mark.parametrize("name", ["push-urgent", "statline-push-urgent", "statline-push-urgent-dlq"])
def test_a_queue_is_known_by_all_its_names(place: Scene, name: str) -> None:
    assert "statline-push-urgent-dlq is empty" in place.run("redrive", name, "-r", REGION).output


def test_an_unknown_queue_is_answered_with_those_there_are(place: Scene) -> None:
    done = place.run("redrive", "push-urgnet", "-r", REGION)
    assert done.exit_code == Exit.INPUT
    assert "push-urgent" in done.output


def test_what_was_refused_is_not_sent_again(place: Scene) -> None:
    done = place.run("redrive", "quarantine", "-r", REGION)
    assert done.exit_code == Exit.INPUT
    assert "docs/runbooks/quarantine.md" in done.output


def test_without_a_queue_every_queue_is_counted(place: Scene) -> None:
    _bury(place, _body(minutes=30), queue="push-stat")
    done = place.run("redrive", "-r", REGION)
    assert done.exit_code == Exit.DONE, done.output
    (row,) = (line for line in done.output.splitlines() if "push-stat" in line)
    assert row.split() == ["push-stat", "1", "0"]


def test_a_region_without_the_queue_says_so(place: Scene) -> None:
    done = place.run("redrive", "voice-stat", "-r", REGION)
    assert done.exit_code == Exit.NO
    assert "statline-voice-stat-dlq" in done.output
