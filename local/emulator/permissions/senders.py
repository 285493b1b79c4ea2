"""SQS's `SenderId`: who sent a message, as AWS says it.

AWS stores the sender's unique id with every message (an IAM user's `AIDA...`, a role session's `AROA...:session`), and
gives it to receivers and to Lambda. The emulator always says the account's number, with which no consumer could tell
one producer from another.
"""

import contextvars
from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id
from ministack.core.router import extract_access_key_id
from ministack.services import lambda_svc, sqs

_caller_id: contextvars.ContextVar[str] = contextvars.ContextVar("statline_caller_id", default="")


def caller_id() -> str:
    """The unique id of whoever makes the request that is served now; empty where nobody is known."""
    return _caller_id.get()


def _principal_id(headers: dict[str, str], query: dict[str, Any] | None) -> str:
    key = extract_access_key_id(headers or {}, query or {})
    credential = iam_evaluator.resolve_credential(key, get_account_id()) if key else None
    return credential.principal_id if isinstance(credential, iam_evaluator.ResolvedCredential) else ""


def _pin_caller(pin: Callable[..., None]) -> Callable[..., None]:
    def pin_with_id(headers: dict[str, str], query_params: dict[str, Any] | None = None) -> None:
        pin(headers, query_params)
        _caller_id.set(_principal_id(headers, query_params))

    return pin_with_id


def _stamp_sender(build: Callable[..., dict[str, str]]) -> Callable[..., dict[str, str]]:
    def with_sender(now: float, given: dict[str, Any]) -> dict[str, str]:
        return {**build(now, given), "SenderId": _caller_id.get() or get_account_id()}

    return with_sender


def _tell_lambda(run_batch: Callable[..., None]) -> Callable[..., None]:
    def with_senders(
        mapping: Any, function: Any, event: dict[str, Any], batch: list[dict[str, Any]], *queue: str
    ) -> None:
        stored = {message["id"]: message["sys"] for message in batch}
        for record in event["Records"]:
            system = stored[record["messageId"]]
            record["attributes"]["SenderId"] = system["SenderId"]
            if "DeadLetterQueueSourceArn" in system:
                record["attributes"]["DeadLetterQueueSourceArn"] = system["DeadLetterQueueSourceArn"]
        run_batch(mapping, function, event, batch, *queue)

    return with_senders


def install() -> None:
    """Store the true sender with each message, and hand it to receivers and functions."""
    iam_evaluator.pin_request_caller = _pin_caller(iam_evaluator.pin_request_caller)
    sqs._build_send_sys_attrs = _stamp_sender(sqs._build_send_sys_attrs)
    lambda_svc._run_sqs_batch = _tell_lambda(lambda_svc._run_sqs_batch)
