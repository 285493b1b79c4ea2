"""What only Twilio does: its errors, its account, and the signature of what it calls back, against the sandbox."""

import json
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from functions.core.adapters.providers.twilio_account import READ_AGAIN, TwilioAccount, TwilioSecret
from functions.core.domain.delivering.outcomes import REHEARSED, Accepted, NeverRetry, Outcome, RetryLater
from functions.core.domain.receipts.callback_names import callback_url, named_in
from functions.sms.twilio import Twilio
from functions.sms.twilio_client import TwilioClient
from functions.webhooks.request import request_in
from functions.webhooks.signature import is_genuine
from local.sandbox.modes import Mode
from local.sandbox.twilio.wire import TwilioAccount as SandboxAccount
from local.sandbox.twilio.wire import signed
from tests.contract.providers.conftest import Sandbox
from tests.contract.providers.test_every_provider import deliveries
from tests.contract.providers.worlds import SandboxWorld, twilio_world
from tests.fakes.channel_settings import TWILIO
from tests.fakes.clock import FakeClock
from tests.fakes.secrets import FakeSecrets


@pytest.fixture
def world(sandbox: Sandbox) -> SandboxWorld:
    return twilio_world(sandbox.url, sandbox.twilio)


def test_a_text_comes_from_its_lanes_number_and_says_its_words(world: SandboxWorld) -> None:
    (delivery,) = deliveries(world)
    (outcome,) = world.provider.send([delivery])
    (arrived,) = world.sandbox.phone(delivery.address).received
    assert outcome == Accepted(arrived.provider_id)
    assert (arrived.body, arrived.message_id) == (delivery.screen.body, delivery.key.id)


def test_a_rehearsed_text_is_sent_to_nobody(world: SandboxWorld) -> None:
    (delivery,) = deliveries(world)
    assert world.provider.send([delivery.model_copy(update={"rehearsed": True})]) == [REHEARSED]
    assert world.sandbox.calls() == []


@pytest.mark.parametrize(
    ("mode", "meaning"),
    [
        (Mode(provider="twilio", mode="opted_out"), NeverRetry("opted_out")),
        (Mode(provider="twilio", mode="throttled"), RetryLater("throttled")),
    ],
)
def test_what_twilio_refuses_is_read_by_its_code(world: SandboxWorld, mode: Mode, meaning: Outcome) -> None:
    world.sandbox.set_modes(mode)
    assert world.provider.send(deliveries(world)) == [meaning]


def test_a_number_that_is_none_is_never_tried_again(world: SandboxWorld) -> None:
    (delivery,) = deliveries(world)
    assert world.provider.send([delivery.model_copy(update={"address": "4165550100"})]) == [
        NeverRetry("invalid_number")
    ]


def test_an_account_that_is_refused_is_looked_up_again_and_nothing_was_sent(sandbox: Sandbox) -> None:
    clock = FakeClock()
    right = json.loads(sandbox.twilio)
    secrets = FakeSecrets(json.dumps(right | {"auth_token": "old"}))
    provider = Twilio(TwilioClient(sandbox.url), TwilioSecret(secrets.client, "arn:twilio", clock), TWILIO, clock)
    world = twilio_world(sandbox.url, sandbox.twilio)
    (delivery,) = deliveries(world)
    delivery = delivery.model_copy(update={"expires_at": clock() + timedelta(hours=1)})

    assert provider.send([delivery]) == [RetryLater("credentials_refused")]
    secrets.text = sandbox.twilio
    clock.advance(READ_AGAIN.total_seconds())
    provider.send([delivery])  # refused once more, and looked up

    assert [type(outcome) for outcome in provider.send([delivery])] == [Accepted]
    assert len(world.sandbox.phone(delivery.address).received) == 1


@pytest.mark.parametrize("secrets", [FakeSecrets(away=True), FakeSecrets("no account")], ids=["away", "no account"])
def test_without_an_account_nothing_is_sent(sandbox: Sandbox, secrets: FakeSecrets) -> None:
    world = twilio_world(sandbox.url, sandbox.twilio)
    clock = FakeClock()
    provider = Twilio(TwilioClient(sandbox.url), TwilioSecret(secrets.client, "arn:x", clock), TWILIO, clock)
    assert provider.send(deliveries(world, 2)) == [RetryLater("no_credentials")] * 2
    assert world.sandbox.calls() == []


def test_what_the_sandbox_signs_is_taken_for_twilios_and_names_its_delivery(sandbox: Sandbox) -> None:
    """The sandbox signs by its own code, so that it would be seen if ours read the documentation wrongly."""
    account = json.loads(sandbox.twilio)
    (delivery,) = deliveries(twilio_world(sandbox.url, sandbox.twilio))
    url = callback_url("https://hooks.example.org/twilio/status", delivery.key)
    form = {"MessageSid": "SM1", "MessageStatus": "delivered", "Body": "déjà vu & +1"}
    headers, body = signed(url, form, SandboxAccount(account["account_sid"], account["auth_token"]))
    parts = urlsplit(url)
    request = request_in(
        {
            "rawPath": parts.path,
            "rawQueryString": parts.query,
            "headers": {name.lower(): value for name, value in headers.items()} | {"host": parts.netloc},
            "body": body,
        },
        "",
    )
    secret = TwilioSecret(FakeSecrets(sandbox.twilio).client, "arn:twilio", FakeClock())
    assert secret.account() == TwilioAccount(account["account_sid"], account["auth_token"])
    assert is_genuine(request, secret)
    assert named_in(request.query) == delivery.key
