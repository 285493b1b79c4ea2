"""An accepted stat without its receipt goes another way: once, in time, and only where nobody knows better."""

import io
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics
from functions.core.adapters.telemetry.logs import ALLOWED, Log
from functions.core.domain.delivering.delivery import Delivery, Endpoint, Fallback, Screen, next_way
from functions.core.domain.delivering.receipt_deadlines import RECEIPT_LATE, SKEW, WAITS
from functions.core.domain.delivering.record import DeliveryRecord, Worker, first_claim, first_record
from functions.core.domain.delivering.standing import standing_of
from functions.core.domain.delivering.states import State
from functions.core.domain.errors import StoreUnavailableError
from functions.core.services.late_receipts import SendAnotherWay, Struck
from functions.late_receipts.entrance import DeadlineEntrance
from statline.contract.words import Channel, Priority
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.deliveries import a_delivery, a_fallback
from tests.fakes.delivery_states import FakeDeliveryStates
from tests.fakes.notifications import FakeNotifications
from tests.fakes.queues import FakeInbox, FakeOutbox
from tests.fakes.watch_list import FakeWatchList
from tests.unit.outstanding.scene import a_plan

BY_TWILIO = Fallback(
    endpoint=Endpoint(channel=Channel.SMS, id="e-1~twilio", address="+14165550123", provider="twilio"),
    screen=Screen(title="", body="CODE BLUE"),
)
STAT = a_delivery(Channel.SMS, Priority.STAT, fallbacks=(BY_TWILIO, a_fallback()))
AFTER = WAITS[Channel.SMS]


class Ward:
    """A region in which texts were accepted at noon."""

    def __init__(self) -> None:
        self.clock = FakeClock(NOON + AFTER)
        self.states = FakeDeliveryStates()
        self.notifications = FakeNotifications()
        self.watch_list = FakeWatchList(self.notifications)
        self.outbox = FakeOutbox()
        self.inbox = FakeInbox()

    def inbox_of(self, arn: str) -> FakeInbox:
        assert arn.endswith(":statline-receipt-deadlines")
        return self.inbox

    def accept(self, delivery: Delivery = STAT, provider: str = "sms") -> DeliveryRecord:
        claim = first_claim(delivery, Worker("w-1", provider, NOON))
        record = claim.with_outcome("accepted", "p-1").moved(State.ACCEPTED, NOON)
        self.put(record)
        return record

    def put(self, record: DeliveryRecord) -> None:
        self.states.stored[record.key] = record

    def strike(self, *deliveries: Delivery) -> list[Struck]:
        use_case = SendAnotherWay(self.states, self.notifications, self.watch_list, self.outbox, self.clock)
        return use_case(deliveries or (STAT,))


@pytest.fixture
def ward() -> Ward:
    return Ward()


def test_a_stat_without_a_receipt_goes_by_the_other_provider(ward: Ward) -> None:
    ward.accept()
    (struck,) = ward.strike()
    assert ward.outbox.sent == [next_way(STAT)]
    (way,) = ward.outbox.sent
    assert (way.provider, way.key.endpoint, way.fallbacks) == ("twilio", "e-1~twilio", (a_fallback(),))
    assert (struck.done, struck.news) == (True, True)
    stored = ward.states.stored[STAT.key]
    assert (stored.state, stored.reason) == (State.ACCEPTED, RECEIPT_LATE)


def test_a_deadline_that_strikes_twice_tells_of_it_once(ward: Ward) -> None:
    ward.accept()
    assert [each.news for each in ward.strike() + ward.strike()] == [True, False]


@pytest.mark.parametrize("state", [State.DELIVERED, State.READ, State.UNDELIVERED])
def test_what_a_receipt_came_for_is_left_alone(ward: Ward, state: State) -> None:
    ward.put(ward.accept().moved(state, NOON + timedelta(seconds=9)))
    assert ward.strike() == [Struck(STAT)]
    assert ward.outbox.sent == []


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED, State.EXPIRED])
def test_what_has_ended_is_left_alone(ward: Ward, state: State) -> None:
    ward.put(first_record(STAT, state, NOON))
    assert ward.strike() == [Struck(STAT)]
    assert ward.outbox.sent == []


def test_what_nobody_accepted_yet_has_a_deadline_to_come(ward: Ward) -> None:
    ward.put(first_claim(STAT, Worker("w-1", "sms", NOON)))
    ward.strike(STAT, a_delivery(Channel.SMS, Priority.STAT, recipient="u-18", fallbacks=(a_fallback(),)))
    assert ward.outbox.sent == []


def test_what_its_roles_have_acknowledged_is_left_alone(ward: Ward) -> None:
    for_leader = STAT.model_copy(update={"roles": ("leader",)})
    ward.accept(for_leader)
    ward.states.acknowledge(for_leader)
    assert ward.strike(for_leader) == [Struck(for_leader)]
    assert ward.outbox.sent == []


def test_a_role_that_nobody_acknowledged_is_sent_another_way(ward: Ward) -> None:
    for_leader = STAT.model_copy(update={"roles": ("leader",)})
    ward.accept(for_leader)
    ward.strike(for_leader)
    assert [each.roles for each in ward.outbox.sent] == [("leader",)]


def test_what_has_expired_is_sent_no_other_way(ward: Ward) -> None:
    ward.accept()
    ward.clock.now = STAT.expires_at
    ward.strike()
    assert ward.outbox.sent == []


@pytest.mark.parametrize(("early", "sent"), [(timedelta(0), 1), (SKEW, 1), (SKEW + timedelta(seconds=1), 0)])
def test_the_deadline_of_an_earlier_attempt_is_not_the_latest_ones(ward: Ward, early: timedelta, sent: int) -> None:
    ward.accept()
    ward.clock.now -= early
    ward.strike()
    assert len(ward.outbox.sent) == sent


def test_a_push_beside_a_text_waits_for_no_receipt(ward: Ward) -> None:
    push = a_delivery(Channel.PUSH, Priority.STAT, fallbacks=(a_fallback(),))
    ward.accept(push, "fcm")
    ward.notifications.keep(a_plan(push, a_delivery(Channel.SMS, Priority.STAT)))
    ward.strike(push)
    assert ward.outbox.sent == []


def test_a_push_that_is_all_that_somebody_gets_goes_another_way(ward: Ward) -> None:
    push = a_delivery(Channel.PUSH, Priority.STAT, fallbacks=(a_fallback(),))
    ward.accept(push, "fcm")
    ward.notifications.keep(a_plan(push, a_delivery(Channel.SMS, Priority.STAT, recipient="u-18")))
    ward.strike(push)
    assert [each.key.channel for each in ward.outbox.sent] == [Channel.VOICE]


def test_a_call_that_rang_unheard_goes_another_way_sooner(ward: Ward) -> None:
    call = a_delivery(Channel.VOICE, Priority.STAT, fallbacks=(a_fallback(Channel.SMS),))
    ward.accept(call, "connect")
    ward.clock.now = NOON + WAITS[Channel.VOICE]
    ward.strike(call)
    assert len(ward.outbox.sent) == 1


def test_the_next_way_is_watched_although_the_notification_was_over(ward: Ward) -> None:
    """Else a text queue that stands still would hold it up, and nobody would say so."""
    ward.accept()
    plan = a_plan(STAT)
    ward.notifications.keep(plan)
    ward.watch_list.release(list(ward.watch_list.since(Priority.STAT)))

    ward.strike()

    assert [each.notification for each in ward.watch_list.since(Priority.STAT)] == ["n-1"]
    standing = standing_of(plan, ward.states.stored, ward.clock())
    assert not standing.over
    assert standing.waiting[Channel.SMS].since == ward.clock()


def test_while_the_next_ways_queue_is_away_the_deadline_comes_again(ward: Ward) -> None:
    ward.accept()
    ward.outbox.closed.add((Channel.SMS, Priority.STAT))
    assert [each.done for each in ward.strike()] == [False]
    ward.outbox.closed.clear()
    assert [each.done for each in ward.strike()] == [True]
    assert len(ward.outbox.sent) == 1


def test_a_receipt_that_comes_meanwhile_is_not_overwritten(ward: Ward) -> None:
    record = ward.accept()

    def meanwhile(late: DeliveryRecord) -> None:
        ward.states.before_write = lambda _: None
        ward.put(record.moved(State.DELIVERED, late.changed_at))

    ward.states.before_write = meanwhile
    assert [each.done for each in ward.strike()] == [False]
    assert ward.strike() == [Struck(STAT)]
    assert (ward.states.stored[STAT.key].state, ward.outbox.sent) == (State.DELIVERED, [])


def test_a_record_that_says_that_its_receipt_is_late_can_still_get_it(ward: Ward) -> None:
    ward.accept()
    ward.strike()
    delivered = ward.states.stored[STAT.key].moved(State.DELIVERED, ward.clock())
    assert delivered.reason == ""


@pytest.mark.parametrize("away", [FakeDeliveryStates, FakeNotifications])
def test_without_its_table_nothing_is_decided(ward: Ward, away: Callable[[], Any]) -> None:
    push = a_delivery(Channel.PUSH, Priority.STAT, fallbacks=(a_fallback(),))
    ward.accept(push, "fcm")
    (ward.states if away is FakeDeliveryStates else ward.notifications).away = True
    with pytest.raises(StoreUnavailableError):
        ward.strike(push)
    assert ward.outbox.sent == []


# The function


def entrance(ward: Ward, lines: list[str], logged: io.StringIO) -> DeadlineEntrance:
    log = Log("late-receipts-under-test")
    for handler in logging.getLogger("late-receipts-under-test").handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(logged)
    use_case = SendAnotherWay(ward.states, ward.notifications, ward.watch_list, ward.outbox, ward.clock)
    return DeadlineEntrance(use_case, ward.inbox_of, log, EmbeddedMetrics("ca-central-1", write=lines.append))


def test_the_function_counts_by_channel_and_names_nobody(ward: Ward) -> None:
    others = [replace_recipient(STAT, f"u-{number}") for number in range(2)]
    for delivery in (STAT, *others):
        ward.accept(delivery)
    lines: list[str] = []
    logged = io.StringIO()

    answer = entrance(ward, lines, logged)([a_record(0, STAT), *(a_record(n, d) for n, d in enumerate(others, 1))])

    assert answer == {"batchItemFailures": []}
    (metric,) = map(json.loads, lines)
    assert (metric["ReceiptsLate"], metric["Channel"]) == (3, "sms")
    told = [json.loads(line) for line in logged.getvalue().splitlines()]
    assert [(line["message"], line["provider"]) for line in told] == [("receipt late", "sms")] * 3
    assert all(set(line) <= ALLOWED | {"level", "location", "message", "timestamp", "service"} for line in told)
    for planted in ("u-17", "5550123", "CODE BLUE", "northshore"):
        assert planted not in logged.getvalue() + "".join(lines)


def test_what_cannot_be_read_and_what_is_not_done_comes_again(ward: Ward) -> None:
    ward.accept()
    ward.outbox.closed.add((Channel.SMS, Priority.STAT))
    lines: list[str] = []
    bad = {"messageId": "m-bad", "body": "{}"}

    answer = entrance(ward, lines, io.StringIO())([a_record(0, STAT), bad])

    assert [each["itemIdentifier"] for each in answer["batchItemFailures"]] == ["m-bad", "m-0"]
    assert len(lines) == 1


def test_a_table_that_is_long_away_makes_no_dead_letters_of_deadlines(ward: Ward) -> None:
    ward.states.away = True
    with pytest.raises(StoreUnavailableError):
        entrance(ward, [], io.StringIO())([a_record(0, STAT, receives=9), a_record(1, STAT, receives=10)])
    assert ward.inbox.hidden == {"r-1": 60.0}


def replace_recipient(delivery: Delivery, recipient: str) -> Delivery:
    return delivery.model_copy(update={"key": delivery.key.model_copy(update={"recipient": recipient})})


def a_record(number: int, delivery: Delivery, receives: int = 1) -> dict[str, Any]:
    return {
        "messageId": f"m-{number}",
        "receiptHandle": f"r-{number}",
        "eventSourceARN": "arn:aws:sqs:ca-central-1:111122223333:statline-receipt-deadlines",
        "attributes": {"ApproximateReceiveCount": str(receives)},
        "body": delivery.model_dump_json(exclude_defaults=True),
    }


def test_what_another_worker_found_late_is_not_counted_again(ward: Ward) -> None:
    ward.put(replace(ward.accept().noted(NOON), reason=RECEIPT_LATE))
    lines: list[str] = []
    entrance(ward, lines, io.StringIO())([a_record(0, STAT)])
    assert (len(ward.outbox.sent), lines) == (1, [])
