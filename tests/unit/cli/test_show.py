from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from functions.core.adapters.state.acknowledgement_table import AcknowledgementTable
from functions.core.adapters.state.ladder_table import LadderTable
from functions.core.adapters.state.notification_table import NotificationTable
from functions.core.adapters.state.table import StateTable
from functions.core.domain.answers.acknowledgement import Acknowledgement, StoodDown, Word
from functions.core.domain.delivering.delivery import (
    Delivery,
    DeliveryKey,
    Endpoint,
    Fallback,
    PushStyle,
    Screen,
    next_way,
    trace_of,
)
from functions.core.domain.delivering.record import Worker, first_claim
from functions.core.domain.delivering.states import State
from functions.core.domain.escalation.activation import Activation, LadderPlan, Rung
from functions.core.domain.escalation.ladder import Ladder
from functions.core.domain.escalation.step_name import step_id
from functions.core.domain.routing.plan import Plan, RecipientTrouble, Trouble
from functions.core.domain.routing.refusals import Fault, Reason, Refusal
from statline.cli.exits import Exit
from statline.cli.masking import masked
from statline.cli.notification.show import TABLE
from statline.contract.directory import ShiftTarget
from statline.contract.words import Answer, Channel, Kind, LadderState, Priority, Via
from tests.unit.cli.scene import REGION, Scene

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
SCREEN = Screen(title="Jane Doe", body="Potassium 6.9")
PHONE, TOKEN = "+14165550123", "secret-token-of-the-app-9f3e"


def _delivery(recipient: str) -> Delivery:
    return Delivery(
        key=DeliveryKey(
            tenant="northshore", notification="n-1", recipient=recipient, channel=Channel.PUSH, endpoint="d-1"
        ),
        priority=Priority.STAT,
        kind=Kind.CODE,
        address=TOKEN,
        screen=SCREEN,
        push=PushStyle(collapse_id="c"),
        fallbacks=(
            Fallback(endpoint=Endpoint(channel=Channel.SMS, id="mobile", address=PHONE), screen=SCREEN),
            Fallback(endpoint=Endpoint(channel=Channel.VOICE, id="desk", address=PHONE), screen=SCREEN),
        ),
        sent_at=NOW,
        routed_at=NOW,
        expires_at=NOW + timedelta(hours=1),
    )


def _keep(scene: Scene, *, rehearsed: bool = False) -> None:
    """Two people: one whose push failed and whose SMS went instead, one whose push still waits.

    rehearsed: whether the first one's push was.
    """
    first, second = _delivery("u-1").model_copy(update={"rehearsed": rehearsed}), _delivery("u-2")
    plan = Plan(
        tenant="northshore",
        notification="n-1",
        digest="0" * 32,
        producer="northshore-ehr",
        priority=Priority.STAT,
        kind=Kind.CODE,
        sent_at=NOW,
        routed_at=NOW,
        expires_at=NOW + timedelta(hours=1),
        deliveries=(first, second),
        troubles=(RecipientTrouble(recipient="user:u-9", trouble=Trouble.UNKNOWN_RECIPIENT),),
    )
    NotificationTable(scene.dynamodb, TABLE).keep(plan)
    states = StateTable(scene.dynamodb, TABLE)
    push = first_claim(first, Worker("w-1", "fcm", NOW))
    states.write([push])
    states.write([push.with_outcome("UNREGISTERED").moved(State.FAILED, NOW, reason="UNREGISTERED")])
    instead = next_way(first)
    assert instead is not None
    sms = first_claim(instead, Worker("w-2", "sms", NOW))
    states.write([sms])
    states.write([sms.with_outcome("accepted", "m-77").moved(State.ACCEPTED, NOW)])


def test_a_notification_is_shown_with_every_delivery_and_attempt(scene: Scene) -> None:
    scene.deploy()
    _keep(scene)
    result = scene.run("show", "n-1", "--tenant", "northshore", "-r", REGION)
    assert result.exit_code == Exit.DONE, result.stderr
    assert "northshore n-1: code, stat, from northshore-ehr" in result.stdout
    assert "user:u-9: unknown_recipient" in result.stdout
    assert f"trace {trace_of('northshore', 'n-1')}" in result.stdout
    assert "FAILED (UNREGISTERED)" in result.stdout
    assert "ACCEPTED" in result.stdout
    assert "attempt 1 2026-11-22 10:00:00.000Z sms accepted m-77" in result.stdout
    assert "queued" in result.stdout


def test_a_way_that_was_not_taken_is_not_shown(scene: Scene) -> None:
    scene.deploy()
    _keep(scene)
    assert "voice" not in scene.run("show", "n-1", "-t", "northshore", "-r", REGION).stdout


def test_neither_address_nor_content_is_shown(scene: Scene) -> None:
    scene.deploy()
    _keep(scene)
    said = scene.run("show", "n-1", "-t", "northshore", "-r", REGION).stdout
    assert "...0123" in said
    for secret in (PHONE, TOKEN, "Jane", "Potassium"):
        assert secret not in said


def test_a_refused_message_is_found_by_its_message_id(scene: Scene) -> None:
    scene.deploy()
    refusal = Refusal(
        message_id="5f0c-77",
        reason=Reason.INVALID,
        at=NOW,
        lane="routine",
        producer="northshore-ehr",
        tenant="northshore",
        notification="n-2",
        faults=(Fault("priority", "must be one of"),),
    )
    NotificationTable(scene.dynamodb, TABLE).refuse([refusal])
    result = scene.run("show", "5f0c-77", "-r", REGION)
    assert result.exit_code == Exit.DONE
    assert "refused 2026-11-22 10:00:00.000Z (invalid)" in result.stdout
    assert "priority: must be one of" in result.stdout


def test_an_unknown_id_is_said_to_be_unknown(scene: Scene) -> None:
    scene.deploy()
    result = scene.run("show", "n-404", "-t", "northshore", "-r", REGION)
    assert result.exit_code == Exit.NO
    assert "ca-central-1 knows no notification n-404 of northshore" in result.stderr


def test_without_a_table_it_says_what_aws_said(scene: Scene) -> None:
    result = scene.run("show", "n-1", "-t", "northshore", "-r", REGION)
    assert result.exit_code == Exit.AWS
    assert "ResourceNotFoundException" in result.stderr


@pytest.mark.parametrize(("address", "shown"), [(PHONE, "...0123"), ("12345678", "..."), ("", "...")])
def test_an_address_shows_its_end_only(address: str, shown: str) -> None:
    assert masked(address) == shown


def test_a_rehearsed_delivery_is_told_from_one_that_reaches_somebody(scene: Scene) -> None:
    scene.deploy()
    _keep(scene, rehearsed=True)
    said = scene.run("show", "n-1", "-t", "northshore", "-r", REGION).stdout
    told = {line.split()[0]: "reaches nobody" in line for line in said.splitlines() if "push" in line.split()[1:2]}
    assert told == {"u-1": True, "u-2": False}


def _keep_activation(scene: Scene) -> Plan:
    """Two roles: one has a step that was fired, the other nobody on shift and no step left."""
    rung = Rung(round=1, step=1, who=(ShiftTarget(type="shift"),), channels=(Channel.VOICE,), wait=60)
    ladders = (
        LadderPlan(role="leader", people=("u-1", "u-2"), rungs=(rung, rung.model_copy(update={"step": 2}))),
        LadderPlan(role="airway", rungs=(rung,)),
    )
    first = _delivery("u-1").model_copy(update={"roles": ("leader",)})
    plan = Plan(
        tenant="northshore",
        notification="n-1",
        digest="0" * 32,
        producer="northshore-ehr",
        priority=Priority.STAT,
        kind=Kind.CODE,
        sent_at=NOW,
        routed_at=NOW,
        expires_at=NOW + timedelta(hours=1),
        deliveries=(first,),
        activation=Activation(code="7Q4", ladders=ladders),
    )
    step = step_id("n-1", ladders[0].name(1))
    again = first.model_copy(update={"key": first.key.model_copy(update={"notification": step})})
    notifications = NotificationTable(scene.dynamodb, TABLE)
    notifications.keep(plan)
    notifications.keep(plan.model_copy(update={"notification": step, "deliveries": (again,), "activation": None}))
    climbed = Ladder(
        tenant="northshore",
        activation="n-1",
        role="leader",
        state=LadderState.CLIMBING,
        revision=1,
        at=1,
        opened_at=NOW,
        due_at=datetime.now(UTC) + timedelta(hours=1),
        wake_at=NOW,
        changed_at=NOW,
        expires_at=NOW + timedelta(hours=1),
    )
    table = LadderTable(scene.dynamodb, TABLE)
    table.write(climbed)
    table.write(replace(climbed, role="airway", state=LadderState.EXHAUSTED))
    return plan


def test_an_activation_says_which_roles_are_open_and_lists_the_deliveries_of_its_steps(scene: Scene) -> None:
    scene.deploy()
    _keep_activation(scene)

    said = scene.run("show", "n-1", "--tenant", "northshore", "--region", REGION).stdout

    assert "answer with the code 7Q4" in said
    assert "role leader: OPEN, 2 paged at first, step 1 of 2, the next one in" in said
    assert "role airway: NOBODY IS COMING: all steps are climbed" in said
    assert "step leader~1~1" in said


def test_an_activation_says_who_is_coming_and_who_is_not(scene: Scene) -> None:
    scene.deploy()
    _keep_activation(scene)
    answers = AcknowledgementTable(scene.dynamodb, TABLE)
    answers.acknowledge(Acknowledgement("northshore", "n-1", "leader", "u-2", Via.KEY, NOW))
    answers.note(Word("northshore", "n-1", "u-2", ("leader",), Answer.ACCEPT, Via.KEY, NOW))
    answers.note(Word("northshore", "n-1", "u-1", ("leader",), Answer.DECLINE, Via.SMS, NOW + timedelta(seconds=2)))

    said = scene.run("show", "n-1", "--tenant", "northshore", "--region", REGION).stdout

    assert "role leader: covered by u-2 (key, 10:00:00Z)" in said
    assert said.index("u-2 is coming (key, 10:00:00Z)") < said.index("u-1 declined (sms, 10:00:02Z)")


def test_an_activation_that_was_called_off_says_by_whom(scene: Scene) -> None:
    scene.deploy()
    _keep_activation(scene)
    AcknowledgementTable(scene.dynamodb, TABLE).stand_down(StoodDown("northshore", "n-1", "northshore-ehr", NOW))

    said = scene.run("show", "n-1", "--tenant", "northshore", "--region", REGION).stdout

    assert "stood down by northshore-ehr 10:00:00Z" in said
