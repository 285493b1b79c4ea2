"""The sandbox put together: the providers, the phones, the log, and the way from a path to each of them."""

from collections.abc import Mapping
from pathlib import Path

from local.sandbox import connect, fcm, quotas, sms_voice, switch
from local.sandbox.account import AccountBook
from local.sandbox.admin import Admin
from local.sandbox.call_log import CallLog
from local.sandbox.connect import Connect
from local.sandbox.contacts import Contacts
from local.sandbox.exchange import Exchange, Provider
from local.sandbox.fcm import Fcm
from local.sandbox.http_server import Answer, Request
from local.sandbox.identities import IdentityBook
from local.sandbox.modes import Modes
from local.sandbox.oauth import BearerTokens, ServiceAccount, TokenEndpoint
from local.sandbox.phone_store import PhoneStore
from local.sandbox.quotas import Quotas
from local.sandbox.records import ProviderName
from local.sandbox.sms_voice import SmsVoice
from local.sandbox.switch import DeadMansSwitch
from local.sandbox.unknown import UnknownProvider

# AWS's JSON protocol has one path and names the operation in a header.
_TARGETS: Mapping[str, ProviderName] = {sms_voice.TARGET_PREFIX: "sms", quotas.TARGET_PREFIX: "quotas"}


class Sandbox:
    """Every provider on one port. Holds the state; the call log is a file in `directory`."""

    def __init__(self, directory: Path, account: ServiceAccount) -> None:
        identities, accounts, tokens, contacts = IdentityBook(), AccountBook(), BearerTokens(), Contacts()
        phones, modes = PhoneStore(), Modes()
        self._calls = CallLog(directory / "calls.jsonl")
        contacts.restore(self._calls.feed)
        self._providers: Mapping[ProviderName, Provider] = {
            "token": TokenEndpoint(account, tokens),
            "fcm": Fcm(tokens, identities),
            "sms": SmsVoice(identities, accounts),
            "connect": Connect(identities, contacts),
            "quotas": Quotas(accounts),
            "switch": DeadMansSwitch(),
            "unknown": UnknownProvider(),
        }
        self._exchange = Exchange(self._calls, phones, modes)
        self._admin = Admin(
            self._calls, phones, modes, identities, accounts, tokens, self._providers, forget=contacts.clear
        )

    async def handle(self, request: Request) -> Answer:
        """Answer one request, or drop it."""
        name = provider_of(request)
        if name == "unknown":
            page = await self._admin.answer(request)
            if page is not None:
                return page
        return await self._exchange.run(self._providers[name], request)

    def close(self) -> None:
        """Close the log."""
        self._calls.close()


def provider_of(request: Request) -> ProviderName:
    """Which provider a request is for."""
    if connect.operation_of(request) is not None:
        return "connect"
    if request.method == "GET" and switch.PATH.fullmatch(request.path):
        return "switch"
    if request.method != "POST":
        return "unknown"
    if fcm.PATH.fullmatch(request.path):
        return "fcm"
    if request.path == "/token":
        return "token"
    target = request.headers.get("x-amz-target", "")
    return next((name for prefix, name in _TARGETS.items() if target.startswith(prefix)), "unknown")
