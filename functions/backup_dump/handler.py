"""The backup dump's entry point: the workflow calls it with a restored copy.

{"operation": "plan", "backup": id, "host": name, "port": 5432}
    -> {"parts": [{"number": 0, "of": 4, "content": "pre-data", "name": "definitions", "tables": []}, ...]}
{"operation": "part", "backup": id, "host": name, "port": 5432, "part": one of them}
    -> {"number": 0, "of": 4, "key": "dumps/<id>/0000-definitions.dump", "version": "...", "bytes": 1, "sha256": "..."}
{"operation": "finish", "backup": id, "parts": [every answer]}
    -> {"location": "s3://bucket/dumps/<id>/"}
"""

from typing import Any

from functions.backup_dump.calls import CALLS, FinishCall, PartCall, PlanCall
from functions.backup_dump.finish import MadePart
from functions.backup_dump.plan import Part, plan
from functions.backup_dump.wiring import Parts, wire
from functions.core.adapters.backup.calls import read_call

_FOR_THE_ANSWER = 20.0
"""Seconds that are kept for ending an upload."""


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One call. The name of the exception type that it may end with is the error's name in the workflow."""
    parts = wire()
    match read_call(CALLS, event):
        case PlanCall() as call:
            return _plan(parts, call)
        case PartCall() as call:
            return _part(parts, call, context)
        case FinishCall() as call:
            made = [
                MadePart(each.number, each.of, each.key, each.version, each.bytes, each.sha256) for each in call.parts
            ]
            return {"location": parts.finish(call.backup, made)}


def _plan(parts: Parts, call: PlanCall) -> dict[str, Any]:
    with parts.tables(call.host, call.port) as tables:
        planned = plan(tables.list())
    return {
        "parts": [
            {
                "number": part.number,
                "of": len(planned),
                "content": part.content.value,
                "name": part.name,
                "tables": [list(table) for table in part.tables],
            }
            for part in planned
        ]
    }


def _part(parts: Parts, call: PartCall, context: Any) -> dict[str, Any]:
    wanted = Part(call.part.number, call.part.content, call.part.name, call.part.tables)
    with parts.part(
        call.host, call.port, lambda: float(context.get_remaining_time_in_millis()) / 1000 - _FOR_THE_ANSWER
    ) as make:
        stored = make(call.backup, wanted)
    return {
        "number": call.part.number,
        "of": call.part.of,
        "key": stored.key,
        "version": stored.version,
        "bytes": stored.size,
        "sha256": stored.sha256,
    }
