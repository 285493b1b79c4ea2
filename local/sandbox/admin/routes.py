"""The sandbox's own interface: phones, calls, failure modes, identities."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from local.sandbox.admin.people import AdminOfPeople
from local.sandbox.admin.requests import BadRequestError, number, wait
from local.sandbox.aws.account import Account, AccountBook
from local.sandbox.call_log import CallLog
from local.sandbox.exchange import Provider, UnknownCodeError
from local.sandbox.fcm.oauth import BearerTokens
from local.sandbox.http_server import Request, Response, json_response
from local.sandbox.modes import Mode, Modes
from local.sandbox.people.habits import Habits
from local.sandbox.people.identities import Identities, IdentityBook
from local.sandbox.people.phone_store import PhoneStore
from local.sandbox.records import ProviderName, Received

_MODE_LIST = TypeAdapter(list[Mode])
_LIMIT = 10_000
_PHONE = "/phones/"


@dataclass(frozen=True)
class Admin:
    """What the admin interface looks at and changes."""

    calls: CallLog
    phones: PhoneStore
    modes: Modes
    identities: IdentityBook
    accounts: AccountBook
    tokens: BearerTokens
    providers: Mapping[ProviderName, Provider]
    people: AdminOfPeople
    forget: Callable[[], None]
    """Makes the providers forget what they remember."""

    async def answer(self, request: Request) -> Response | None:
        """Answer an admin request; None when the path is none of ours."""
        routes: dict[tuple[str, str], Callable[[Request], Awaitable[Response]]] = {
            ("GET", "/health"): self._health,
            ("GET", "/phones"): self._list_phones,
            ("GET", "/phones/feed"): self._feed,
            ("GET", "/calls"): self._list_calls,
            ("GET", "/modes"): self._show_modes,
            ("PUT", "/modes"): self._switch_modes,
            ("DELETE", "/modes"): self._clear_modes,
            ("GET", "/identities"): self._show_identities,
            ("PUT", "/identities"): self._set_identities,
            ("GET", "/account"): self._show_account,
            ("PUT", "/account"): self._set_account,
            ("DELETE", "/tokens"): self._expire_tokens,
            ("POST", "/reset"): self._reset,
        }
        route = routes.get((request.method, request.path)) or self.people.route(request.method, request.path)
        if route is None and request.method == "GET" and request.path.startswith(_PHONE):
            route = self._show_phone
        if route is None:
            return None
        try:
            return await route(request)
        except (BadRequestError, ValidationError, UnknownCodeError) as problem:
            return json_response(400, {"error": str(problem)})

    async def _health(self, request: Request) -> Response:
        del request
        return json_response(200, {"status": "ok", "calls": self.calls.feed.last, "arrivals": self.phones.feed.last})

    async def _list_phones(self, request: Request) -> Response:
        del request
        phones = [
            {"id": phone, "received": len(arrivals), "last_at": arrivals[-1].at}
            for phone, arrivals in self.phones.phones.items()
        ]
        return json_response(200, {"phones": phones})

    async def _show_phone(self, request: Request) -> Response:
        phone = request.path.removeprefix(_PHONE)
        received = [_dump(arrival) for arrival in self.phones.phones.get(phone, [])]
        screen = [_dump(arrival) for arrival in self.phones.screen(phone)]
        return json_response(200, {"id": phone, "received": received, "screen": screen})

    async def _feed(self, request: Request) -> Response:
        after, limit = number(request, "after", 0), number(request, "limit", _LIMIT)
        await self.phones.feed.wait_beyond(after, wait(request))
        arrivals = self.phones.feed.after(after, limit)
        last = arrivals[-1].seq if arrivals else self.phones.feed.last
        return json_response(200, {"arrivals": [_dump(arrival) for arrival in arrivals], "last": last})

    async def _list_calls(self, request: Request) -> Response:
        after, limit = number(request, "after", 0), number(request, "limit", _LIMIT)
        await self.calls.feed.wait_beyond(after, wait(request))
        calls = self.calls.feed.after(after, limit)
        last = calls[-1].seq if calls else self.calls.feed.last
        return json_response(200, {"calls": [call.model_dump(mode="json") for call in calls], "last": last})

    async def _show_modes(self, request: Request) -> Response:
        del request
        return json_response(200, [mode.model_dump(mode="json") for mode in self.modes.shown()])

    async def _switch_modes(self, request: Request) -> Response:
        modes = _MODE_LIST.validate_json(request.body)
        for mode in modes:
            self._check_code(mode)
        self.modes.switch(modes)
        return await self._show_modes(request)

    def _check_code(self, mode: Mode) -> None:
        provider = self.providers.get(mode.provider) if mode.provider else None
        if mode.code is not None and provider is not None:
            provider.refuse(mode.code, mode.retry_after, mode.match.operation or "")

    async def _clear_modes(self, request: Request) -> Response:
        self.modes.switch([])
        return await self._show_modes(request)

    async def _show_identities(self, request: Request) -> Response:
        del request
        return json_response(200, self.identities.current.model_dump(mode="json"))

    async def _set_identities(self, request: Request) -> Response:
        """Set the lists that are named; the others stay."""
        current = self.identities.current.model_dump(mode="json")
        self.identities.current = Identities.model_validate({**current, **_changes(request)})
        return await self._show_identities(request)

    async def _show_account(self, request: Request) -> Response:
        del request
        return json_response(200, self.accounts.current.model_dump(mode="json"))

    async def _set_account(self, request: Request) -> Response:
        """Set what is named; the rest stays."""
        current = self.accounts.current.model_dump(mode="json")
        self.accounts.current = Account.model_validate({**current, **_changes(request)})
        return await self._show_account(request)

    async def _expire_tokens(self, request: Request) -> Response:
        del request
        self.tokens.expire_all()
        return json_response(200, {})

    async def _reset(self, request: Request) -> Response:
        del request
        self.calls.clear()
        self.phones.clear()
        self.modes.switch([])
        self.identities.current = Identities()
        self.accounts.current = Account()
        self.people.world.habits.current = Habits()
        self.people.world.switchboard.pace = 1.0
        self.forget()
        return json_response(200, {})


def _changes(request: Request) -> dict[str, object]:
    try:
        changes = json.loads(request.body)
    except ValueError as problem:
        raise BadRequestError(f"The body is not JSON: {problem}") from problem
    if not isinstance(changes, dict):
        raise BadRequestError("The body must be a JSON object with what is to change.")
    return changes


def _dump(received: Received) -> dict[str, object]:
    return received.model_dump(mode="json")
