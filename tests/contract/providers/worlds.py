"""The worlds that the provider contract is tried in: a fake, and each adapter against the provider sandbox."""

import socket
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

import pytest
from botocore.config import Config

from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.clock import utc_now
from functions.core.adapters.providers.aws_provider import PROVIDER_CALLS
from functions.core.adapters.providers.twilio_account import TwilioSecret
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.outcomes import Outcome, RetryLater, Unknown
from functions.core.domain.ports.delivering import Provider
from functions.core.domain.routing.lanes import PROVIDER_TIMEOUT
from functions.push import fcm_client
from functions.push.fcm import Fcm
from functions.sms.end_user_messaging import EndUserMessaging
from functions.sms.end_user_messaging import client as sms_client
from functions.sms.twilio import Twilio
from functions.sms.twilio_client import TwilioClient
from functions.voice.connect import Connect
from functions.voice.connect import client as connect_client
from local.sandbox.client import SandboxClient
from local.sandbox.modes import Match, Mode
from local.sandbox.records import ProviderName
from statline.contract.words import Channel
from tests.fakes.channel_settings import SMS, TWILIO, VOICE
from tests.fakes.providers import FakeProvider
from tests.fakes.secrets import FakeSecrets

PATIENCE = timedelta(seconds=0.4)
SLOWER_THAN_PATIENCE = 1.5


class Trouble(StrEnum):
    """What may go wrong at any provider. The words are the sandbox's."""

    THROTTLED = "throttled"
    ERROR_500 = "error500"
    ERROR_503 = "error503"
    DROPPED_BEFORE = "dropped_before"
    DROPPED_AFTER = "dropped_after"


class World(Protocol):
    """A provider's adapter, and what lies behind it."""

    @property
    def channel(self) -> Channel: ...

    @property
    def provider(self) -> Provider: ...

    @property
    def impatient(self) -> Provider:
        """The same, but it waits for `PATIENCE` only."""
        ...

    @property
    def unreachable(self) -> Provider:
        """The same, where no server listens."""
        ...

    def trouble(self, trouble: Trouble, address: str = "") -> None:
        """Have every call go wrong in this way, or the calls to one address."""
        ...

    def slow(self) -> None:
        """Have answers come later than `PATIENCE`."""
        ...

    def calls_for(self, delivery: Delivery) -> int:
        """How many calls the provider got for this delivery."""
        ...


class FakeWorld:
    """The fake, told to do what the real ones do."""

    MEANING: dict[Trouble, Outcome] = {  # noqa: RUF012 - read only
        Trouble.THROTTLED: RetryLater("throttled"),
        Trouble.ERROR_500: Unknown("internal"),
        Trouble.ERROR_503: Unknown("unavailable"),
        Trouble.DROPPED_BEFORE: Unknown("connection_closed"),
        Trouble.DROPPED_AFTER: Unknown("connection_closed"),
    }

    def __init__(self) -> None:
        self.channel = Channel.PUSH
        self.provider = FakeProvider()
        self.impatient = self.provider
        self.unreachable = FakeProvider()
        self.unreachable.always_answer(RetryLater("not_connected"))

    def trouble(self, trouble: Trouble, address: str = "") -> None:
        self.provider.always_answer(self.MEANING[trouble], address or None)

    def slow(self) -> None:
        self.provider.always_answer(Unknown("timed_out"))

    def calls_for(self, delivery: Delivery) -> int:
        return self.provider.calls_for(delivery)


@dataclass
class SandboxWorld:
    """An adapter against the sandbox."""

    channel: Channel
    provider: Provider
    impatient: Provider
    unreachable: Provider
    sandbox: SandboxClient
    service: ProviderName

    def trouble(self, trouble: Trouble, address: str = "") -> None:
        self.sandbox.set_modes(Mode(provider=self.service, mode=trouble.value, match=Match(destination_prefix=address)))

    def slow(self) -> None:
        self.sandbox.set_modes(Mode(provider=self.service, mode="slow", seconds=SLOWER_THAN_PATIENCE))

    def calls_for(self, delivery: Delivery) -> int:
        calls = self.sandbox.calls()
        return sum(call.provider == self.service and call.message_id == delivery.key.id for call in calls)


def fcm_world(url: str, account: str) -> SandboxWorld:
    return SandboxWorld(
        Channel.PUSH,
        Fcm(fcm_client.client(account, url), utc_now),
        Fcm(fcm_client.client(account, url), utc_now, timeout=PATIENCE),
        Fcm(fcm_client.client(account, nobody_listens()), utc_now),
        SandboxClient(url),
        "fcm",
    )


def sms_world(url: str, environment: pytest.MonkeyPatch) -> SandboxWorld:
    endpoint = "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2"
    aws_environment(environment, endpoint, url)
    provider = EndUserMessaging(sms_client(), SMS, utc_now)
    impatient = EndUserMessaging(create_client("pinpoint-sms-voice-v2", impatient_config()), SMS, utc_now)
    aws_environment(environment, endpoint, nobody_listens())
    unreachable = EndUserMessaging(sms_client(), SMS, utc_now)
    return SandboxWorld(Channel.SMS, provider, impatient, unreachable, SandboxClient(url), "sms")


def twilio_world(url: str, account: str) -> SandboxWorld:
    return SandboxWorld(
        Channel.SMS,
        twilio(url, account),
        twilio(url, account, timeout=PATIENCE),
        twilio(nobody_listens(), account),
        SandboxClient(url),
        "twilio",
    )


def twilio(url: str, account: str, timeout: timedelta = PROVIDER_TIMEOUT) -> Twilio:
    """The adapter with this account, against whatever listens there."""
    secret = TwilioSecret(FakeSecrets(account).client, "arn:twilio", utc_now)
    return Twilio(TwilioClient(url), secret, TWILIO, utc_now, timeout)


def connect_world(url: str, environment: pytest.MonkeyPatch) -> SandboxWorld:
    endpoint = "AWS_ENDPOINT_URL_CONNECT"
    aws_environment(environment, endpoint, url)
    provider = Connect(connect_client(), VOICE, utc_now)
    impatient = Connect(create_client("connect", impatient_config()), VOICE, utc_now)
    aws_environment(environment, endpoint, nobody_listens())
    unreachable = Connect(connect_client(), VOICE, utc_now)
    return SandboxWorld(Channel.VOICE, provider, impatient, unreachable, SandboxClient(url), "connect")


def aws_environment(environment: pytest.MonkeyPatch, endpoint: str, url: str) -> None:
    """What a Lambda function finds, and where the laptop leads it."""
    environment.setenv("AWS_DEFAULT_REGION", "ca-central-1")
    environment.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    environment.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    environment.setenv(endpoint, url)


def impatient_config() -> Config:
    return PROVIDER_CALLS.merge(Config(read_timeout=PATIENCE.total_seconds()))


def nobody_listens() -> str:
    """The address of a port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
