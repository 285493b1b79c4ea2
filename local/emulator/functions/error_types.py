"""Functions' errors under their own names.

A failed invocation names the exception's type on AWS, and Step Functions catches by it. The emulator calls every one
`Runtime.HandlerError`.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

_TELL = '"error": str(e), "trace": traceback.format_exc()'
_TELL_TYPE = f'"type": type(e).__name__, {_TELL}'
_UNNAMED = "Runtime.HandlerError"
_raised: ContextVar[dict[str, Any] | None] = ContextVar("statline_raised", default=None)


def _telling(detect: Callable[[str], tuple[str, str]]) -> Callable[[str], tuple[str, str]]:
    def detect_binary(runtime: str) -> tuple[str, str]:
        binary, script = detect(runtime)
        return binary, script.replace(_TELL, _TELL_TYPE)

    return detect_binary


def _listening(invoke: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def invoke_and_remember(worker: Any, *arguments: Any, **settings: Any) -> dict[str, Any]:
        result = invoke(worker, *arguments, **settings)
        _raised.set(result if "type" in result else None)
        return result

    return invoke_and_remember


def _named(execute: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def execute_named(*arguments: Any) -> dict[str, Any]:
        _raised.set(None)
        result = execute(*arguments)
        raised, body = _raised.get(), result.get("body")
        if raised and result.get("error") and isinstance(body, dict) and body.get("errorType") == _UNNAMED:
            body.update(errorType=raised["type"], stackTrace=raised["trace"].splitlines(keepends=True))
        return result

    return execute_named


def install() -> None:
    """Let workers tell the type of what they raise, and hand it on."""
    if _TELL not in lambda_runtime._PYTHON_WORKER_SCRIPT:
        message = "The emulator's Python worker has changed: look at local/emulator/functions/error_types.py again."
        raise RuntimeError(message)
    lambda_runtime._detect_runtime_binary = _telling(lambda_runtime._detect_runtime_binary)
    lambda_runtime.Worker.invoke = _listening(lambda_runtime.Worker.invoke)
    lambda_svc._execute_function_warm = _named(lambda_svc._execute_function_warm)
