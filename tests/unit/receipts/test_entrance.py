"""The receipts function as Lambda calls it: batches, what stays, what is kept aside, what is logged and measured."""

import io
import json
import logging
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.delivering.record import Worker, first_claim
from functions.core.domain.delivering.states import State
from functions.core.services.plan_shelf import PlanShelf
from functions.core.services.record_receipts import RecordReceipt
from functions.receipts.entrance import NothingTakenUpError, ReceiptsEntrance
from functions.receipts.log import ReceiptsLog
from functions.receipts.settings import AppSender
from statline.contract.words import Channel, Priority, Via
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery
from tests.fakes.delivery_states import FakeDeliveryStates
from tests.fakes.queues import FakeInbox, FakeQuarantine
from tests.fakes.watch_list import FakeWatchList
from tests.unit.answers.scene import LEADER, LINE, TENANT, Scene, a_plan, phone_of
from tests.unit.receipts import messages
from tests.unit.receipts.messages import APP, queued

TEXT = a_delivery(Channel.SMS, Priority.STAT, notification="n-1")
CALL = a_delivery(Channel.VOICE, Priority.STAT, notification="n-1")
PUSH = a_delivery(Channel.PUSH, Priority.ROUTINE, notification="n-1")
PROVIDERS = {TEXT: "sms", CALL: "connect", PUSH: "fcm"}
PATIENT = "Jane Doe bed 4 K+ 6.9"
LOG = "receipts-under-test"
OK: dict[str, Any] = {"batchItemFailures": []}


class Function:
    """The function around one activation and one notification of three deliveries."""

    def __init__(self) -> None:
        self.scene = Scene()
        self.scene.activate()
        self.scene.notifications.keep(a_plan(*PROVIDERS, notification="n-1", activation=None))
        self.states = FakeDeliveryStates()
        for delivery, provider in PROVIDERS.items():
            claim = first_claim(delivery, Worker("w-1", provider, NOON))
            self.states.write([claim])
            self.states.write([claim.with_outcome("accepted", "p-1").moved(State.ACCEPTED, NOON)])
        self.scene.clock.advance(3)
        self.quarantine = FakeQuarantine()
        self.inbox = FakeInbox()
        self.measured: list[dict[str, Any]] = []
        self.attributes: Mapping[str, Mapping[str, str]] = {"p-1": messages.names_of(CALL)}
        metrics = EmbeddedMetrics(
            "ca-central-1", clock=self.scene.clock, write=lambda line: self.measured.append(json.loads(line))
        )
        self.entrance = ReceiptsEntrance(
            apps={APP: AppSender(name="ward-app", tenants=(TENANT,))},
            record=RecordReceipt(
                states=self.states,
                plans=PlanShelf(self.scene.notifications),
                watch_list=FakeWatchList(self.scene.notifications),
                outbox=self.scene.outbox,
                escalation=self.scene.escalation,
                clock=self.scene.clock,
            ),
            answer=self.scene.answer_text,
            acknowledge=self.scene.acknowledge,
            attributes_of=lambda contact: self.attributes[contact],
            quarantine=self.quarantine,
            inbox_of=lambda _: self.inbox,
            log=ReceiptsLog(Log(LOG), metrics),
        )

    def hear(self, body: str, sender: str = messages.SERVICE) -> dict[str, Any]:
        return self.entrance([queued(body, sender)])

    @property
    def covered(self) -> dict[str, Via]:
        return {each.role: each.via for each in self.scene.answers.of(TENANT, "code-1").acknowledgements}


@pytest.fixture
def function() -> Function:
    return Function()


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    Log(LOG)  # the first one makes the handler
    (handler,) = logging.getLogger(LOG).handlers
    assert isinstance(handler, logging.StreamHandler)
    stream = io.StringIO()
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before)


def test_every_way_in_moves_its_delivery(function: Function) -> None:
    batch = [
        queued(messages.a_text_event(TEXT, "TEXT_DELIVERED"), message_id="m-1"),
        queued(messages.a_contact_event("DISCONNECTED"), message_id="m-2"),
        queued(messages.an_app_receipt(PUSH, "READ"), APP, "m-3"),
    ]
    assert function.entrance(batch) == OK
    states = {delivery: function.states.stored[delivery.key].state for delivery in PROVIDERS}
    assert states == {TEXT: State.DELIVERED, CALL: State.UNDELIVERED, PUSH: State.READ}


@pytest.mark.parametrize("later", ["CONNECTED_TO_SYSTEM", "DISCONNECTED"])
def test_a_call_on_which_a_key_was_pressed_is_read_whatever_is_heard_of_it_afterwards(
    function: Function, later: str
) -> None:
    assert function.hear(messages.a_key_press(CALL)) == OK
    function.hear(messages.a_contact_event(later))
    function.hear(messages.a_key_press(CALL))
    assert function.states.stored[CALL.key].state is State.READ


def test_a_key_moves_no_call_that_has_come_to_its_end(function: Function) -> None:
    function.hear(messages.a_contact_event("DISCONNECTED"))
    assert function.hear(messages.a_key_press(CALL)) == OK
    assert function.states.stored[CALL.key].state is State.UNDELIVERED


def test_an_apps_backend_presses_no_keys(function: Function) -> None:
    function.hear(messages.a_key_press(CALL), APP)
    assert function.states.stored[CALL.key].state is State.ACCEPTED


def test_the_seconds_to_the_phone_are_measured_by_lane_and_channel(function: Function) -> None:
    function.entrance(
        [
            queued(messages.a_text_event(TEXT, "TEXT_DELIVERED"), message_id="m-1"),
            queued(messages.an_app_receipt(PUSH), APP, "m-2"),
            queued(messages.an_app_receipt(PUSH, "READ"), APP, "m-3"),
        ]
    )
    told = {(line["Lane"], line["Channel"]): line["ReceiptSeconds"] for line in function.measured}
    assert told == {("stat", "sms"): [2.0], ("routine", "push"): [2.0]}


def test_the_apps_answer_covers_a_role(function: Function) -> None:
    assert function.hear(messages.an_app_answer(LEADER), APP) == OK
    assert function.covered == {"leader": Via.APP}


def test_the_app_may_answer_a_step_by_the_name_that_its_push_had(function: Function) -> None:
    function.scene.climb("nurse", "u-4")
    function.hear(messages.an_app_answer("u-4", notification="code-1~nurse~1~1"), APP)
    assert function.covered == {"nurse": Via.APP}


@pytest.mark.parametrize(
    "body", [messages.a_text_in("1", phone_of(LEADER)), messages.a_twilio_text("1", phone_of(LEADER))]
)
def test_a_text_covers_a_role_by_whichever_provider_it_comes(function: Function, body: str) -> None:
    assert function.hear(body) == OK
    assert function.covered == {"leader": Via.SMS}
    assert len(function.scene.outbox.sent) == 1


def test_an_unknown_senders_app_word_is_kept_aside_and_moves_nothing(function: Function) -> None:
    before = dict(function.states.stored)
    for body in (messages.an_app_receipt(PUSH, "READ"), messages.an_app_answer(LEADER)):
        assert function.hear(body, "AIDASOMEBODY") == OK
    assert (function.states.stored, function.covered) == (before, {})
    assert [reason for _, reason in function.quarantine.kept] == ["unknown_sender", "unknown_sender"]


@pytest.mark.parametrize(
    "body", [messages.a_text_event(TEXT, "TEXT_DELIVERED"), messages.a_text_in("1", phone_of(LEADER))]
)
def test_an_app_that_poses_as_a_service_is_kept_aside_and_moves_nothing(function: Function, body: str) -> None:
    assert function.hear(body, APP) == OK
    assert function.states.stored[TEXT.key].state is State.ACCEPTED
    assert (function.covered, len(function.quarantine.kept)) == ({}, 1)


def test_one_message_that_cannot_be_taken_up_holds_up_no_other(function: Function) -> None:
    function.attributes = {}
    batch = [
        queued(messages.a_contact_event("DISCONNECTED"), message_id="m-1"),
        queued(messages.a_text_event(TEXT, "TEXT_DELIVERED"), message_id="m-2"),
    ]
    assert function.entrance(batch) == {"batchItemFailures": [{"itemIdentifier": "m-1"}]}
    assert function.states.stored[TEXT.key].state is State.DELIVERED


def test_a_batch_of_which_nothing_is_taken_up_is_an_error_that_alarms(function: Function) -> None:
    function.states.unreadable = True
    with pytest.raises(NothingTakenUpError):
        function.hear(messages.a_text_event(TEXT, "TEXT_DELIVERED"))


def test_a_table_that_is_long_away_makes_no_dead_letters_of_peoples_answers(function: Function) -> None:
    function.scene.answers.away = True
    prompt, patient = (
        queued(messages.an_app_answer(LEADER), APP, f"m-{receives}")
        | {"receiptHandle": f"r-{receives}", "attributes": _received(receives)}
        for receives in (9, 10)
    )
    with pytest.raises(NothingTakenUpError):
        function.entrance([prompt, patient])
    assert function.inbox.hidden == {"r-10": 60.0}


def _received(times: int) -> dict[str, str]:
    return {"SenderId": APP, "ApproximateReceiveCount": str(times)}


def test_a_receipt_that_is_faster_than_our_own_answer_comes_again_and_alarms_nobody(function: Function) -> None:
    """Twilio says that a text failed in less time than it takes to write that it was taken over."""
    claim = first_claim(TEXT, Worker("w-1", "sms", NOON))
    function.states.stored[TEXT.key] = claim
    receipt = messages.a_text_event(TEXT, "TEXT_UNREACHABLE")
    assert function.hear(receipt) == {"batchItemFailures": [{"itemIdentifier": "m-1"}]}
    function.states.stored[TEXT.key] = claim.with_outcome("accepted", "p-1").moved(State.ACCEPTED, NOON)
    assert function.hear(receipt) == OK
    assert function.states.stored[TEXT.key].state is State.UNDELIVERED


def test_a_text_that_is_faster_than_the_look_at_its_activation_comes_again(
    function: Function,
) -> None:
    entered = dict(function.scene.book.entries)
    function.scene.book.entries.clear()
    function.scene.clock.now = NOON
    text = messages.a_text_in("1", phone_of(LEADER))
    assert function.hear(text) == {"batchItemFailures": [{"itemIdentifier": "m-1"}]}
    function.scene.book.entries |= entered
    assert function.hear(text) == OK
    assert function.covered == {"leader": Via.SMS}
    assert function.inbox.hidden == {}, "it is seen again as soon as its queue shows it"


def test_what_cannot_be_kept_aside_stays(function: Function) -> None:
    function.quarantine.away = True
    with pytest.raises(NothingTakenUpError):
        function.hear("no json")


def test_a_call_of_somebody_else_means_nothing(function: Function) -> None:
    function.attributes = {"p-1": {}}
    assert function.hear(messages.a_contact_event("DISCONNECTED")) == OK
    assert function.states.stored[CALL.key].state is State.ACCEPTED


def test_nothing_of_a_text_and_nobodys_number_is_logged(function: Function, written: io.StringIO) -> None:
    stranger = phone_of("u-99")
    for body in (
        messages.a_text_in(PATIENT, phone_of(LEADER)),
        messages.a_text_in(PATIENT, stranger, LINE),
        messages.a_text_in("1", phone_of(LEADER)),
        messages.a_twilio_text(PATIENT, stranger),
        messages.by_sns({"messageBody": PATIENT, "originationNumber": stranger}),
        f"no json {PATIENT} {stranger}",
        messages.an_app_answer("u-1", note=PATIENT),
    ):
        function.hear(body)
        function.hear(body, APP)
    logged = written.getvalue()
    assert "text answered" in logged
    assert "receipt refused" in logged
    assert not [word for word in (PATIENT, "Jane", stranger[1:], phone_of(LEADER)[1:]) if word in logged]
