"""The dead-man's switch of a region: `GET /heartbeat/REGION`. The call log shows who called; nobody waits for it."""

import re
from collections.abc import Mapping

from local.sandbox.exchange import Accepted, Judged, Refused, UnknownCodeError
from local.sandbox.http_server import Request, json_response
from local.sandbox.modes import ModeName
from local.sandbox.records import CallFacts, ProviderName

PATH = re.compile(r"/heartbeat/([a-z]{2}-[a-z]+-\d)")

_ERRORS: Mapping[str, int] = {"TOO_MANY_REQUESTS": 429, "INTERNAL": 500, "UNAVAILABLE": 503}


class DeadMansSwitch:
    """Whoever listens outside."""

    name: ProviderName = "switch"
    failures: Mapping[ModeName, str] = {
        "throttled": "TOO_MANY_REQUESTS",
        "error500": "INTERNAL",
        "error503": "UNAVAILABLE",
    }

    def judge(self, request: Request) -> Judged:
        """Take every call."""
        path = PATH.fullmatch(request.path)
        facts = CallFacts(provider=self.name, operation="heartbeat", region=path[1] if path else None)
        return Judged(facts, Accepted(json_response(200, {"heard": facts.region})))

    def refuse(self, code: str, retry_after: int, operation: str) -> Refused:
        """Make an answer that is no success."""
        del retry_after, operation
        if code not in _ERRORS:
            raise UnknownCodeError(f"{code} is no error of the dead-man's switch; it knows {', '.join(_ERRORS)}")
        return Refused(code, json_response(_ERRORS[code], {"error": code}))
