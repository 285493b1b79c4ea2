"""The backup upkeep's entry point: the workflow calls it, and whatever says that an execution ended badly.

{"operation": "clean", "execution": arn or null}                        -> {"cleaned": ["restored instance ..."]}
{"operation": "prune", "leftovers_only": false}                         -> {"deleted": [id, ...]}
{"operation": "start_far_copy", "backup": id, "snapshot_arn": arn}      -> {"far_copy": name, "region": region}
{"operation": "look_at_far_copy", "backup": id}                         -> {"status": "creating", "progress": 40}
"""

from typing import Any

from functions.backup_upkeep.calls import CALLS, CleanCall, LookAtFarCopyCall, PruneCall, StartFarCopyCall
from functions.backup_upkeep.wiring import wire
from functions.core.adapters.backup.calls import read_call


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """One call. The name of the exception type that it may end with is the error's name in the workflow."""
    parts = wire()
    match read_call(CALLS, event):
        case CleanCall(execution=caller):
            cleaned = list(parts.clean(caller))
            # Who calls this after an execution has ended badly reads no answer.
            parts.log.write("cleaned up after backups", count=len(cleaned))
            return {"cleaned": cleaned}
        case PruneCall(leftovers_only=leftovers_only):
            deleted = list(parts.prune(leftovers_only=leftovers_only))
            parts.log.write("pruned backups", count=len(deleted))
            return {"deleted": deleted}
        case StartFarCopyCall(backup=backup, snapshot_arn=arn):
            far = parts.far()
            return {"far_copy": far.start(backup, arn), "region": far.far_region}
        case LookAtFarCopyCall(backup=backup):
            status, progress = parts.far().look_at(backup)
            return {"status": status, "progress": progress}
