"""The sandbox put together: the providers, the phones, the log, and the way from a path to each of them."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from local.clock import Clock
from local.sandbox import switch
from local.sandbox.admin.people import AdminOfPeople
from local.sandbox.admin.routes import Admin
from local.sandbox.aws import quotas
from local.sandbox.aws.account import AccountBook
from local.sandbox.aws.quotas import Quotas
from local.sandbox.call_log import CallLog
from local.sandbox.cloud import Cloud, NoCloud
from local.sandbox.connect import operations as connect
from local.sandbox.connect.contact_flows import ContactFlows
from local.sandbox.connect.contacts import Contacts
from local.sandbox.connect.operations import Connect
from local.sandbox.end_user_messaging import sms_voice
from local.sandbox.end_user_messaging.sms_voice import SmsVoice
from local.sandbox.end_user_messaging.texts import Texts
from local.sandbox.exchange import Exchange, Provider
from local.sandbox.fcm import messages as fcm
from local.sandbox.fcm.messages import Fcm
from local.sandbox.fcm.oauth import BearerTokens, ServiceAccount, TokenEndpoint
from local.sandbox.http_server import Answer, Request
from local.sandbox.modes import Modes
from local.sandbox.people.calls import Switchboard
from local.sandbox.people.habits import HabitBook
from local.sandbox.people.identities import IdentityBook
from local.sandbox.people.lines import LineBook
from local.sandbox.people.phone_store import PhoneStore
from local.sandbox.records import ProviderName
from local.sandbox.switch import DeadMansSwitch
from local.sandbox.twilio import messages as twilio
from local.sandbox.twilio.messages import Twilio
from local.sandbox.twilio.people import TwilioPeople
from local.sandbox.twilio.wire import twilio_account
from local.sandbox.unknown import UnknownProvider
from local.sandbox.world import World

_PATHS: Sequence[tuple[str, re.Pattern[str], ProviderName]] = (
    ("GET", switch.PATH, "switch"),
    ("POST", fcm.PATH, "fcm"),
    ("POST", twilio.PATH, "twilio"),
    ("POST", re.compile("/token"), "token"),
)
# AWS's JSON protocol has one path and names the operation in a header.
_TARGETS: Mapping[str, ProviderName] = {sms_voice.TARGET_PREFIX: "sms", quotas.TARGET_PREFIX: "quotas"}


class Sandbox:
    """Every provider on one port. Holds the state; the call log is a file in `directory`."""

    def __init__(
        self,
        directory: Path,
        account: ServiceAccount,
        cloud: Cloud | None = None,
        clock: Clock | None = None,
    ) -> None:
        cloud, clock = cloud or NoCloud(), clock or Clock()
        identities, accounts, tokens, contacts = IdentityBook(), AccountBook(), BearerTokens(clock), Contacts()
        phones, modes = PhoneStore(), Modes()
        world = World(cloud, Switchboard(clock), HabitBook(), LineBook(), identities, clock)
        texts, flows, twilio_owner = Texts(world), ContactFlows(world, contacts), twilio_account(directory)
        twilio_people = TwilioPeople(world, twilio_owner)
        self._switchboard = world.switchboard
        self._calls = CallLog(directory / "calls.jsonl")
        contacts.restore(self._calls.feed)
        self._providers: Mapping[ProviderName, Provider] = {
            "token": TokenEndpoint(account, tokens, clock),
            "fcm": Fcm(tokens, identities),
            "sms": SmsVoice(identities, accounts, world.lines, texts),
            "connect": Connect(identities, contacts, flows),
            "twilio": Twilio(twilio_owner, identities, twilio_people),
            "quotas": Quotas(accounts),
            "switch": DeadMansSwitch(),
            "unknown": UnknownProvider(),
        }
        self._exchange = Exchange(self._calls, phones, modes)
        people = AdminOfPeople(world, flows, texts, twilio_people)
        self._admin = Admin(
            self._calls, phones, modes, identities, accounts, tokens, self._providers, people, forget=self._forget
        )
        self._contacts = contacts

    def _forget(self) -> None:
        self._switchboard.clear()
        self._contacts.clear()

    async def handle(self, request: Request) -> Answer:
        """Answer one request, or drop it."""
        name = provider_of(request)
        if name == "unknown":
            page = await self._admin.answer(request)
            if page is not None:
                return page
        return await self._exchange.run(self._providers[name], request)

    def close(self) -> None:
        """End what people are doing, and close the log."""
        self._switchboard.clear()
        self._calls.close()


def provider_of(request: Request) -> ProviderName:
    """Which provider a request is for."""
    if connect.operation_of(request) is not None:
        return "connect"
    for method, path, name in _PATHS:
        if request.method == method and path.fullmatch(request.path):
            return name
    if request.method != "POST":
        return "unknown"
    target = request.headers.get("x-amz-target", "")
    return next((name for prefix, name in _TARGETS.items() if target.startswith(prefix)), "unknown")
