"""What an adapter puts into a payload: the screen and ids. Patients planted everywhere else must not come out."""

import json

import pytest

from functions.core.domain.delivering.delivery import Delivery, Endpoint, Fallback, PushStyle, Screen
from functions.push.fcm_message import push_message
from functions.sms.end_user_messaging import text_message
from functions.voice.connect import voice_contact
from statline.contract.words import Channel, Priority
from tests.fakes.channel_settings import SMS, VOICE
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery

PLANTED = "Zephyrine Quillfeather"


def planted(channel: Channel) -> Delivery:
    """A delivery that says the patient's name in every free text but its own screen."""
    way = Fallback(
        endpoint=Endpoint(channel=Channel.VOICE, id=PLANTED, address=PLANTED),
        screen=Screen(title=PLANTED, body=PLANTED),
    )
    return a_delivery(
        channel,
        Priority.STAT,
        screen=Screen(title="New message", body="Open the app."),
        roles=(PLANTED,),
        fallbacks=(way,),
        push=PushStyle(collapse_id="c-1"),
    )


PAYLOADS = {
    Channel.PUSH: lambda delivery: push_message(delivery, NOON),
    Channel.SMS: lambda delivery: json.dumps(text_message(delivery, SMS, NOON)),
    Channel.VOICE: lambda delivery: json.dumps(voice_contact(delivery, VOICE)),
}


@pytest.mark.parametrize("channel", Channel)
def test_a_payload_holds_the_screen_and_no_other_text(channel: Channel) -> None:
    payload = PAYLOADS[channel](planted(channel))

    assert "Open the app." in payload
    assert "Zephyrine" not in payload


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.VOICE])
def test_a_phone_gets_the_body_alone(channel: Channel) -> None:
    """The router counted the body's segments, or timed its speech: a title added here would not have been counted."""
    delivery = a_delivery(channel, screen=Screen(title="Zephyrine", body="Open the app."))

    assert "Zephyrine" not in PAYLOADS[channel](delivery)
