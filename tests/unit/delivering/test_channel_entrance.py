"""Where a channel's batches come in: verdicts become SQS's partial answer, and the log says ids and codes only."""

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from functions.core.adapters.channel.entrance import BatchAnswer, ChannelEntrance, read_delivery
from functions.core.adapters.channel.log import DeliveryLog
from functions.core.adapters.channel.metrics import DeliveryMetrics
from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics
from functions.core.adapters.telemetry.logs import ALLOWED, Log
from functions.core.domain.delivering.delivery import Delivery, Endpoint, Fallback, Screen
from functions.core.domain.delivering.outcomes import NeverRetry, RetryLater, Unknown
from functions.core.domain.delivering.record import first_record
from functions.core.domain.delivering.states import State
from functions.core.domain.errors import MalformedDeliveryError, StoreUnavailableError
from functions.core.domain.routing.lanes import OUTAGE_PAUSE, PROMPT_RECEIVES
from statline.contract.words import Channel, Priority
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery
from tests.fakes.queues import FakeInbox
from tests.unit.delivering.ward import OVER, Ward

PLANTED = "Zephyrine Quillfeather MRN-QX4711"
NUMBER = "+14165550188"
LOGGERS_OWN = {"level", "location", "message", "timestamp", "service", "sampling_rate"}


@dataclass
class Door:
    """A channel's entrance into a ward, with its queues' inboxes and its log."""

    ward: Ward
    written: io.StringIO
    inboxes: dict[Priority, FakeInbox] = field(default_factory=lambda: {lane: FakeInbox() for lane in Priority})

    receives: int = 1

    def __call__(self, *bodies: str | Delivery) -> BatchAnswer:
        ward = self.ward
        entrance = ChannelEntrance(
            deliver=ward.use_case(),
            inboxes=self.inboxes.__getitem__,
            log=DeliveryLog(Log("entrance-under-test")),
            metrics=DeliveryMetrics(EmbeddedMetrics("ca-central-1", write=lambda _: None), Channel.PUSH),
        )
        records = [a_record(number, body, self.receives) for number, body in enumerate(bodies)]
        return entrance(records, "worker-1")

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.written.getvalue().splitlines()]


def a_record(number: int, body: str | Delivery, receives: int) -> dict[str, Any]:
    text = body if isinstance(body, str) else body.model_dump_json(exclude_defaults=True)
    attributes = {"ApproximateReceiveCount": str(receives)}
    return {"messageId": f"m-{number}", "receiptHandle": f"handle-{number}", "body": text, "attributes": attributes}


def staying(*numbers: int) -> BatchAnswer:
    return {"batchItemFailures": [{"itemIdentifier": f"m-{number}"} for number in numbers]}


@pytest.fixture
def door(ward: Ward) -> Iterator[Door]:
    Log("entrance-under-test")  # the first one makes the handler
    (handler,) = logging.getLogger("entrance-under-test").handlers
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    before = handler.setStream(written)
    yield Door(ward, written)
    handler.setStream(before)


def test_what_is_done_is_deleted_and_what_is_not_stays_hidden_until_it_is_due(door: Door) -> None:
    accepted, throttled = a_delivery(recipient="u-1"), a_delivery(recipient="u-2", address="busy")
    door.ward.provider.answer(RetryLater("throttled"), address="busy")

    assert door(accepted, throttled) == staying(1)
    assert door.inboxes[Priority.ROUTINE].hidden == {"handle-1": 5.0}


def test_an_empty_batch_is_answered_with_nothing(door: Door) -> None:
    assert door() == staying()


@pytest.mark.parametrize("lane", Priority)
def test_a_message_is_hidden_on_the_queue_of_its_lane(door: Door, lane: Priority) -> None:
    door.ward.provider.answer(RetryLater("throttled"))

    door(a_delivery(priority=lane))

    assert [len(door.inboxes[other].hidden) for other in Priority] == [int(other is lane) for other in Priority]


def test_two_copies_in_one_batch_keep_their_own_handles(door: Door) -> None:
    assert door(a_delivery(), a_delivery()) == staying(0)
    assert door.inboxes[Priority.ROUTINE].hidden == {"handle-0": OVER}


def test_a_message_that_is_due_at_once_is_hidden_for_no_time(door: Door) -> None:
    advanced: list[object] = []

    def the_table_is_slow(record: object) -> None:
        if not advanced:
            advanced.append(record)
            door.ward.clock.advance(6)

    door.ward.states.before_write = the_table_is_slow

    assert door(a_delivery()) == staying(0)
    assert door.inboxes[Priority.ROUTINE].hidden == {"handle-0": 0.0}


UNREADABLE = [
    "",
    "not json",
    "[]",
    "{}",
    '{"version": 2}',
    a_delivery().model_dump_json().replace('"version":1', '"version":9'),
    a_delivery().model_dump_json().replace('"address"', f'"{PLANTED}"'),
    a_delivery().model_dump_json().replace("routine", "whenever"),
]


@pytest.mark.parametrize("body", UNREADABLE)
def test_an_unreadable_body_stays_on_its_queue_and_its_neighbours_go(door: Door, body: str) -> None:
    """A newer version of ours may have written it; its visibility time-out is left as it is."""
    well = a_delivery()

    assert door(body, well) == staying(0)

    assert door.ward.provider.calls == [well]
    assert door.inboxes[Priority.ROUTINE].hidden == {}
    assert [line["message_id"] for line in door.lines() if line["message"] == "unreadable delivery"] == ["m-0"]
    assert "Zephyrine" not in door.written.getvalue()


def test_what_a_newer_router_adds_to_a_delivery_is_passed_over_at_every_depth() -> None:
    """While a deployment shifts, a newer router writes for an older channel function."""
    delivery = a_delivery(fallbacks=(planted("u-1").fallbacks[0],))
    newer = json.loads(delivery.model_dump_json()) | {"haptics": True}
    for part in (newer["key"], newer["screen"], newer["push"], newer["fallbacks"][0], newer["fallbacks"][0]["screen"]):
        part["haptics"] = True

    assert read_delivery(json.dumps(newer)) == delivery


def test_an_error_about_an_unreadable_body_quotes_nothing_of_it() -> None:
    with pytest.raises(MalformedDeliveryError) as caught:
        read_delivery(f'{{"title": "{PLANTED}"}}')
    assert "Zephyrine" not in f"{caught.value} {caught.value.__cause__}"


def test_while_the_state_table_is_away_the_whole_batch_comes_back(door: Door) -> None:
    door.ward.states.away = True
    with pytest.raises(StoreUnavailableError):
        door(a_delivery())
    assert door.lines() == []
    assert door.inboxes[Priority.ROUTINE].hidden == {}


def test_a_long_outage_of_the_state_table_is_waited_out(door: Door) -> None:
    door.ward.states.away = True
    door.receives = PROMPT_RECEIVES
    with pytest.raises(StoreUnavailableError):
        door(a_delivery())
    assert door.inboxes[Priority.ROUTINE].hidden == {"handle-0": OUTAGE_PAUSE.total_seconds()}


# The log


def test_one_line_tells_of_each_delivery_that_moved(door: Door) -> None:
    delivery = a_delivery(sent_at=NOON)
    door.ward.clock.advance(0.25)

    door(delivery)

    (line,) = door.lines()
    told = {name: value for name, value in line.items() if name in ALLOWED}
    assert line["message"] == "delivery moved"
    assert told == {
        "trace": delivery.key.trace,
        "delivery": delivery.key.id,
        "channel": "push",
        "lane": "routine",
        "state": "ACCEPTED",
        "reason": "",
        "attempt": 1,
        "milliseconds": 250,
    }


def test_an_end_without_a_call_is_told_of_too(door: Door) -> None:
    door(a_delivery(expires_at=NOON))
    assert [(line["state"], line["reason"]) for line in door.lines()] == [("EXPIRED", "expired_before_first_attempt")]


def test_a_text_whose_worker_was_lost_is_told_of_as_unknown(door: Door) -> None:
    delivery = a_delivery(Channel.SMS)
    door.ward.lose_a_worker(delivery)
    door.ward.clock.advance(OVER)
    door(delivery)
    assert [(line["state"], line["reason"]) for line in door.lines()] == [("UNKNOWN", "lease_ran_out")]


def test_a_message_that_only_waits_is_not_told_of_again(door: Door) -> None:
    door.ward.provider.answer(RetryLater("throttled"))
    door(a_delivery())
    door(a_delivery())
    assert len(door.lines()) == 1


def planted(recipient: str, channel: Channel = Channel.SMS) -> Delivery:
    """A delivery that names a patient, or a phone, in every text that is not an id of ours."""
    way = Fallback(
        endpoint=Endpoint(channel=Channel.VOICE, id="e-2", address=NUMBER), screen=Screen(title=PLANTED, body=PLANTED)
    )
    return a_delivery(
        channel,
        Priority.STAT,
        notification=f"{PLANTED} {recipient}",
        recipient=f"{PLANTED} {recipient}",
        address=NUMBER,
        screen=Screen(title=PLANTED, body=PLANTED),
        roles=(PLANTED,),
        fallbacks=(way,),
    )


def test_a_line_of_the_log_holds_no_name_no_address_and_no_text_whatever_happens(door: Door) -> None:
    accepted, throttled, refused, lost, silenced = (planted(name) for name in ("a", "b", "c", "d", "e"))
    door.ward.provider.answer(
        *(RetryLater("throttled"), NeverRetry("opted_out", address_is_dead=True), Unknown("timed_out"))
    )
    expired = planted("f").model_copy(update={"expires_at": NOON})
    door.ward.states.acknowledge(silenced)

    door(throttled, refused, lost, accepted, silenced, expired, PLANTED, json.dumps({"to": PLANTED, "at": NUMBER}))
    door.ward.clock.advance(OVER)
    door(throttled, refused, lost, accepted, silenced, expired)

    assert {line.get("state") for line in door.lines()} == {
        *("ACCEPTED", "RETRYING", "FAILED", "UNKNOWN", "CANCELLED", "EXPIRED"),
        None,
    }
    for word in ("Zephyrine", "Quillfeather", "QX4711", NUMBER, "5550188"):
        assert word not in door.written.getvalue()
    assert {name for line in door.lines() for name in line} <= ALLOWED | LOGGERS_OWN


def test_a_write_that_was_not_taken_is_told_by_awss_code_and_never_by_its_text(door: Door) -> None:
    told = DeliveryLog(Log("entrance-under-test")).untaken

    record = first_record(a_delivery(), State.FAILED, NOON)
    told(record, ClientError({"Error": {"Code": "ThrottlingException", "Message": PLANTED}}, "PutItem"))
    told(record, ReadTimeoutError(endpoint_url=PLANTED))

    assert [line["error"] for line in door.lines()] == ["ThrottlingException", "ReadTimeoutError"]
    assert {(line["trace"], line["delivery"]) for line in door.lines()} == {(record.key.trace, record.key.id)}
    assert "Zephyrine" not in door.written.getvalue()


def test_a_field_outside_the_allow_list_does_not_get_into_the_log(door: Door) -> None:
    fields: Any = {"state": "ACCEPTED", "address": NUMBER, "text": PLANTED}

    Log("entrance-under-test").write("delivery moved", **fields)
    Log("entrance-under-test").warn("delivery moved", **fields)

    assert [line["state"] for line in door.lines()] == ["ACCEPTED", "ACCEPTED"]
    assert NUMBER not in door.written.getvalue()
    assert "Zephyrine" not in door.written.getvalue()
