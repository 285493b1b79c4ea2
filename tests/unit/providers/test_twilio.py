"""The form that Twilio gets for a text, and what its answers mean."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from functions.core.domain.delivering.outcomes import Accepted, NeverRetry, Outcome, RetryLater, Unknown
from functions.core.domain.receipts.callback_names import named_in
from functions.sms.end_user_messaging import text_message as end_user_message
from functions.sms.twilio import LONGEST_LIFE, SHORTEST_LIFE, Twilio, outcome_of_answer, text_message
from functions.sms.twilio_client import Answer
from functions.sms.twilio_codes import CODES
from statline.contract.words import Channel, Priority
from tests.fakes.channel_settings import SMS, TWILIO
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery

LINE = "+14165550199"


def test_a_text_is_the_whole_form_that_twilio_is_to_get() -> None:
    delivery = a_delivery(Channel.SMS, Priority.STAT)
    form = dict(text_message(delivery, TWILIO, NOON))
    callback = urlsplit(form.pop("StatusCallback"))
    assert form == {
        "To": "+14165550123",
        "From": "+14165550021",
        "Body": "Open the app.",
        "ValidityPeriod": "3600",
    }
    assert f"{callback.scheme}://{callback.netloc}{callback.path}" == TWILIO.status_callback
    query = {name: values[0] for name, values in parse_qs(callback.query).items()}
    assert query["statline_delivery"] == delivery.key.id
    assert named_in(query) == delivery.key


def test_a_messaging_service_is_named_as_one() -> None:
    form = text_message(a_delivery(Channel.SMS), TWILIO, NOON)
    assert form["MessagingServiceSid"] == TWILIO.originations[Priority.ROUTINE]
    assert "From" not in form


@pytest.mark.parametrize(
    ("left", "asked"),
    [
        (timedelta(seconds=1), SHORTEST_LIFE),
        (timedelta(minutes=9), timedelta(minutes=9)),
        (timedelta(days=28), LONGEST_LIFE),
    ],
)
def test_a_text_lives_as_long_as_its_notification_within_what_twilio_takes(left: timedelta, asked: timedelta) -> None:
    form = text_message(a_delivery(Channel.SMS, expires_at=NOON + left), TWILIO, NOON)
    assert form["ValidityPeriod"] == str(int(asked.total_seconds()))


def test_an_answer_to_somebody_at_a_line_comes_from_that_line() -> None:
    reply = a_delivery(Channel.SMS, Priority.STAT, sender=LINE, provider=Twilio.name)
    assert text_message(reply, TWILIO, NOON)["From"] == LINE


def test_the_other_providers_line_is_no_number_of_twilios() -> None:
    """It would be refused, again and again, and speak against a provider that is well."""
    reply = a_delivery(Channel.SMS, Priority.STAT, sender=LINE)
    assert text_message(reply, TWILIO, NOON)["From"] == TWILIO.originations[Priority.STAT]


def test_end_user_messaging_answers_from_the_identity_of_its_line() -> None:
    settings = SMS.model_copy(update={"lines": {LINE: "phone-199"}})
    reply = a_delivery(Channel.SMS, Priority.STAT, sender=LINE)
    assert end_user_message(reply, settings, NOON)["OriginationIdentity"] == "phone-199"
    assert end_user_message(reply, SMS, NOON)["OriginationIdentity"] == "pool-stat"


def answered(status: int, /, **fields: object) -> Answer:
    return Answer(status, json.dumps(fields).encode())


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (answered(201, sid="SM1", status="queued"), Accepted("SM1")),
        (answered(201, status="queued"), Unknown("unreadable_answer")),
        (Answer(201, b"<html>"), Unknown("unreadable_answer")),
        (answered(400, code=21610, status=400), NeverRetry("opted_out")),
        (answered(400, code=21211), NeverRetry("invalid_number")),
        (answered(401, code=20003), RetryLater("credentials_refused")),
        (answered(429, code=20429), RetryLater("throttled")),
        (answered(400, code=99999), NeverRetry("99999")),
        (answered(429, code=99999), RetryLater("99999")),
        (answered(403, code=99999), RetryLater("99999")),
        (answered(500, code=20500), Unknown("internal")),
        (Answer(503, b"upstream"), Unknown("http_503")),
        (Answer(404, b""), NeverRetry("http_404")),
        (answered(302), Unknown("http_302")),
    ],
)
def test_what_an_answer_means(answer: Answer, meaning: Outcome) -> None:
    assert outcome_of_answer(answer) == meaning


def test_no_code_calls_an_address_dead() -> None:
    """An opted-out phone may opt in again, and a landline may still be called."""
    assert not any(isinstance(each, NeverRetry) and each.address_is_dead for each in CODES.values())
