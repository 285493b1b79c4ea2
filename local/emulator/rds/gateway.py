"""Takes RDS's calls off the wire, in the place of the emulator's own handlers."""

import copy
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ministack.services import rds

from local.emulator.rds import exports, instances, snapshots, tags, trail, wire
from local.emulator.rds.records import Request
from local.emulator.rds.refusals import RefusedError
from local.emulator.rds.store import changed

CALLS: Mapping[str, Callable[[Request], dict[str, Any]]] = MappingProxyType(
    {**instances.CALLS, **snapshots.CALLS, **exports.CALLS, **tags.CALLS}
)


def perform(name: str, request: Request) -> dict[str, Any]:
    """Do what a call asks for, and leave its trace. Raises `RefusedError`."""
    try:
        with changed:
            answer = copy.deepcopy(CALLS[name](request))
    except RefusedError as refusal:
        code = refusal.shape if refusal.shape in wire.MODEL.shape_names else wire.code_of(refusal)[0]
        trail.record(name, request, None, (code, str(refusal)))
        raise
    shown = next(iter(answer.values()), None)
    trail.record(name, request, shown if isinstance(shown, Mapping) else None)
    return answer


def _served(name: str) -> Callable[[Mapping[str, Any]], wire.Answer]:
    operation = wire.MODEL.operation_model(name)

    def serve(parameters: Mapping[str, Any]) -> wire.Answer:
        try:
            return wire.write(operation, perform(name, wire.read(parameters, operation)))
        except RefusedError as refusal:
            return wire.refuse(refusal)

    return serve


def install() -> None:
    """Answer the calls."""
    rds._ACTION_MAP.update({name: _served(name) for name in CALLS})
