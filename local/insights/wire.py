"""Performance Insights' two protocols: CBOR (which botocore speaks first) and JSON."""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import cbor2

from local.sandbox.aws.wire import AwsApi, AwsError, load
from local.sandbox.http_server import Request, Response

_CLIENT_ERROR = 400
_FORBIDDEN = 403
_STATUS = {"MissingAuthenticationTokenException": _FORBIDDEN, "InvalidSignatureException": _FORBIDDEN}

API: AwsApi = load("pi")
_TARGET = str(API.model.metadata["targetPrefix"])
_CBOR_PATH = f"/service/{_TARGET}/operation/"


@dataclass(frozen=True, slots=True)
class Protocol:
    """How bodies are read and written."""

    content_type: str
    read: Callable[[bytes], Any]
    write: Callable[[Mapping[str, object]], bytes]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """The operation that a request names, and the protocol that it speaks."""

    operation: str
    protocol: Protocol


def _read_cbor(body: bytes) -> Any:
    try:
        return cbor2.loads(body)
    except (cbor2.CBORDecodeError, EOFError) as problem:
        raise AwsError("SerializationException", f"The body is not CBOR: {problem}") from problem


def _write_cbor(payload: Mapping[str, object]) -> bytes:
    return cbor2.dumps(payload, datetime_as_timestamp=True)


def _read_json(body: bytes) -> Any:
    try:
        return json.loads(body or b"{}")
    except ValueError as problem:
        raise AwsError("SerializationException", f"The body is not JSON: {problem}") from problem


def _write_json(payload: Mapping[str, object]) -> bytes:
    return json.dumps(payload, default=_seconds).encode()


def _seconds(value: object) -> float:
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(f"{type(value).__name__} has no place in an answer")


_CBOR = Protocol("application/cbor", _read_cbor, _write_cbor, {"smithy-protocol": "rpc-v2-cbor"})
_JSON = Protocol("application/x-amz-json-1.1", _read_json, _write_json)


def call_of(request: Request) -> Call | None:
    """The call that a request makes; None when it is no call of Performance Insights."""
    if request.method != "POST":
        return None
    if request.path.startswith(_CBOR_PATH):
        return Call(request.path.removeprefix(_CBOR_PATH), _CBOR)
    service, _, operation = request.headers.get("x-amz-target", "").partition(".")
    return Call(operation, _JSON) if service == _TARGET else None


def parameters_of(call: Call, request: Request) -> dict[str, Any]:
    """The call's parameters, valid by the service's model. Raises AwsError."""
    if call.operation not in API.model.operation_names:
        raise AwsError("UnknownOperationException", f"Performance Insights has no operation {call.operation}.")
    given = call.protocol.read(request.body)
    problems = API.input_problems(call.operation, given)
    if problems:
        raise AwsError("InvalidArgumentException", "; ".join(problem.message for problem in problems))
    return {name: value for name, value in given.items() if value is not None}


def answered(protocol: Protocol, payload: Mapping[str, object], status: int = 200) -> Response:
    """An answer in a protocol."""
    headers = {"content-type": protocol.content_type, "x-amzn-requestid": str(uuid.uuid4()), **protocol.headers}
    return Response(status, protocol.write(payload), headers)


def refused(protocol: Protocol, error: AwsError) -> Response:
    """A refusal in a protocol."""
    payload = {"__type": f"com.amazonaws.pi#{error.code}", "Message": error.message}
    return answered(protocol, payload, _STATUS.get(error.code, _CLIENT_ERROR))
