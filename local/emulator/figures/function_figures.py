"""`AWS/Lambda`: what Lambda says of each function that is called, whoever calls it.

The emulator counts calls of `Invoke` only, and a throttled one as an invocation; a function that a queue or a stream
feeds has no figures there. Published for the function, and for each alias that led to the version.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ministack.services import lambda_svc

from local.emulator.figures import tallies

Record = Mapping[str, Any]
_NAMESPACE = "AWS/Lambda"
_MILLISECONDS = 1000


def _count(config: Record, name: str, value: float, unit: str = "Count") -> None:
    account, region = lambda_svc._account_region_from_function_config(config)
    for dimensions in _dimensions(config):
        tallies.add(_NAMESPACE, name, value, dimensions, unit=unit, scope=(account, region))


def _dimensions(config: Record) -> Iterator[dict[str, str]]:
    function = str(config.get("FunctionName", "unknown"))
    yield {"FunctionName": function}
    aliases = (lambda_svc._functions.get(function) or {}).get("aliases", {})
    for alias, described in aliases.items():
        if described.get("FunctionVersion") == config.get("Version", "$LATEST"):
            yield {"FunctionName": function, "Resource": f"{function}:{alias}"}


def _with_figures(execute: Callable[..., Record]) -> Callable[..., Record]:
    def execute_and_count(function: Record, config: Record, event: Any, request_id: str, started: float) -> Record:
        _count(config, "ConcurrentExecutions", _under_way(config))
        age = _iterator_age(event)
        if age is not None:
            _count(config, "IteratorAge", age, "Milliseconds")
        began = time.monotonic()
        result = execute(function, config, event, request_id, started)
        if result.get("throttle"):
            _count(config, "Throttles", 1)
            return result
        _count(config, "Invocations", 1)
        _count(config, "Throttles", 0)
        _count(config, "Errors", 1 if result.get("error") else 0)
        _count(config, "Duration", _rounded((time.monotonic() - began) * _MILLISECONDS), "Milliseconds")
        return result

    return execute_and_count


def _rounded(milliseconds: float) -> float:
    """To two digits: equal durations of a minute are kept as one."""
    return float(f"{milliseconds:.2g}")


def _under_way(config: Record) -> int:
    _total, by_function = lambda_svc.executions_in_flight()
    return int(by_function.get(lambda_svc._inflight_key(config), 0))


def _iterator_age(event: Any) -> float | None:
    """How old the newest record is that a stream's consumer gets, in milliseconds; None where it is no stream's."""
    records = event.get("Records") if isinstance(event, dict) else None
    last = records[-1] if records else None
    if not isinstance(last, dict) or last.get("eventSource") != "aws:dynamodb":
        return None
    written = float(last["dynamodb"].get("ApproximateCreationDateTime", time.time()))
    return max(0.0, round((time.time() - written) * _MILLISECONDS))


def _with_throttles(acquire: Callable[..., tuple[Any, Any]]) -> Callable[..., tuple[Any, Any]]:
    def acquire_or_count(function: Record, config: Record) -> tuple[Any, Any]:
        slot, limit = acquire(function, config)
        if slot is None:
            _count(config, "Throttles", 1)
        return slot, limit

    return acquire_or_count


def _not_twice(*_arguments: Any, **_settings: Any) -> None:
    return None


def install() -> None:
    """Count every call of every function."""
    lambda_svc._emit_lambda_metrics = _not_twice
    lambda_svc._execute_function_dispatch = _with_figures(lambda_svc._execute_function_dispatch)
    lambda_svc._acquire_execution_slot = _with_throttles(lambda_svc._acquire_execution_slot)
