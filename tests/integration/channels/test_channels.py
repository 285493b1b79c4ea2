"""The channels' handlers from SQS's event to the phone: moto for AWS, the sandbox for the providers."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from functions.core.adapters.telemetry.logs import ALLOWED
from functions.core.domain.delivering.delivery import Screen, digest
from functions.core.domain.delivering.states import State
from functions.core.domain.errors import StoreUnavailableError
from functions.push import handler as push
from functions.sms import handler as sms
from functions.voice import handler as voice
from local.sandbox.modes import Mode
from statline.contract.words import Channel, Priority
from tests.fakes.deliveries import a_delivery, a_fallback
from tests.integration.channels.region import STATE, Region, deliveries_of, stored_event, words_of

Handler = Callable[[dict[str, Any], Any], Any]
HANDLERS: Mapping[Channel, Handler] = {
    Channel.PUSH: push.handle,
    Channel.SMS: sms.handle,
    Channel.VOICE: voice.handle,
}
PROVIDERS: Mapping[Channel, Any] = {Channel.PUSH: "fcm", Channel.SMS: "sms", Channel.VOICE: "connect"}
STORED = ["push-routine", "push-stat", "sms-urgent", "voice-stat"]


def handle(region: Region, event: dict[str, Any], channel: Channel) -> list[str]:
    """Hand an event to its channel's function; answers the ids of the messages that stay."""
    answer = HANDLERS[channel](event, region.context())
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


@pytest.mark.parametrize("name", STORED)
def test_a_batch_of_an_earlier_deployment_reaches_its_phones(region: Region, name: str) -> None:
    event = stored_event(name)
    batch = deliveries_of(event)

    assert handle(region, event, batch[0].key.channel) == []

    for delivery in batch:
        (arrived,) = region.sandbox.phone(delivery.address).received
        assert (arrived.channel, words_of(arrived)) == (delivery.key.channel.value, delivery.screen.body)
        assert arrived.message_id == delivery.key.id
        record = region.records()[delivery.key.id]
        assert record.state is State.ACCEPTED
        assert [attempt.provider_id for attempt in record.attempts] == [arrived.provider_id]


@pytest.mark.parametrize("name", STORED)
def test_a_batch_that_comes_twice_reaches_its_phones_once(region: Region, name: str) -> None:
    event = stored_event(name)
    channel = deliveries_of(event)[0].key.channel

    handle(region, event, channel)
    assert handle(region, event, channel) == []

    assert [call.rang for call in region.sandbox.calls() if call.provider != "token"] == [True] * len(event["Records"])


@pytest.mark.parametrize("channel", Channel)
def test_what_the_provider_cannot_take_now_stays_hidden_on_its_queue(region: Region, channel: Channel) -> None:
    throttled = a_delivery(channel, Priority.URGENT)
    region.put(throttled)
    region.sandbox.set_modes(Mode(provider=PROVIDERS[channel], mode="throttled"))
    event = region.batch(channel, Priority.URGENT)

    assert handle(region, event, channel) == [record["messageId"] for record in event["Records"]]

    assert region.records()[throttled.key.id].state is State.RETRYING
    assert region.batch(channel, Priority.URGENT) == {"Records": []}


def test_a_message_that_cannot_be_read_stays_and_its_neighbours_go(region: Region) -> None:
    event = stored_event("sms-urgent")
    event["Records"][0]["body"] = "{}"

    assert handle(region, event, Channel.SMS) == [event["Records"][0]["messageId"]]

    assert len(region.records()) == 1


def test_a_token_that_fcm_calls_dead_is_reported_to_the_directory(region: Region) -> None:
    delivery = a_delivery(address="dead:APA91b-token")
    region.sandbox.set_identities(unregistered_tokens=[delivery.address])
    region.put(delivery)

    assert handle(region, region.batch(Channel.PUSH, Priority.ROUTINE), Channel.PUSH) == []

    record = region.records()[delivery.key.id]
    assert (record.state, record.reason) == (State.FAILED, "unregistered")
    (report,) = map(json.loads, region.bodies(region.directory_changes))
    assert (report["tenant"], report["user"], report["device"]) == ("northshore", "u-17", "e-1")
    assert report["token_digest"] == digest(delivery.address)


def test_a_stat_that_no_push_can_bring_is_brought_by_a_call(region: Region) -> None:
    stat = a_delivery(Channel.PUSH, Priority.STAT, address="dead:APA91b-token", fallbacks=(a_fallback(Channel.VOICE),))
    region.sandbox.set_identities(unregistered_tokens=[stat.address])
    region.put(stat)

    handle(region, region.batch(Channel.PUSH, Priority.STAT), Channel.PUSH)
    assert handle(region, region.batch(Channel.VOICE, Priority.STAT), Channel.VOICE) == []

    (rang,) = region.sandbox.phone("+14165550188").received
    assert (rang.channel, words_of(rang)) == ("voice", "Call back.")
    assert sorted(record.state for record in region.records().values()) == [State.ACCEPTED, State.FAILED]


def test_a_call_whose_answer_was_lost_is_asked_for_again_and_rings_once(region: Region) -> None:
    call = a_delivery(Channel.VOICE, Priority.STAT)
    region.put(call)
    event = region.batch(Channel.VOICE, Priority.STAT)
    region.sandbox.set_modes(Mode(provider="connect", mode="dropped_after", times=1))

    assert handle(region, event, Channel.VOICE) == [event["Records"][0]["messageId"]]
    assert region.records()[call.key.id].state is State.UNKNOWN
    assert handle(region, event, Channel.VOICE) == []

    assert region.records()[call.key.id].state is State.ACCEPTED
    assert [made.rang for made in region.sandbox.calls()] == [True, False]


def test_without_its_state_table_a_function_calls_nobody(region: Region) -> None:
    region.dynamodb.delete_table(TableName=STATE)
    with pytest.raises(StoreUnavailableError):
        handle(region, stored_event("sms-urgent"), Channel.SMS)
    assert region.sandbox.calls() == []


PLANTED = Screen(title="Zephyrine Quillfeather", body="Potassium 6.9, MRN-QX4711")


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("mode", [None, "throttled", "error500", "dropped_before"])
def test_no_log_holds_a_name_a_text_or_an_address(region: Region, channel: Channel, mode: Any) -> None:
    """A tenant's policy may let a text about a patient onto a channel; it lets none into a log."""
    if mode:
        region.sandbox.set_modes(Mode(provider=PROVIDERS[channel], mode=mode))
    region.put(a_delivery(channel, screen=PLANTED, notification="Zephyrine-1"))

    handle(region, region.batch(channel, Priority.ROUTINE), channel)

    (line,) = map(json.loads, region.log.getvalue().splitlines())
    assert line["channel"] == channel.value
    assert set(line) <= ALLOWED | {"level", "location", "message", "timestamp", "service"}
    for planted in ("Zephyrine", "Quillfeather", "Potassium", "QX4711", "token-of-e-1", "5550123", "u-17"):
        assert planted not in region.log.getvalue()
