"""The whole function over DynamoDB and SQS as moto has them: a code is opened, climbed, answered and swept."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from functions.core.adapters.aws import clients
from functions.core.adapters.directory.writer import DirectoryTableWriter
from functions.core.adapters.queues.escalation_queue import body_of, read_look
from functions.core.adapters.state.acknowledgement_table import AcknowledgementTable
from functions.core.adapters.state.ladder_table import LadderTable
from functions.core.adapters.state.notification_table import NotificationTable
from functions.core.adapters.state.table import StateTable
from functions.core.domain.answers.acknowledgement import Acknowledgement
from functions.core.domain.delivering.states import State
from functions.core.domain.escalation.ladder import Ladder, Look
from functions.core.domain.routing.plan import Plan
from functions.escalation.handler import handle
from functions.escalation.settings import EscalationSettings
from functions.escalation.wiring import wire
from statline.contract.words import Channel, LadderState, Priority, Via
from tests.contract.tables import REGION, a_table
from tests.fakes.activations import BACKUP, LEAD, an_activation, stroke_team
from tests.fakes.directory_changes import a_step, an_escalation_policy

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

TABLE = "statline"
"""Both tables' rows lie in one here: their keys do not meet."""
POLICY = an_escalation_policy("climb", a_step("backup", wait=15), first_wait=15)


@dataclass
class House:
    """The function's surroundings, and a code that was routed three minutes ago."""

    tables: "DynamoDBClient"
    sqs: "SQSClient"
    url: str
    plan: Plan

    def ladder(self, role: str = "lead") -> Ladder:
        return next(each for each in self.ladders() if each.role == role)

    def ladders(self) -> list[Ladder]:
        return LadderTable(self.tables, TABLE).of(self.plan.tenant, self.plan.notification)

    def messages(self, queue: str) -> list[str]:
        answer = self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        return [message["Body"] for message in answer.get("Messages", [])]


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with a_table(TABLE) as tables:
        sqs = boto3.client("sqs", region_name=REGION)
        queues = {
            channel: {lane: sqs.create_queue(QueueName=f"{channel}-{lane}")["QueueUrl"] for lane in Priority}
            for channel in Channel
        }
        url = sqs.create_queue(QueueName="escalation")["QueueUrl"]
        settings = EscalationSettings(
            state_table=TABLE, directory_table=TABLE, escalation_queue=url, channel_queues=queues
        )
        for name, value in settings.to_environment().items():
            monkeypatch.setenv(name, value)
        writer = DirectoryTableWriter(tables, TABLE)
        now = datetime.now(UTC).replace(microsecond=0)
        hours = {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(hours=1)}
        for change in (POLICY, *stroke_team()):
            is_shift = change.kind == "shift"
            writer.apply(change.model_copy(update=hours) if is_shift else change)
        routed_at = now - timedelta(minutes=3)
        plan = an_activation([POLICY], policy="climb").model_copy(
            update={"routed_at": routed_at, "expires_at": now + timedelta(hours=1)}
        )
        NotificationTable(tables, TABLE).keep(plan)
        clients._session.cache_clear()
        wire.cache_clear()
        yield House(tables, sqs, url, plan)
        wire.cache_clear()
        clients._session.cache_clear()


def records(*looks: Look) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": f"m-{number}",
                "receiptHandle": f"r-{number}",
                "body": body_of(look),
                "attributes": {"ApproximateReceiveCount": "1"},
            }
            for number, look in enumerate(looks)
        ]
    }


def test_a_code_climbs_and_falls_silent_over_the_real_adapters(house: House) -> None:
    plan = house.plan
    look = Look(plan.tenant, plan.notification)
    assert handle(records(look), None) == {"batchItemFailures": []}
    assert house.ladder().at == 1
    step = NotificationTable(house.tables, TABLE).find(plan.tenant, f"{plan.notification}~lead~1~1")
    assert step is not None
    assert {delivery.key.recipient for delivery in step.deliveries} == {BACKUP}
    sent = house.messages(house.sqs.get_queue_url(QueueName="voice-stat")["QueueUrl"])
    assert any(step.notification in body for body in sent)

    accepted = Acknowledgement(plan.tenant, plan.notification, "lead", LEAD, Via.APP, datetime.now(UTC))
    AcknowledgementTable(house.tables, TABLE).acknowledge(accepted)
    handle(records(look), None)
    assert house.ladder().state is LadderState.ACKNOWLEDGED
    found = StateTable(house.tables, TABLE).read([delivery.key for delivery in step.deliveries])
    assert {record.state if record else None for record in found} == {State.CANCELLED}


def test_the_minutes_event_finds_a_ladder_whose_timer_was_lost(house: House) -> None:
    handle(records(Look(house.plan.tenant, house.plan.notification)), None)
    ladder = house.ladder()
    past = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=30)
    overdue = replace(ladder, revision=ladder.revision + 1, wake_at=past)
    LadderTable(house.tables, TABLE).write(overdue)
    handle({"source": "aws.events"}, None)
    looks = [read_look(body) for body in house.messages(house.url)]
    assert Look(house.plan.tenant, house.plan.notification) in looks
