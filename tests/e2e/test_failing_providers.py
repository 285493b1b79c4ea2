"""What becomes of a delivery when its provider fails: the sandbox fails as told, the phones tell the rest."""

from typing import Any

from local.sandbox.client import SandboxClient
from local.sandbox.modes import Match, Mode, ModeName
from local.sandbox.records import ProviderName
from statline.contract.words import Channel, DeliveryState, Priority
from tests.e2e.cast import DEAD_LETTER, LOST, SIGNED_OFF, THROTTLED, phone_of, token_of
from tests.e2e.phones import arrivals_of, calls_to
from tests.e2e.region import Region, give_back
from tests.e2e.waiting import SOON, await_value

PUSH, SMS, VOICE = Channel.PUSH, Channel.SMS, Channel.VOICE
SENDING, RETRYING, UNKNOWN = DeliveryState.SENDING, DeliveryState.RETRYING, DeliveryState.UNKNOWN
ACCEPTED, FAILED = DeliveryState.ACCEPTED, DeliveryState.FAILED


def once(provider: ProviderName, mode: ModeName, address: str) -> Mode:
    return Mode(provider=provider, mode=mode, match=Match(destination_prefix=address), times=1, retry_after=1)


def test_a_throttled_text_is_sent_a_little_later(home: Region, misbehaving: SandboxClient) -> None:
    phone = phone_of(home.tenant, THROTTLED)
    misbehaving.set_modes(once("sms", "throttled", phone))
    message = home.message(priority=Priority.URGENT, to=[THROTTLED], channels=[SMS])

    home.send(message, Priority.URGENT)

    assert home.bus.await_end(message["id"], SMS) == {SMS: [SENDING, RETRYING, SENDING, ACCEPTED]}
    assert [call.rang for call in calls_to(misbehaving, phone)] == [False, True]


def test_a_push_with_a_lost_answer_is_unknown_and_then_sent_under_the_same_id(
    home: Region, misbehaving: SandboxClient
) -> None:
    token = token_of(home.tenant, LOST)
    misbehaving.set_modes(once("fcm", "error503", token))
    message = home.message(priority=Priority.URGENT, to=[LOST], channels=[PUSH])

    home.send(message, Priority.URGENT)

    assert home.bus.await_end(message["id"], PUSH) == {PUSH: [SENDING, UNKNOWN, SENDING, ACCEPTED]}
    calls = calls_to(misbehaving, token)
    assert len(calls) == 2
    assert len({call.message_id for call in calls}) == 1


def test_a_stat_whose_device_is_gone_goes_another_way_and_the_device_leaves_the_directory(
    home: Region, misbehaving: SandboxClient
) -> None:
    token, phone = token_of(home.tenant, SIGNED_OFF), phone_of(home.tenant, SIGNED_OFF)
    misbehaving.set_modes(Mode(provider="fcm", mode="unregistered", match=Match(destination_prefix=token)))
    message = home.message(priority=Priority.STAT, to=[SIGNED_OFF])

    home.send(message, Priority.STAT)

    ended = home.bus.await_end(message["id"], PUSH, SMS, VOICE)
    assert ended == {PUSH: [SENDING, FAILED], SMS: [SENDING, ACCEPTED], VOICE: [SENDING, ACCEPTED]}
    assert {(each.channel, each.phone) for each in arrivals_of(misbehaving, message["id"], 2)} == {
        ("sms", phone),
        ("voice", phone),
    }
    await_value(lambda: without_device(home, SIGNED_OFF), SOON, "the device's end in the directory")


def without_device(region: Region, user: str) -> bool:
    """Whether the next message to the user plans no push."""
    message = region.message(priority=Priority.ROUTINE, to=[user], channels=[PUSH, SMS])
    region.send(message, Priority.ROUTINE)
    routed = region.bus.wait(lambda: region.bus.routed(message["id"]), SOON, "the routing")
    return routed.deliveries == {SMS: 1}


def test_a_dead_stat_letter_goes_another_way_and_is_told_and_kept(home: Region, sandbox: SandboxClient) -> None:
    message = home.message(priority=Priority.STAT, to=[DEAD_LETTER])
    with home.without_consumer("push-stat"):
        home.send(message, Priority.STAT)
        letter = take(home, "push-stat", message["id"])
    home.client("sqs").send_message(QueueUrl=home.queue("push-stat-dlq"), MessageBody=letter)

    ended = home.bus.await_end(message["id"], PUSH, SMS, VOICE)
    assert ended == {PUSH: [FAILED], SMS: [SENDING, ACCEPTED], VOICE: [SENDING, ACCEPTED]}
    (dead,) = [event for event in home.bus.states_of(message["id"]) if event.channel is PUSH]
    assert dead.reason == "dead_letter"
    assert {each.channel for each in arrivals_of(sandbox, message["id"], 2)} == {"sms", "voice"}
    await_value(lambda: letter in home.quarantined(), SOON, "the letter in quarantine")


def take(region: Region, queue: str, notification: str) -> str:
    """Take a notification's delivery from a queue, as if no function ever could; return its body.

    What else is there (canaries) goes back at once: it would be late, and an alarm would speak for minutes.
    """
    sqs, url = region.client("sqs"), region.queue(queue)

    def taken() -> str | None:
        answer: dict[str, Any] = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1, MaxNumberOfMessages=10)
        found = {notification in message["Body"]: message for message in answer.get("Messages", [])}
        for message in answer.get("Messages", []):
            if notification not in message["Body"]:
                give_back(sqs, url, message)
        if True not in found:
            return None
        sqs.delete_message(QueueUrl=url, ReceiptHandle=found[True]["ReceiptHandle"])
        return str(found[True]["Body"])

    return await_value(taken, SOON, f"the delivery in {queue}")
