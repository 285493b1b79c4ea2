"""The dead-letter function on moto: a stat's letters, from their queues to another way and to the producer."""

import json
from typing import Any

from functions.core.adapters.state.notification_items import refusal_in
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.states import State
from functions.core.domain.routing.refusals import Reason
from functions.dead_letters import handler
from functions.events import handler as events
from functions.push import handler as push
from statline.contract.words import Channel, Priority
from tests.fakes.messages import a_body
from tests.integration.channels.region import STATE, Region, deliveries_of, stored_event


def dead(name: str) -> dict[str, Any]:
    """A stored batch as it comes from the dead-letter queue behind its queue."""
    event = stored_event(name)
    for record in event["Records"]:
        record["eventSourceARN"] += "-dlq"
    return event


def a_dead_message(body: str) -> dict[str, Any]:
    arn = "arn:aws:sqs:ca-central-1:123456789012:statline-ingress-stat-dlq"
    return {"Records": [{"messageId": "m-1", "receiptHandle": "h", "body": body, "eventSourceARN": arn}]}


def test_a_dead_stat_goes_another_way_and_its_producer_is_told(region: Region) -> None:
    event = dead("push-stat")
    leader, nurse = deliveries_of(event)

    assert handler.handle(event, None) == {"batchItemFailures": []}

    (way,) = [Delivery.model_validate_json(body) for body in region.bodies(region.queues[Channel.SMS][Priority.STAT])]
    assert (way.key.recipient, way.address) == (leader.key.recipient, "+14165550131")
    assert {record.state for record in region.records().values()} == {State.FAILED}
    assert region.bodies(region.quarantine) == [record["body"] for record in event["Records"]]
    events.handle({"Records": region.stream()}, None)
    told = [json.loads(entry["Detail"]) for entry in region.told.entries]
    assert [(each["delivery"], each["state"], each["reason"]) for each in told] == [
        (leader.key.id, "FAILED", "dead_letter"),
        (nurse.key.id, "FAILED", "dead_letter"),
    ]


def test_a_letter_of_a_delivery_that_was_accepted_is_only_removed(region: Region) -> None:
    push.handle(stored_event("push-stat"), region.context())

    assert handler.handle(dead("push-stat"), None) == {"batchItemFailures": []}

    assert {record.state for record in region.records().values()} == {State.ACCEPTED}
    assert region.bodies(region.quarantine) == []
    assert region.bodies(region.queues[Channel.SMS][Priority.STAT]) == []


def test_a_message_that_the_router_could_not_process_is_answered_and_kept(region: Region) -> None:
    body = a_body(priority="stat")

    assert handler.handle(a_dead_message(body), None) == {"batchItemFailures": []}

    assert region.bodies(region.quarantine) == [body]
    (row,) = region.rows()
    refusal = refusal_in(row)
    assert (refusal.reason, refusal.notification, refusal.message_id) == (Reason.DEAD_LETTER, "n-1", "m-1")


def test_while_the_quarantine_is_away_every_letter_stays(region: Region) -> None:
    region.sqs.delete_queue(QueueUrl=region.quarantine)
    event = dead("push-stat")

    answer = handler.handle(event, None)

    staying = [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
    assert staying == [record["messageId"] for record in event["Records"]]
    assert region.records() == {}


def test_while_the_state_table_is_away_every_letter_stays(region: Region) -> None:
    region.dynamodb.delete_table(TableName=STATE)
    event = dead("voice-stat")
    event["Records"].append(a_dead_message(a_body(priority="stat"))["Records"][0])
    assert len(handler.handle(event, None)["batchItemFailures"]) == 3


def test_the_log_of_a_dead_letter_quotes_nothing_of_it(region: Region) -> None:
    event = dead("voice-stat")
    event["Records"][1]["body"] = '{"patient": "Zephyrine Quillfeather"}'
    message = a_dead_message(a_body(priority="stat", content={"title": "Zephyrine", "body": "Quillfeather"}))

    handler.handle({"Records": event["Records"] + message["Records"]}, None)

    written = region.log.getvalue()
    assert written.count("dead letter") == 3
    for planted in ("Zephyrine", "Quillfeather", "5550131", "dr-abara", "northshore"):
        assert planted not in written
