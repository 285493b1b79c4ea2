"""Step Functions' calls of AWS's query services, by the services' models: names, types and errors as on AWS.

The emulator guesses by spelling: it asks for `KMSKeyId` where RDS has `KmsKeyId`, answers numbers as text, and names
errors after their wire codes. On AWS all names are those of the Java SDK: of a member only the abbreviation at its
beginning is respelt (`DbInstances`, but `SourceDBSnapshotIdentifier` and `MultiAZ`), and errors are called like the
classes (`Rds.DbSnapshotNotFoundException`).
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import botocore.parsers
import botocore.serialize
import botocore.validate
from ministack import app
from ministack.core.responses import _service_model, get_region
from ministack.services import stepfunctions

_MODELLED = ("rds", "sns")
_CLOUDWATCH = {"target_prefix": "GraniteServiceVersion20100801", "protocol": "json", "service_key": "monitoring"}
_SUFFIX_OF_FAULTS, _SUFFIX_OF_ERRORS = "Fault", "Exception"
_FIRST_ERROR = 400
_ABBREVIATION = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]+$|[A-Z]+(?=[^a-zA-Z])")
"""Capitals at the beginning of a name, up to the one that begins its first word."""
_class_name: Callable[[str], str] = stepfunctions._api_name_to_sfn_key
"""The emulator's spelling: every abbreviation in a name is respelt. That is how the SDK calls its classes."""
Dispatch = Callable[[dict[str, Any], str, str, Any], Any]


def _failed(error: str, cause: str) -> Exception:
    failure: Exception = stepfunctions._ExecutionError(error, cause)
    return failure


def _by_model(dispatch: Dispatch) -> Dispatch:
    def dispatch_by_model(service_info: dict[str, Any], service: str, action: str, arguments: Any) -> Any:
        if service not in _MODELLED:
            return dispatch(service_info, service, action, arguments)
        operation = _service_model(service).operation_model(action[0].upper() + action[1:])
        status, headers, body = _send(service, operation, arguments or {})
        answered = {"status_code": status, "headers": headers, "body": body}
        answer = botocore.parsers.create_parser("query").parse(answered, operation.output_shape)
        answer.pop("ResponseMetadata", None)
        if status >= _FIRST_ERROR:
            error = answer.get("Error", {})
            raise _failed(stepfunctions._prefix_sdk_error(service, error["Code"]), error.get("Message", ""))
        return stepfunctions._sdk_json_value(_as_json(answer), operation.output_shape) if answer else {}

    return dispatch_by_model


def _send(service: str, operation: Any, arguments: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    request = stepfunctions._sdk_json_param_value(arguments, operation.input_shape)
    report = botocore.validate.ParamValidator().validate(request, operation.input_shape)
    unknown = sorted(set(request) - set(operation.input_shape.members))
    if report.has_errors() or unknown:
        # AWS refuses such a definition when it is created.
        raise _failed("States.Runtime", f"{operation.name}: {report.generate_report()} unknown: {unknown}")
    serialized = botocore.serialize.create_serializer("query").serialize_to_request(request, operation)
    scope = f"test/20260101/{get_region()}/{service}/aws4_request"
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "host": f"{service}.{get_region()}.amazonaws.com",
        "authorization": f"AWS4-HMAC-SHA256 Credential={scope}",
    }
    body = urlencode(serialized["body"]).encode()
    answer: tuple[int, dict[str, str], bytes] = app.call_service_handler_sync(
        app.SERVICE_HANDLERS[service], "POST", "/", headers, body, {}
    )
    return answer


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, dict):
        return {name: _as_json(given) for name, given in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    return value


def member_name(wire_name: str) -> str:
    """The name that Step Functions gives to a member of a request or an answer."""
    name = wire_name[:1].upper() + wire_name[1:]
    beginning = _ABBREVIATION.match(name)
    return beginning.group().capitalize() + name[beginning.end() :] if beginning else name


def error_name(service: str, code: str) -> str | None:
    """The name of an error without its service, after the class that the Java SDK has for its shape.

    None where the service's model does not know the code.
    """
    model = _service_model(stepfunctions._AWS_SDK_SERVICE_MAP[service].get("service_key", service))
    shapes = [] if model is None else [shape for shape in model.error_shapes if code in (shape.error_code, shape.name)]
    if not shapes:
        return None
    name = str(shapes[0].name)
    words = str(_class_name(name.removesuffix(_SUFFIX_OF_FAULTS)))
    return words if words.endswith(_SUFFIX_OF_ERRORS) else words + _SUFFIX_OF_ERRORS


def _as_class(prefix_error: Callable[[str, str], str]) -> Callable[[str, str], str]:
    def prefix_as_class(service: str, code: str) -> str:
        prefix = stepfunctions._AWS_SDK_ERROR_PREFIX.get(service)
        bare = code.rsplit("#", 1)[-1]
        if prefix is None or bare.startswith("States.") or service == "ec2":
            return prefix_error(service, code)
        name = error_name(service, bare) or prefix + _SUFFIX_OF_ERRORS
        return f"{prefix}.{name}"

    return prefix_as_class


def install() -> None:
    """Speak to query services by their models."""
    stepfunctions._dispatch_aws_sdk_query = _by_model(stepfunctions._dispatch_aws_sdk_query)
    stepfunctions._prefix_sdk_error = _as_class(stepfunctions._prefix_sdk_error)
    stepfunctions._api_name_to_sfn_key = member_name
    stepfunctions._AWS_SDK_SERVICE_MAP["cloudwatch"] = dict(_CLOUDWATCH)
