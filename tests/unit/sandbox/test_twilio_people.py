"""What comes back by Twilio: signed callbacks, and calls led by TwiML."""

import base64
import hashlib
import hmac
from urllib.parse import parse_qsl

import pytest

from local.sandbox.people.lines import Line
from local.sandbox.records import Arrival
from local.sandbox.twilio.people import TwilioPeople
from local.sandbox.twilio.wire import TwilioAccount, signed
from local.sandbox.world import World
from tests.unit.sandbox.conftest import NUMBER, PHONE, lived, used
from tests.unit.sandbox.provider_cloud import FakeProviderCloud

HOOKS = "https://hooks.example.org/twilio"
CALLBACK = f"{HOOKS}/status?statline_delivery=d-1"
LINE = Line(provider="twilio", text_url=f"{HOOKS}/text", call_url=f"{HOOKS}/call")
ACCOUNT = TwilioAccount(f"AC{'0' * 32}", "12345")
ARRIVAL = Arrival(phone=PHONE, channel="sms", sender=NUMBER, body="Code", provider_id="SM1")


@pytest.fixture
def people(world: World) -> TwilioPeople:
    world.lines.current = {NUMBER: (LINE,)}
    return TwilioPeople(world, ACCOUNT)


def forms(cloud: FakeProviderCloud) -> list[tuple[str, dict[str, str]]]:
    return [(url, dict(parse_qsl(body))) for url, _, body in cloud.posted]


def test_a_signature_covers_the_address_and_every_member_in_order() -> None:
    headers, _ = signed("https://example.org/a?b=1", {"To": "x", "From": "y"}, ACCOUNT)

    text = b"https://example.org/a?b=1FromyTox"
    expected = base64.b64encode(hmac.new(b"12345", text, hashlib.sha1).digest()).decode()
    assert headers["X-Twilio-Signature"] == expected


def test_the_signature_is_the_one_of_twilios_documented_example() -> None:
    form = {
        "Digits": "1234",
        "To": "+18005551212",
        "From": "+14158675309",
        "Caller": "+14158675309",
        "CallSid": "CA1234567890ABCDE",
    }
    headers, _ = signed("https://mycompany.com/myapp.php?foo=1&bar=2", form, ACCOUNT)

    assert headers["X-Twilio-Signature"] == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@pytest.mark.parametrize(
    ("fate", "statuses"),
    [
        ("TEXT_DELIVERED", [("sent", None), ("delivered", None)]),
        ("TEXT_UNREACHABLE", [("sent", None), ("undelivered", "30003")]),
        ("TEXT_SUCCESSFUL", [("sent", None)]),
        ("silence", []),
    ],
)
def test_a_texts_fate_is_called_back(
    world: World, cloud: FakeProviderCloud, people: TwilioPeople, fate: str, statuses: list[tuple[str, str | None]]
) -> None:
    used(world, text_fate=fate)

    lived(world, lambda: people.sent(ARRIVAL, NUMBER, CALLBACK))

    assert [(form["MessageStatus"], form.get("ErrorCode")) for _, form in forms(cloud)] == statuses
    assert {url for url, _ in forms(cloud)} <= {CALLBACK}


def test_somebody_texts_back(world: World, cloud: FakeProviderCloud, people: TwilioPeople) -> None:
    used(world, texts_back="OUI")

    lived(world, lambda: people.sent(ARRIVAL, NUMBER, ""))

    [(url, form)] = forms(cloud)
    assert (url, form["From"], form["To"], form["Body"]) == (LINE.text_url, PHONE, NUMBER, "OUI")


def test_a_caller_is_led_through_what_the_webhooks_say(
    world: World, cloud: FakeProviderCloud, people: TwilioPeople
) -> None:
    cloud.answers = {
        LINE.call_url: '<Response><Gather action="/twilio/call/digits"><Say>Which pager?</Say></Gather></Response>',
        f"{HOOKS}/call/digits": "<Response><Say>Reference 7Q4.</Say><Hangup/></Response>",
    }

    happened = lived(world, lambda: people.call_in(PHONE, NUMBER, LINE, ("4471#",)))

    assert ("hears", "Which pager?") in happened
    assert ("hears", "Reference 7Q4.") in happened
    assert [form.get("Digits") for _, form in forms(cloud)] == [None, "4471"]
