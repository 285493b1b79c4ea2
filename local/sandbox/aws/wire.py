"""What AWS's services have in common on the wire: signatures in shape, input from a model, errors in the protocol."""

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import botocore.session
from botocore.model import ServiceModel, Shape, StringShape, StructureShape

from local.sandbox.aws.shapes import Problem, problems
from local.sandbox.exchange import Refused, UnknownCodeError
from local.sandbox.http_server import Request, Response, json_response

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[\w-]+)/(?P<day>\d{8})/(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9-]+)"
    r"/aws4_request, ?SignedHeaders=(?P<headers>[a-z0-9;-]+), ?Signature=[0-9a-f]{64}"
)
# Errors that every service may give and no model lists.
_COMMON: Mapping[str, int] = {
    "MissingAuthenticationTokenException": 403,
    "IncompleteSignatureException": 400,
    "InvalidSignatureException": 403,
    "AccessDeniedException": 400,
    "UnknownOperationException": 400,
    "SerializationException": 400,
    "ThrottlingException": 400,
    "ServiceUnavailableException": 503,
}
_SERVER_FAULTS = re.compile(r"Internal.*|ServiceException")
_SERVER_ERROR = 500
_CLIENT_ERROR = 400


class AwsError(Exception):
    """A refusal by an AWS service. `reason` is one of the service's own words; `details` are further members."""

    def __init__(self, code: str, message: str, reason: str = "", details: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.reason = reason
        self.details = details or {}


@dataclass(frozen=True)
class Scope:
    """Where a request was signed for."""

    region: str
    service: str


def scope_of(request: Request) -> Scope | None:
    """The credential scope of a signed request, None when it is not signed in shape."""
    match = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    return Scope(match["region"], match["service"]) if match else None


def require_signature(request: Request, service: str) -> None:
    """Refuse what is not signed for a service. The signature itself needs a secret that nobody has here."""
    if "authorization" not in request.headers:
        raise AwsError("MissingAuthenticationTokenException", "Missing Authentication Token")
    scope = scope_of(request)
    if scope is None or "x-amz-date" not in request.headers:
        raise AwsError("IncompleteSignatureException", "The Authorization header or X-Amz-Date is incomplete.")
    if scope.service != service:
        raise AwsError("InvalidSignatureException", f"Credential should be scoped to correct service: '{service}'.")


@dataclass(frozen=True)
class AwsApi:
    """One AWS service as its model describes it."""

    model: ServiceModel

    @property
    def signing_name(self) -> str:
        """The service's name in a credential scope."""
        return str(self.model.signing_name)

    @property
    def _is_rest(self) -> bool:
        return bool(self.model.metadata["protocol"] == "rest-json")

    @property
    def _content_type(self) -> str:
        return "application/json" if self._is_rest else f"application/x-amz-json-{self.model.metadata['jsonVersion']}"

    def input_problems(self, operation: str, parameters: object) -> list[Problem]:
        """What the operation's input shape does not allow."""
        shape = self.model.operation_model(operation).input_shape
        return [] if shape is None else list(problems(shape, parameters))

    def answer(self, payload: Mapping[str, object]) -> Response:
        """A successful answer."""
        return json_response(200, payload, {"x-amzn-requestid": str(uuid.uuid4())}, self._content_type)

    def refusal(self, error: AwsError) -> Refused:
        """An error in the service's protocol."""
        members = {"Message": error.message, **({"Reason": error.reason} if error.reason else {}), **error.details}
        headers = {"x-amzn-requestid": str(uuid.uuid4())}
        if self._is_rest:
            headers["x-amzn-errortype"] = error.code
        else:
            members["__type"] = f"com.amazonaws.{self.model.endpoint_prefix.replace('-', '')}#{error.code}"
        response = json_response(self._status(error.code), members, headers, self._content_type)
        return Refused(f"{error.code}/{error.reason}" if error.reason else error.code, response)

    def named_error(self, code: str, operation: str) -> AwsError:
        """An error by its name, `Code` or `Code/REASON`. Raises UnknownCodeError when the model has no such thing."""
        name, _, reason = code.partition("/")
        known = {shape.name: shape for shape in self.model.error_shapes}
        if name not in known and name not in _COMMON:
            wanted = self._error_names(operation)
            raise UnknownCodeError(f"{name} is no error of {self.model.service_name}; it knows {', '.join(wanted)}")
        if reason:
            accepted = _reasons(known.get(name))
            if reason not in accepted:
                raise UnknownCodeError(f"{reason} is no reason of {name}; it knows {', '.join(accepted) or 'none'}")
        return AwsError(name, "The sandbox was told to refuse.", reason)

    def _error_names(self, operation: str) -> list[str]:
        if operation in self.model.operation_names:
            return [shape.name for shape in self.model.operation_model(operation).error_shapes]
        return sorted(shape.name for shape in self.model.error_shapes)

    def _status(self, code: str) -> int:
        usual = _SERVER_ERROR if _SERVER_FAULTS.fullmatch(code) else _COMMON.get(code, _CLIENT_ERROR)
        modelled = {shape.name: shape.metadata.get("error", {}) for shape in self.model.error_shapes}
        return int(modelled.get(code, {}).get("httpStatusCode", usual))


def _reasons(error: Shape | None) -> list[str]:
    """The reasons that an error may give, by its model."""
    reason = error.members.get("Reason") if isinstance(error, StructureShape) else None
    return list(reason.enum) if isinstance(reason, StringShape) else []


def load(service: str) -> AwsApi:
    """The API of a service by botocore's name for it."""
    session = botocore.session.get_session()
    return AwsApi(session.get_service_model(service))


def decoded(body: bytes) -> Any:
    """The JSON of a body, without nulls; an empty body is an empty object. Raises AwsError SerializationException."""
    try:
        content = json.loads(body or b"{}")
    except ValueError as problem:
        raise AwsError("SerializationException", f"The body is not JSON: {problem}") from problem
    if not isinstance(content, dict):
        return content
    return {name: value for name, value in content.items() if value is not None}


def readable(body: bytes) -> dict[str, Any]:
    """The body's members as far as they can be read, for the log of a request that may be refused."""
    try:
        content = decoded(body)
    except AwsError:
        return {}
    return content if isinstance(content, dict) else {}


def text(value: object) -> str | None:
    """A logged value of whatever came in its place."""
    return None if value is None else str(value)
