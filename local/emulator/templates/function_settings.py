"""Settings of functions that a template gives and the emulator drops.

It leaves out reserved concurrency (and knows none for an alias or a version, where AWS counts the whole function),
`RecursiveLoop`, and the asynchronous dead-letter queue.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

_TYPE = "AWS::Lambda::Function"
Properties = dict[str, Any]
Provisioned = tuple[str, dict[str, Any]]


def _apply(name: str, props: Properties) -> None:
    function = lambda_svc._functions[name]
    reserved = props.get("ReservedConcurrentExecutions")
    function["concurrency"] = None if reserved is None else int(reserved)
    function["recursive_loop"] = props.get("RecursiveLoop", "Terminate")
    dead_letters = props.get("DeadLetterConfig")
    if dead_letters:
        function["config"]["DeadLetterConfig"] = dead_letters
    else:
        function["config"].pop("DeadLetterConfig", None)


def _applied(provision: Callable[..., Provisioned], at: int) -> Callable[..., Provisioned]:
    """Wrap a create or update handler, whose properties are its argument number `at`."""

    def provision_with_settings(*arguments: Any) -> Provisioned:
        name, attributes = provision(*arguments)
        _apply(name, arguments[at])
        return name, attributes

    return provision_with_settings


def _of_the_whole_function(reserved: Callable[..., int | None]) -> Callable[..., int | None]:
    def reserved_concurrency(function: Any, config: dict[str, Any]) -> int | None:
        whole = lambda_svc._functions.get(config.get("FunctionName", ""))
        return reserved(whole or function, config)

    return reserved_concurrency


def install() -> None:
    """Keep the settings, and count concurrency over all versions of a function."""
    handler = provisioners._RESOURCE_HANDLERS[_TYPE]
    handler["create"] = provisioners._lambda_create = _applied(provisioners._lambda_create, 1)
    handler["update"] = provisioners._lambda_update = _applied(provisioners._lambda_update, 2)
    lambda_svc._reserved_concurrency = _of_the_whole_function(lambda_svc._reserved_concurrency)
