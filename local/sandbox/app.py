"""The sandbox put together: the providers, the phones, the log, and the way from a path to each of them."""

from collections.abc import Mapping
from pathlib import Path

from local.sandbox import fcm
from local.sandbox.admin import Admin
from local.sandbox.call_log import CallLog
from local.sandbox.exchange import Exchange, Provider
from local.sandbox.fcm import Fcm
from local.sandbox.http_server import Answer, Request
from local.sandbox.identities import IdentityBook
from local.sandbox.modes import Modes
from local.sandbox.oauth import BearerTokens, ServiceAccount, TokenEndpoint
from local.sandbox.phone_store import PhoneStore
from local.sandbox.records import ProviderName
from local.sandbox.unknown import UnknownProvider


class Sandbox:
    """Every provider on one port. Holds the state; the call log is a file in `directory`."""

    def __init__(self, directory: Path, account: ServiceAccount) -> None:
        identities, tokens = IdentityBook(), BearerTokens()
        calls, phones, modes = CallLog(directory / "calls.jsonl"), PhoneStore(), Modes()
        self._providers: Mapping[ProviderName, Provider] = {
            "token": TokenEndpoint(account, tokens),
            "fcm": Fcm(tokens, identities),
            "unknown": UnknownProvider(),
        }
        self._exchange = Exchange(calls, phones, modes)
        self._calls = calls
        self._admin = Admin(calls, phones, modes, identities, tokens, self._providers, lambda: None)

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
    if request.method == "POST" and fcm.PATH.fullmatch(request.path):
        return "fcm"
    if request.method == "POST" and request.path == "/token":
        return "token"
    return "unknown"
