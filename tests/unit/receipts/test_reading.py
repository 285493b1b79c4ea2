"""What a message of the receipts queue says: by what its provider documents, and by who may say it."""

import json
from datetime import timedelta

import botocore.session
import pytest

from functions.core.domain.delivering.states import State
from functions.core.domain.receipts.receipt_states import END_USER_MESSAGING, TWILIO, Receipt
from functions.core.services.answer_text import IncomingText
from functions.receipts.events import receipt_of
from functions.receipts.reading import read_word
from functions.receipts.settings import AppSender
from functions.receipts.words import ContactEvent, Nothing, Refused, Word
from statline.contract.receipts import AppAnswer
from statline.contract.words import Channel, RefusalReason
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery
from tests.unit.receipts import messages
from tests.unit.receipts.messages import APP, SERVICE

TEXT, CALL, PUSH = (a_delivery(channel) for channel in (Channel.SMS, Channel.VOICE, Channel.PUSH))
APPS = {APP: AppSender(name="ward-app", tenants=("northshore",))}
ON_THEIR_WAY = {"TEXT_SENT", "TEXT_QUEUED", "TEXT_PENDING", "VOICE_INITIATED", "VOICE_RINGING"}


def read(body: str, sender: str = SERVICE) -> Word:
    return read_word(body, f"{sender}:session", APPS)


def of_aws_sdk() -> set[str]:
    """The event types that AWS's own model of the service knows, without the collecting ones."""
    model = botocore.session.get_session().get_service_model("pinpoint-sms-voice-v2")
    kinds = model.shape_for("EventType").metadata["enum"]
    return {kind for kind in kinds if kind.startswith(("TEXT_", "VOICE_")) and not kind.endswith("_ALL")}


def test_every_event_of_texts_and_calls_that_aws_knows_is_in_a_table() -> None:
    assert set(END_USER_MESSAGING) | ON_THEIR_WAY == of_aws_sdk()


@pytest.mark.parametrize("kind", sorted(END_USER_MESSAGING))
def test_an_event_of_end_user_messaging_is_a_receipt_of_the_delivery_that_its_context_names(kind: str) -> None:
    meaning = END_USER_MESSAGING[kind]
    word = read(messages.a_text_event(TEXT, kind))
    assert isinstance(word, Receipt)
    assert word.key == TEXT.key.model_copy(update={"channel": meaning.channel})
    assert (word.state, word.provider, word.provider_id) == (meaning.state, "sms", "p-1")
    assert word.at == NOON + timedelta(seconds=2)
    assert bool(word.reason) is (word.state is State.UNDELIVERED or kind == "TEXT_SUCCESSFUL")


@pytest.mark.parametrize("kind", [*sorted(ON_THEIR_WAY), "TEXT_SOMETHING_NEW"])
def test_what_is_on_its_way_or_not_known_means_nothing(kind: str) -> None:
    assert read(messages.a_text_event(TEXT, kind)) == Nothing(kind.lower())


@pytest.mark.parametrize("kind", ["TEXT_CARRIER_UNREACHABLE", "TEXT_UNREACHABLE", "TEXT_SUCCESSFUL"])
def test_what_is_not_the_last_word_of_a_text_means_nothing(kind: str) -> None:
    """A carrier that is away for a minute is tried again: the text may still arrive."""
    assert isinstance(read(messages.a_text_event(TEXT, kind, isFinal=False)), Nothing)


def test_a_delivered_text_counts_even_if_more_is_to_come() -> None:
    word = read(messages.a_text_event(TEXT, "TEXT_DELIVERED", isFinal=False))
    assert isinstance(word, Receipt)


def test_an_event_of_somebody_elses_text_is_none_of_ours() -> None:
    for context in ({"account": "bar"}, None):
        assert read(messages.a_text_event(TEXT, "TEXT_DELIVERED", context=context)) == Nothing("not_ours")


def test_a_text_that_comes_in_keeps_its_body_and_says_when() -> None:
    word = read(messages.a_text_in("OUI", "+14165550001"))
    assert isinstance(word, IncomingText)
    assert (word.sender, word.line, word.body, word.provider) == ("+14165550001", "+12125550101", "OUI", "")
    assert word.at == NOON + timedelta(seconds=2.345)


@pytest.mark.parametrize(
    ("kind", "answered", "reason", "state"),
    [
        ("CONNECTED_TO_SYSTEM", True, "", State.DELIVERED),
        ("DISCONNECTED", True, "", State.DELIVERED),
        ("COMPLETED", True, "", State.DELIVERED),
        ("DISCONNECTED", False, "not_answered", State.UNDELIVERED),
        ("COMPLETED", False, "not_answered", State.UNDELIVERED),
    ],
)
def test_a_calls_event_says_whether_anybody_or_anything_answered(
    kind: str, answered: bool, reason: str, state: State
) -> None:
    word = read(messages.a_contact_event(kind, answered=answered))
    assert isinstance(word, ContactEvent)
    receipt = receipt_of(word, messages.names_of(CALL))
    assert receipt == Receipt(CALL.key, state, NOON + timedelta(seconds=2), "connect", "p-1", reason)


def test_why_a_call_was_not_taken_is_kept() -> None:
    word = read(messages.a_contact_event("DISCONNECTED", disconnectReason="TELECOM_BUSY"))
    assert isinstance(word, ContactEvent)
    assert word.reason == "telecom_busy"


@pytest.mark.parametrize("kind", ["INITIATED", "QUEUED", "CONTACT_DATA_UPDATED", "SOMETHING_NEW"])
def test_other_events_of_a_call_are_not_asked_about(kind: str) -> None:
    assert read(messages.a_contact_event(kind)) == Nothing(kind.lower())


def test_a_call_that_somebody_made_to_us_is_no_delivery() -> None:
    assert read(messages.a_contact_event("DISCONNECTED", initiationMethod="INBOUND")) == Nothing("not_ours")


def test_a_call_without_our_attributes_is_no_delivery() -> None:
    word = read(messages.a_contact_event("DISCONNECTED"))
    assert isinstance(word, ContactEvent)
    assert receipt_of(word, {"statline_text": "hello"}) is None


@pytest.mark.parametrize("status", sorted(TWILIO))
def test_a_status_of_twilio_is_a_receipt(status: str) -> None:
    word = read(messages.a_twilio_status(TEXT, status, "SM1"))
    assert isinstance(word, Receipt)
    assert (word.key, word.state, word.provider, word.provider_id) == (TEXT.key, TWILIO[status], "twilio", "SM1")


@pytest.mark.parametrize("status", ["queued", "accepted", "scheduled", "sending", "sent", "something_new"])
def test_a_text_on_its_way_at_twilio_means_nothing(status: str) -> None:
    assert read(messages.a_twilio_status(TEXT, status)) == Nothing(status)


def test_twilios_error_code_is_the_reason() -> None:
    word = read(messages.a_twilio_status(TEXT, "undelivered", error_code="30005"))
    assert isinstance(word, Receipt)
    assert word.reason == "twilio_30005"


def test_a_text_by_twilio_is_to_be_answered_by_twilio() -> None:
    word = read(messages.a_twilio_text("1", "+14165550001"))
    assert isinstance(word, IncomingText)
    assert (word.id, word.body, word.provider) == ("SM0123", "1", "twilio")


# who may say what


@pytest.mark.parametrize("state", ["DELIVERED", "READ"])
def test_an_apps_backend_says_what_a_device_showed(state: str) -> None:
    word = read(messages.an_app_receipt(PUSH, state), APP)
    assert word == Receipt(PUSH.key, State(state), NOON + timedelta(seconds=2))


def test_an_apps_backend_says_what_its_user_answered() -> None:
    assert isinstance(read(messages.an_app_answer("u-1"), APP), AppAnswer)


@pytest.mark.parametrize("body", [messages.an_app_receipt(PUSH), messages.an_app_answer("u-1")])
def test_an_apps_word_from_somebody_unknown_is_refused(body: str) -> None:
    assert read(body) == Refused(RefusalReason.UNKNOWN_SENDER)


def test_an_app_speaks_for_its_own_tenants_only() -> None:
    assert read(messages.an_app_answer("u-1", tenant="lakeside"), APP) == Refused(RefusalReason.UNKNOWN_TENANT)


@pytest.mark.parametrize(
    "body",
    [
        messages.a_text_event(TEXT, "TEXT_DELIVERED"),
        messages.a_text_in("1", "+14165550001"),
        messages.a_contact_event("DISCONNECTED", answered=True),
        messages.a_twilio_status(TEXT, "delivered"),
        messages.a_twilio_text("1", "+14165550001"),
    ],
    ids=["text event", "text", "call", "twilio status", "twilio text"],
)
def test_an_apps_backend_cannot_pose_as_a_service(body: str) -> None:
    assert read(body, APP) == Refused(RefusalReason.INVALID)


@pytest.mark.parametrize("state", ["ACCEPTED", "UNDELIVERED", "FAILED", "CANCELLED", "delivered"])
def test_an_app_says_delivered_and_read_and_nothing_else(state: str) -> None:
    assert read(messages.an_app_receipt(PUSH, state), APP) == Refused(RefusalReason.INVALID)


def test_an_app_that_sends_too_much_is_refused() -> None:
    assert read(messages.an_app_answer("u-1", more="x" * 5_000), APP) == Refused(RefusalReason.TOO_LARGE)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("no json", RefusalReason.NOT_JSON),
        ("[1]", RefusalReason.INVALID),
        ("{}", RefusalReason.INVALID),
        (json.dumps({"Type": "SubscriptionConfirmation"}), RefusalReason.INVALID),
        (json.dumps({"Type": "Notification", "Message": "no json"}), RefusalReason.INVALID),
        (json.dumps({"Type": "Notification", "Message": "7"}), RefusalReason.INVALID),
        (messages.by_sns({"something": "else"}), RefusalReason.INVALID),
        (messages.by_sns({"eventType": 7}), RefusalReason.INVALID),
        (json.dumps({"source": "aws.connect", "detail": {}}), RefusalReason.INVALID),
        (json.dumps({"source": "aws.connect", "detail": None}), RefusalReason.INVALID),
        (json.dumps({"source": "twilio", "kind": "status"}), RefusalReason.INVALID),
        (json.dumps({"source": ["twilio"]}), RefusalReason.INVALID),
    ],
)
def test_what_is_of_another_shape_is_kept_aside(body: str, reason: RefusalReason) -> None:
    assert read(body) == Refused(reason)
