"""FCM v1: `POST /v1/projects/{project}/messages:send`."""

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from local.sandbox.exchange import Accepted, Judged, Refused, UnknownCodeError
from local.sandbox.fcm.oauth import PROJECT, BearerTokens
from local.sandbox.fcm.rules import TARGETS, canonical, rule_violations
from local.sandbox.fcm.schema import Violation, structure_violations
from local.sandbox.http_server import Request, json_response
from local.sandbox.modes import ModeName
from local.sandbox.people.identities import IdentityBook, known
from local.sandbox.records import Arrival, CallFacts, ProviderName

PATH = re.compile(r"/v1/projects/([^/]+)/messages:send")
MESSAGE_ID_KEY = "statline_delivery"

# FCM's error code -> HTTP status, google.rpc status, what it says.
_ERRORS: Mapping[str, tuple[int, str, str]] = {
    "INVALID_ARGUMENT": (400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
    "UNREGISTERED": (404, "NOT_FOUND", "Requested entity was not found."),
    "SENDER_ID_MISMATCH": (403, "PERMISSION_DENIED", "SenderId mismatch"),
    "QUOTA_EXCEEDED": (429, "RESOURCE_EXHAUSTED", "Quota exceeded for messages of this project."),
    "UNAVAILABLE": (503, "UNAVAILABLE", "The service is currently unavailable."),
    "INTERNAL": (500, "INTERNAL", "Internal error encountered."),
    "THIRD_PARTY_AUTH_ERROR": (401, "UNAUTHENTICATED", "Auth error from APNS or Web Push Service"),
}
_WITH_RETRY_AFTER = {"QUOTA_EXCEEDED", "UNAVAILABLE"}


class Fcm:
    """Firebase Cloud Messaging."""

    name: ProviderName = "fcm"
    failures: Mapping[ModeName, str] = {
        "throttled": "QUOTA_EXCEEDED",
        "error500": "INTERNAL",
        "error503": "UNAVAILABLE",
        "unregistered": "UNREGISTERED",
    }

    def __init__(self, tokens: BearerTokens, identities: IdentityBook) -> None:
        self._tokens = tokens
        self._identities = identities

    def judge(self, request: Request) -> Judged:
        """Check the caller, then the message, then the token, in FCM's order."""
        body = _decoded(request.body)
        facts = _facts(body)
        return Judged(facts, self._refusal(request, body) or self._acceptance(body))

    def refuse(self, code: str, retry_after: int, operation: str) -> Refused:
        """Make FCM's answer to an error code."""
        del operation
        if code not in _ERRORS:
            raise UnknownCodeError(f"{code} is no error code of FCM; it knows {', '.join(_ERRORS)}")
        return _error(code, headers={"retry-after": str(retry_after)} if code in _WITH_RETRY_AFTER else {})

    def _refusal(self, request: Request, body: object) -> Refused | None:
        if not self._tokens.valid(request.headers.get("authorization", "")):
            return _unauthenticated()
        path = PATH.fullmatch(request.path)
        if path is None or path[1] != PROJECT:
            return _plain(403, "PERMISSION_DENIED", f"The account may send for project {PROJECT} only.")
        if body is None:
            return _invalid([Violation("", "Invalid JSON payload received.")])
        violations = structure_violations(body)
        if not violations:
            violations = rule_violations(_message(body))
        if violations:
            return _invalid(violations)
        return self._unreachable(_message(body).get("token", ""), delivered=not _only_checked(body))

    def _unreachable(self, token: str, *, delivered: bool) -> Refused | None:
        """Who is not reached. What is only checked goes as far as FCM's own book: Apple is not asked."""
        book = self._identities.current
        refusals = {
            "UNREGISTERED": token in book.unregistered_tokens or (token != "" and not known(token, book.tokens)),
            "SENDER_ID_MISMATCH": token in book.foreign_tokens,
            "THIRD_PARTY_AUTH_ERROR": delivered and token in book.apns_unconfigured_tokens,
        }
        return next((_error(code) for code, applies in refusals.items() if applies), None)

    def _acceptance(self, body: object) -> Accepted:
        message = _message(body)
        if _only_checked(body):
            return Accepted(json_response(200, {"name": f"projects/{PROJECT}/messages/fake_message_id"}))
        name = f"projects/{PROJECT}/messages/0:{secrets.randbelow(10**16):016d}%{secrets.token_hex(8)}"
        return Accepted(json_response(200, {"name": name}), name, _arrival(message, name))


def _decoded(body: bytes) -> object:
    """The JSON of a body, None when it is not JSON."""
    try:
        return json.loads(body)
    except ValueError:
        return None


def _only_checked(body: object) -> bool:
    return isinstance(body, dict) and bool(body.get("validate_only") or body.get("validateOnly"))


def _message(body: object) -> dict[str, Any]:
    message = body.get("message") if isinstance(body, dict) else None
    return canonical(message) if isinstance(message, dict) else {}


def _facts(body: object) -> CallFacts:
    """Read what can be read, for the log must also tell of a request that is refused."""
    message = body.get("message") if isinstance(body, dict) else None
    fields = message if isinstance(message, dict) else {}
    data = fields.get("data")
    message_id = data.get(MESSAGE_ID_KEY) if isinstance(data, dict) else None
    destination = next((fields[name] for name in TARGETS if fields.get(name)), None)
    return CallFacts(
        provider="fcm",
        operation="messages:send",
        destination=None if destination is None else str(destination),
        message_id=None if message_id is None else str(message_id),
    )


def _arrival(message: Mapping[str, Any], name: str) -> Arrival:
    android, apns = message.get("android", {}), message.get("apns", {})
    aps = apns.get("payload", {}).get("aps", {})
    alert = aps.get("alert", {})
    shown = {
        **message.get("notification", {}),
        **android.get("notification", {}),
        **(alert if isinstance(alert, dict) else {"body": alert}),
    }
    data = message.get("data", {})
    urgency = {"android": android.get("priority"), "apple": aps.get("interruption-level")}
    return Arrival(
        phone=next(message[target] for target in TARGETS if message.get(target)),
        channel="push",
        sender=PROJECT,
        title=shown.get("title"),
        body=shown.get("body"),
        data=data,
        urgency=", ".join(f"{system} {level}" for system, level in urgency.items() if level) or None,
        collapse_key=apns.get("headers", {}).get("apns-collapse-id") or android.get("collapse_key"),
        message_id=data.get(MESSAGE_ID_KEY),
        provider_id=name,
        payload=dict(message),
    )


def _plain(status: int, name: str, text: str, details: Sequence[Mapping[str, object]] = ()) -> Refused:
    error: dict[str, object] = {"code": status, "message": text, "status": name}
    if details:
        error["details"] = list(details)
    return Refused(name, json_response(status, {"error": error}))


def _unauthenticated() -> Refused:
    detail = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_EXPIRED",
        "domain": "googleapis.com",
    }
    text = "Request had invalid authentication credentials. Expected an OAuth 2 access token."
    return _plain(401, "UNAUTHENTICATED", text, [detail])


def _error(
    code: str,
    text: str | None = None,
    details: Sequence[Mapping[str, object]] = (),
    headers: Mapping[str, str] | None = None,
) -> Refused:
    status, name, usual = _ERRORS[code]
    fcm_error = {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}
    error = {"code": status, "message": text or usual, "status": name, "details": [*details, fcm_error]}
    return Refused(code, json_response(status, {"error": error}, headers))


def _invalid(violations: Sequence[Violation]) -> Refused:
    detail = {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{"field": v.field, "description": v.description} for v in violations],
    }
    return _error("INVALID_ARGUMENT", "\n".join(v.description for v in violations), [detail])
