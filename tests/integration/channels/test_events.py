"""The events function on moto: the rows that the channels really wrote, from the table's stream onto the bus."""

import json
from typing import Any

import boto3

from functions.events import handler
from functions.push import handler as push
from local.sandbox.modes import Mode
from statline.contract.events import DeliveryStateChanged
from tests.contract.tables import REGION
from tests.integration.channels.region import BUS, Region, deliveries_of, stored_event
from tests.unit.events.words import assert_keeps_to_its_schema


def states_told(entries: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The states that the bus was told of, by delivery."""
    told: dict[str, list[str]] = {}
    for entry in entries:
        event = DeliveryStateChanged.model_validate_json(entry["Detail"])
        assert_keeps_to_its_schema(event)
        told.setdefault(event.delivery, []).append(event.state.value)
    return told


def test_producers_are_told_of_every_step_that_a_channel_took(region: Region) -> None:
    event = stored_event("push-routine")
    first, *others = deliveries_of(event)
    region.sandbox.set_modes(Mode(provider="fcm", mode="throttled", match={"destination_prefix": first.address}))
    push.handle(event, region.context())

    assert handler.handle({"Records": region.stream()}, None) == {"batchItemFailures": []}

    told = states_told(region.told.entries)
    assert told.pop(first.key.id) == ["SENDING", "RETRYING"]
    assert told == {delivery.key.id: ["SENDING", "ACCEPTED"] for delivery in others}
    assert {(entry["EventBusName"], entry["Source"]) for entry in region.told.entries} == {(BUS, "statline")}


def test_no_event_holds_an_address_or_a_text(region: Region) -> None:
    event = stored_event("push-stat")
    push.handle(event, region.context())

    handler.handle({"Records": region.stream()}, None)

    told = json.dumps([entry["Detail"] for entry in region.told.entries])
    assert told
    for delivery in deliveries_of(event):
        assert delivery.address not in told
        assert delivery.screen.body not in told


def test_while_the_bus_takes_nothing_the_batch_is_tried_again_from_its_first_row(region: Region) -> None:
    push.handle(stored_event("push-routine"), region.context())
    boto3.client("events", region_name=REGION).delete_event_bus(Name=BUS)
    rows = region.stream()

    answer = handler.handle({"Records": rows}, None)

    assert answer == {"batchItemFailures": [{"itemIdentifier": rows[0]["dynamodb"]["SequenceNumber"]}]}
