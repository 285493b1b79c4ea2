"""Only what Twilio signed is listened to; everything else is refused, counted, and changes nothing."""

import json
from typing import Any

import pytest

from functions.core.adapters.providers.twilio_account import READ_AGAIN, SecretUnavailableError, TwilioSecret
from functions.core.adapters.telemetry.logs import ALLOWED
from functions.core.domain.errors import MisconfiguredError
from functions.core.domain.receipts.callback_names import callback_url
from functions.core.domain.receipts.callbacks import TwilioStatus
from functions.webhooks.signature import signature_of
from statline.contract.words import Channel
from tests.fakes.clock import FakeClock
from tests.fakes.deliveries import a_delivery
from tests.fakes.secrets import ACCOUNT_SID, AUTH_TOKEN, FakeSecrets
from tests.unit.webhooks.scene import HOST, Scene, a_request

KEY = a_delivery(Channel.SMS).key
STATUS = "/twilio/status"
QUERY = callback_url("", KEY).removeprefix("?")
FORM = {"MessageSid": "SM123", "MessageStatus": "delivered", "To": "+14165550123"}


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_the_signature_is_the_one_that_twilio_documents() -> None:
    """The example of Twilio's own documentation."""
    form = {
        "CallSid": "CA1234567890ABCDE",
        "From": "+12349013030",
        "To": "+18005551212",
        "Caller": "+12349013030",
        "Digits": "1234",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert signature_of(url, tuple(form.items()), "12345") == "0/KCTR6DLpKmkAf8muzZqo1nDgQ="


def test_a_field_that_comes_twice_is_signed_with_each_value_once_in_order() -> None:
    again = (("b", "2"), ("a", "1"), ("b", "1"), ("b", "2"))
    assert signature_of("u", again, "t") == signature_of("ua1b1b2", (), "t")


def test_a_signed_callback_is_kept(scene: Scene) -> None:
    assert scene.post(STATUS, FORM, QUERY) == {"statusCode": 204}
    assert scene.callbacks.kept == [TwilioStatus(key=KEY, message_id="SM123", status="delivered", at=scene.clock())]
    assert scene.forged() == 0


def changed(name: str, value: str) -> dict[str, Any]:
    request = a_request(STATUS, FORM, QUERY)
    headers = request["headers"]
    return request | {"headers": headers | {name: value}} if name in headers else request | {name: value}


def with_body(body: str) -> dict[str, Any]:
    return a_request(STATUS, FORM, QUERY) | {"body": body, "isBase64Encoded": False}


PLAIN = "MessageSid=SM123&MessageStatus=delivered&To=%2B14165550123"
SIGNED = a_request(STATUS, FORM, QUERY)["headers"]["x-twilio-signature"]


FORGERIES: dict[str, dict[str, Any]] = {
    "no signature": changed("x-twilio-signature", ""),
    "another token's signature": a_request(STATUS, FORM, QUERY, token="guessed"),
    "another status": changed("body", a_request(STATUS, FORM | {"MessageStatus": "failed"}, QUERY)["body"]),
    "one field more": changed("body", a_request(STATUS, FORM | {"ErrorCode": "30007"}, QUERY)["body"]),
    "another delivery": changed("rawQueryString", QUERY.replace("statline_delivery=", "statline_delivery=0")),
    "another path": changed("rawPath", "/twilio/text"),
    "another host": changed("host", "evil.example.org"),
    "no query": changed("rawQueryString", ""),
    "no body": changed("body", ""),
    "bytes that are no text": changed("body", "/////w=="),
    "not base64": changed("body", "%%%"),
    "a thousand fields": a_request(STATUS, {f"f{n}": "" for n in range(1000)}, QUERY),
    "a path that is not there": a_request("/admin", FORM, token="guessed"),
    "without encryption": changed("x-forwarded-proto", "http"),
    "another port": changed("host", f"{HOST}:8443"),
    "a slash behind the path": changed("rawPath", f"{STATUS}/"),
    "a field of the query once more": changed("rawQueryString", f"{QUERY}&statline_delivery=x"),
    "the query in another order": changed("rawQueryString", "&".join(reversed(QUERY.split("&")))),
    "a status before the signed one": with_body(f"MessageStatus=failed&{PLAIN}"),
    "a status behind the signed one": with_body(f"{PLAIN}&MessageStatus=failed"),
    "two signatures": changed("x-twilio-signature", f"{SIGNED},{SIGNED}"),
    "a signature that is no text of ours": changed("x-twilio-signature", "\u00e9\u2603"),
    "JSON": with_body('{"MessageSid": "SM123", "MessageStatus": "delivered"}') | {"headers": {"host": HOST}},
    "fields in parts": with_body("--x\r\nContent-Disposition: form-data; name=MessageStatus\r\n\r\nfailed\r\n--x--"),
    "another alphabet": changed("body", "TQBlAHMAcwBhAGcAZQBTAGkAZAA9AFMATQAxADIAMwA="),
    "a megabyte": a_request(STATUS, {"Body": "x" * 1_000_000}, QUERY, token="guessed"),
    "a megabyte behind a signed request": with_body(f"{PLAIN}&More={'x' * 1_000_000}"),
}


@pytest.mark.parametrize("request_", FORGERIES.values(), ids=FORGERIES.keys())
def test_what_is_forged_is_refused_counted_and_kept_nowhere(scene: Scene, request_: dict[str, Any]) -> None:
    assert scene.entrance(request_) == {"statusCode": 403}
    assert scene.callbacks.kept == []
    assert scene.doors.sent == []
    assert scene.forged() == 1


def test_a_request_without_headers_or_body_is_refused(scene: Scene) -> None:
    assert scene.entrance({"rawPath": "/twilio/call"}) == {"statusCode": 403}


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_another_method_says_nothing_that_a_signature_does_not_cover(scene: Scene, method: str) -> None:
    """The HTTP API has no route for it; and were there one, an address alone signs for no status."""
    request = a_request(STATUS, FORM, QUERY) | {"body": "", "requestContext": {"http": {"method": method}}}
    assert scene.entrance(request) == {"statusCode": 403}
    assert scene.callbacks.kept == []


def test_a_form_that_is_not_encoded_again_is_read_as_well(scene: Scene) -> None:
    plain = {"body": PLAIN, "isBase64Encoded": False}
    assert scene.post(STATUS, FORM, QUERY, **plain) == {"statusCode": 204}


def test_behind_a_domain_of_ones_own_the_address_that_twilio_was_told_is_what_counts() -> None:
    scene = Scene(public_url=f"https://{HOST}")
    behind = a_request(STATUS, FORM, QUERY)
    behind["headers"]["host"] = "abc123.execute-api.ca-central-1.example"
    assert scene.entrance(behind) == {"statusCode": 204}


def test_a_signed_request_for_nothing_that_we_have_is_not_found(scene: Scene) -> None:
    assert scene.post("/twilio/fax", FORM) == {"statusCode": 404}
    assert scene.forged() == 0


def test_a_changed_token_is_looked_up_before_a_callback_is_refused(scene: Scene) -> None:
    scene.post(STATUS, FORM, QUERY)
    scene.secrets.text = json.dumps({"account_sid": ACCOUNT_SID, "auth_token": "new"})
    scene.clock.advance(READ_AGAIN.total_seconds())
    assert scene.entrance(a_request(STATUS, FORM, QUERY, token="new")) == {"statusCode": 204}


def test_a_flood_of_forgeries_does_not_make_us_ask_for_the_secret(scene: Scene) -> None:
    for _ in range(50):
        scene.entrance(FORGERIES["another token's signature"])
    assert scene.secrets.reads == ["arn:twilio"]
    assert scene.forged() == 50


def test_without_the_secret_nothing_is_believed(scene: Scene) -> None:
    scene.secrets.away = True
    with pytest.raises(SecretUnavailableError):
        scene.post(STATUS, FORM, QUERY)
    assert scene.callbacks.kept == []


@pytest.mark.parametrize(
    "text", ["", "no json", "[]", '{"account_sid": "AC1"}', '{"account_sid": "x", "auth_token": "t"}']
)
def test_a_secret_that_is_no_account_is_told_of_without_quoting_it(text: str) -> None:
    with pytest.raises(MisconfiguredError, match=r"arn:twilio.*account_sid") as caught:
        TwilioSecret(FakeSecrets(text).client, "arn:twilio", FakeClock()).account()
    assert caught.value.__cause__ is None


def test_no_log_line_and_no_metric_says_what_a_callback_said(scene: Scene) -> None:
    text = {"MessageSid": "SM9", "From": "+14165550123", "To": "+14165550199", "Body": "Quillfeather MRN-QX4711"}
    scene.post("/twilio/text", text)
    scene.entrance(a_request("/twilio/text", text, token="guessed"))
    scene.post(STATUS, FORM)
    told = scene.logged.getvalue() + "".join(scene.lines)
    for word in ("Quillfeather", "QX4711", "5550123", "5550199", AUTH_TOKEN):
        assert word not in told
    for line in map(json.loads, scene.logged.getvalue().splitlines()):
        assert set(line) <= ALLOWED | {"level", "location", "message", "timestamp", "service"}
