"""Requests that belong to no provider: answered with 404, and logged like the rest, for somebody meant to send them."""

from collections.abc import Mapping

from local.sandbox.exchange import Judged, Refused, UnknownCodeError
from local.sandbox.http_server import Request, json_response
from local.sandbox.modes import ModeName
from local.sandbox.records import CallFacts, ProviderName


class UnknownProvider:
    """Nobody's address."""

    name: ProviderName = "unknown"
    failures: Mapping[ModeName, str] = {}

    def judge(self, request: Request) -> Judged:
        """Refuse."""
        operation = f"{request.method} {request.path}"
        text = f"No provider of the sandbox and no page of its own answers to {operation}."
        return Judged(
            CallFacts(provider=self.name, operation=operation),
            Refused("NOT_FOUND", json_response(404, {"error": text})),
        )

    def refuse(self, code: str, retry_after: int, operation: str) -> Refused:
        """Nothing can be refused that is never accepted."""
        del retry_after, operation
        raise UnknownCodeError(f"{code}: a mode cannot be set for requests that no provider knows")
