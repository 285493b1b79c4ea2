"""``statline rollcall``: what is sent, what is said of each person, and how it leaves."""

from datetime import UTC, datetime, timedelta

import pytest

from functions.core.adapters.state.acknowledgement_table import AcknowledgementTable
from functions.core.adapters.state.notification_table import NotificationTable
from functions.core.adapters.state.table import StateTable
from functions.core.domain.answers.acknowledgement import Acknowledgement
from functions.core.domain.delivering.record import Worker, first_claim
from functions.core.domain.delivering.states import State
from functions.core.domain.paging.roll_call import roll_call_of
from functions.core.domain.routing.plan import Plan
from functions.core.domain.routing.planning import plan_of
from functions.core.domain.routing.reading import read_notification
from functions.core.domain.routing.refusals import Reason, Refusal
from functions.core.services.route import read_snapshot
from statline.cli.exits import Exit
from statline.cli.rollcall import command as rollcall
from statline.cli.rollcall.search import TABLE
from statline.contract.notification import Notification
from statline.contract.words import Channel, Kind, Priority, Via
from tests.fakes.clock import FakeClock
from tests.fakes.directory import FakeDirectory
from tests.fakes.directory_changes import TENANT, a_device, a_phone, a_shift, a_team, a_user
from tests.unit.cli.scene import REGION, Scene

NOW = datetime(2026, 11, 22, 7, 15, 30, tzinfo=UTC)
FROM, UNTIL = NOW - timedelta(days=2), NOW + timedelta(hours=8)
ARGUMENTS = ("rollcall", "stroke", "--tenant", TENANT, "--region", REGION)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The command's clock. A pause takes no time but the clock's."""
    clock = FakeClock(NOW)
    monkeypatch.setattr(rollcall, "NOW", clock)
    monkeypatch.setattr(rollcall, "PAUSE", clock.advance)
    return clock


def route(scene: Scene, moment: datetime = NOW) -> Plan:
    """What the router does: u-1 has everything, u-2 no app and a phone that opted out, u-3 nothing."""
    people = [a_user(user) for user in ("u-1", "u-2", "u-3")]
    shifts = [a_shift(user, starts_at=FROM, ends_at=UNTIL) for user in ("u-1", "u-2", "u-3")]
    directory = FakeDirectory([a_team(), *people, *shifts, a_device("u-1"), a_phone("u-1"), a_phone("u-2")])
    message = roll_call_of(TENANT, "stroke", moment, moment)
    plan = plan_of(message, read_snapshot(directory, [message], moment), producer="ops", now=moment)
    NotificationTable(scene.dynamodb, TABLE).keep(plan)
    text = next(d for d in plan.deliveries if (d.key.recipient, d.key.channel) == ("u-2", Channel.SMS))
    claimed = first_claim(text, Worker("w", "sms", moment))
    states = StateTable(scene.dynamodb, TABLE)
    states.write([claimed])
    states.write([claimed.moved(State.FAILED, moment, reason="opted_out")])
    return plan


def accept(scene: Scene, plan: Plan, user: str) -> None:
    answers = AcknowledgementTable(scene.dynamodb, TABLE)
    answers.acknowledge(Acknowledgement(TENANT, plan.notification, f"person/{user}", user, Via.APP, NOW))


def test_it_sends_a_test_page_to_the_team(scene: Scene, clock: FakeClock) -> None:
    scene.deploy()

    result = scene.run(*ARGUMENTS, "--wait", "0")

    (body,) = scene.bodies("statline-ingress-urgent")
    sent = read_notification(body)
    assert isinstance(sent, Notification)
    assert (sent.kind, sent.sent_at) == (Kind.ROLL_CALL, clock())
    assert result.exit_code == Exit.DONE
    assert "--last" in result.stdout


def test_it_says_who_answered_who_did_not_and_who_cannot_be_reached(scene: Scene, clock: FakeClock) -> None:
    scene.deploy()
    accept(scene, route(scene), "u-1")

    result = scene.run(*ARGUMENTS, "--wait", "10")

    assert "1 of 3 acknowledged" in result.stdout
    assert "cannot be reached (2)" in result.stdout
    lines = result.stdout.splitlines()
    assert any("u-2" in line and "no device" in line and "opted out" in line for line in lines)
    assert any("u-3" in line and "no device" in line and "no phone" in line for line in lines)
    assert result.exit_code == Exit.NO
    assert clock() == NOW


def test_it_waits_for_answers_no_longer_than_it_was_told(scene: Scene, clock: FakeClock) -> None:
    scene.deploy()
    route(scene)

    result = scene.run(*ARGUMENTS, "--wait", "10")

    assert "no answer (1)" in result.stdout
    assert clock() - NOW == timedelta(seconds=10)


def test_an_answer_that_comes_meanwhile_is_said(
    scene: Scene, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.deploy()
    plan = route(scene)

    def answered_during(seconds: float) -> None:
        clock.advance(seconds)
        accept(scene, plan, "u-1")

    monkeypatch.setattr(rollcall, "PAUSE", answered_during)
    result = scene.run(*ARGUMENTS, "--wait", "60")

    assert "u-1: acknowledged" in result.stdout
    assert clock() - NOW < timedelta(seconds=60)


def test_a_team_that_nobody_could_be_called_of_is_told_with_the_reason(
    scene: Scene, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.deploy()

    def refuse(seconds: float) -> None:
        clock.advance(seconds)
        url = scene.sqs.get_queue_url(QueueName="statline-ingress-urgent")["QueueUrl"]
        for message in scene.sqs.receive_message(QueueUrl=url).get("Messages", []):
            refusal = Refusal(
                message_id=message["MessageId"],
                reason=Reason.NOBODY_REACHABLE,
                at=NOW,
                lane=Priority.URGENT,
                troubles=(("team:stroke", "nobody_on_shift"),),
            )
            NotificationTable(scene.dynamodb, TABLE).refuse([refusal])

    monkeypatch.setattr(rollcall, "PAUSE", refuse)
    result = scene.run(*ARGUMENTS, "--wait", "10")

    assert "Nobody of stroke was called" in result.stderr
    assert "team:stroke: nobody_on_shift" in result.stderr
    assert result.exit_code == Exit.NO


def test_the_newest_roll_call_of_a_day_is_found_without_sending_one(scene: Scene, clock: FakeClock) -> None:
    scene.deploy()
    route(scene, NOW - timedelta(hours=9))
    plan = route(scene, NOW - timedelta(hours=2))
    accept(scene, plan, "u-1")

    result = scene.run(*ARGUMENTS, "--last")

    assert plan.notification in result.stdout
    assert "1 of 3 acknowledged" in result.stdout
    assert scene.bodies("statline-ingress-urgent") == []


def test_a_team_without_a_roll_call_is_told_so(scene: Scene, clock: FakeClock) -> None:
    scene.deploy()
    route(scene, NOW - timedelta(hours=25))

    result = scene.run(*ARGUMENTS, "--last")

    assert "no roll call of stroke" in result.stderr
    assert result.exit_code == Exit.NO


def test_a_name_that_is_no_teams_is_refused_before_anything_is_sent(scene: Scene, clock: FakeClock) -> None:
    scene.deploy()

    result = scene.run("rollcall", "not a team", "--tenant", TENANT, "--region", REGION)

    assert result.exit_code == Exit.INPUT
    assert scene.bodies("statline-ingress-urgent") == []


def test_it_says_where_nothing_is_known_of_it_yet(scene: Scene, clock: FakeClock) -> None:
    scene.deploy()

    result = scene.run(*ARGUMENTS, "--wait", "4")

    assert "waits on its queue" in result.stderr
    assert result.exit_code == Exit.NO
