"""CloudTrail's record of every call that writes, as it comes to the default event bus: also of those refused."""

import contextvars
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region, get_request_client_ip, new_uuid
from ministack.core.router import extract_access_key_id

from local.emulator.permissions.unique_ids import role_id
from local.emulator.rds import bus

_DETAIL_TYPE = "AWS API Call via CloudTrail"
_READS = ("Describe", "List")
_SECRET = "HIDDEN_DUE_TO_SECURITY_REASONS"  # noqa: S105 (what CloudTrail writes in the place of one)
_SECRETS = frozenset({"MasterUserPassword", "PreSignedUrl"})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. service: the AWS service that does it for them, such as `cloudformation.amazonaws.com`."""

    arn: str = ""
    unique_id: str = ""
    key: str = ""
    agent: str = ""
    service: str = ""


_NOBODY = Caller()
_caller: contextvars.ContextVar[Caller] = contextvars.ContextVar("statline_rds_caller", default=_NOBODY)


def on_behalf(service: str) -> None:
    """From here on this thread calls for a service: as whoever asked the service for it."""
    before = _caller.get()
    _caller.set(Caller(before.arn, before.unique_id, before.key, service, service))


def as_role(role_arn: str, session: str, service: str) -> None:
    """From here on this thread calls as a service that has assumed a role."""
    account, name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    arn = f"arn:aws:sts::{account}:assumed-role/{name}/{session}"
    _caller.set(Caller(arn, f"{role_id(name)}:{session}", "", service, service))


def is_read(action: str) -> bool:
    """Whether an action changes nothing."""
    return action.startswith(_READS)


def record(action: str, request: Any, answer: Any, refused: tuple[str, str] | None = None) -> None:
    """Record a call that writes. refused: the error's code and message."""
    if is_read(action):
        return
    caller = _caller.get()
    detail: dict[str, Any] = {
        "eventVersion": "1.09",
        "userIdentity": identity(caller),
        "eventTime": bus.moment().split(".")[0] + "Z",
        "eventSource": "rds.amazonaws.com",
        "eventName": action,
        "awsRegion": get_region(),
        "sourceIPAddress": caller.service or get_request_client_ip(),
        "userAgent": caller.agent,
        "requestParameters": _as_trail(request),
        "responseElements": _as_trail(answer),
        "requestID": new_uuid(),
        "eventID": new_uuid(),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": get_account_id(),
        "eventCategory": "Management",
    }
    if refused is not None:
        detail["errorCode"], detail["errorMessage"] = refused
    bus.put("aws.rds", _DETAIL_TYPE, detail)


def identity(caller: Caller) -> dict[str, Any]:
    """CloudTrail's `userIdentity`: of a user, of a role's session, else of the account's root."""
    account = get_account_id()
    common = {"accountId": account, **({"invokedBy": caller.service} if caller.service else {})}
    keyed = {"accessKeyId": caller.key} if caller.key else {}
    if ":user/" in caller.arn:
        name = caller.arn.rsplit("/", 1)[-1]
        return {
            "type": "IAMUser",
            "principalId": caller.unique_id,
            "arn": caller.arn,
            **keyed,
            "userName": name,
            **common,
        }
    if ":assumed-role/" in caller.arn:
        role = caller.arn.split("/")[1]
        issuer = {"type": "Role", "principalId": role_id(role), "accountId": account, "userName": role}
        issuer["arn"] = f"arn:aws:iam::{account}:role/{role}"
        session = {"sessionContext": {"sessionIssuer": issuer}}
        who = {"type": "AssumedRole", "principalId": caller.unique_id, "arn": caller.arn}
        return {**who, **keyed, **session, **common}
    return {"type": "Root", "principalId": account, "arn": f"arn:aws:iam::{account}:root", **keyed, **common}


def _as_trail(value: Any) -> Any:
    """What a call said, as CloudTrail writes it: names begin with a small letter, nothing private, no secret."""
    if isinstance(value, Mapping):
        shown = {name: given for name, given in value.items() if not name.startswith("_") and given is not None}
        return {
            name[0].lower() + name[1:]: _SECRET if name in _SECRETS else _as_trail(given)
            for name, given in shown.items()
        }
    if isinstance(value, list):
        return [_as_trail(item) for item in value]
    return value


def _remember(pin: Callable[..., None]) -> Callable[..., None]:
    def pin_and_remember(headers: dict[str, str], query_params: dict[str, Any] | None = None) -> None:
        pin(headers, query_params)
        _caller.set(_caller_of(headers or {}, query_params or {}))

    return pin_and_remember


def _caller_of(headers: dict[str, str], query: dict[str, Any]) -> Caller:
    key = extract_access_key_id(headers, query)
    agent = headers.get("user-agent", "")
    found = iam_evaluator.resolve_credential(key, get_account_id()) if key else None
    if not isinstance(found, iam_evaluator.ResolvedCredential):
        return Caller(agent=agent)
    return Caller(found.principal_arn, found.principal_id, found.access_key_id, agent)


def _denials(enforce: Callable[..., Any]) -> Callable[..., Any]:
    def enforce_and_record(key: str, action: str, service: str, *arguments: Any, **named: Any) -> Any:
        denied = enforce(key, action, service, *arguments, **named)
        if service == "rds" and isinstance(denied, iam_evaluator.EvalResult):
            name = action.split(":", 1)[-1]
            said = f"User: {denied.principal_arn} is not authorized to perform: {action}"
            record(name, None, None, ("AccessDenied", said))
        return denied

    return enforce_and_record


def install() -> None:
    """Remember who calls, and record what IAM denies."""
    iam_evaluator.pin_request_caller = _remember(iam_evaluator.pin_request_caller)
    iam_evaluator.enforce = _denials(iam_evaluator.enforce)
