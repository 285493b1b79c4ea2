"""The backup workflow as data: its phases, one after the other.

    opening ─► preflight ─► snapshot ─► copy ─► restore, check ─► [dump] ─► drop ─► [export] ─► [far copy] ─► ending

A verification of an earlier backup goes from the preflight to the restore.
"""

from collections.abc import Mapping

from infra.constructs.backup.machine.copy import copy, far_copy
from infra.constructs.backup.machine.dump import dump
from infra.constructs.backup.machine.ending import ENDS_AT, UNRECORDED_ENDS_AT, ending
from infra.constructs.backup.machine.export import after_drop, export
from infra.constructs.backup.machine.opening import opening
from infra.constructs.backup.machine.preflight import preflight
from infra.constructs.backup.machine.restore import drop, restore
from infra.constructs.backup.machine.snapshot import snapshot
from infra.constructs.backup.machine.states import BackupNames, State

# The replica's own backup, snapshot, copy, restore, drop, export, far copy; and a day for the functions' work.
_LONG_STEPS = 7
_FUNCTIONS_MINUTES = 24 * 60


def backup_definition(names: BackupNames) -> State:
    """The state machine in the Amazon States Language, with JSONata expressions."""
    after_extras = "JudgeFarTrouble" if names.far_region else "Conclude"
    return {
        "Comment": f"Backs up {names.replica} and never {names.primary}",
        "QueryLanguage": "JSONata",
        "StartAt": "NameBackup",
        # A net above the workflow's own deadlines, which end with words.
        "TimeoutSeconds": (_LONG_STEPS * names.longest_minutes + _FUNCTIONS_MINUTES) * 60,
        "States": _joined(
            opening(names, then="ReadAlarms", ends_at=ENDS_AT, unrecorded_ends_at=UNRECORDED_ENDS_AT),
            preflight(names, then="NoteFacts", verify="NoteRestore", ends_at=ENDS_AT),
            snapshot(names, then="NoteCopy", ends_at=ENDS_AT),
            copy(names, then="NoteRestore", ends_at=ENDS_AT),
            restore(names, dump="NoteDump", ends_at=ENDS_AT),
            dump(names),
            drop(names, then="JudgeSnapshotNeed", ends_at=ENDS_AT),
            after_drop(otherwise=after_extras),
            export(names, then=after_extras, ends_at=ENDS_AT),
            far_copy(names, then="Conclude", ends_at=ENDS_AT),
            ending(names),
        ),
    }


def _joined(*phases: Mapping[str, State]) -> dict[str, State]:
    """All states. Two of one name would make one of them disappear, and what leads to it lead elsewhere."""
    states: dict[str, State] = {}
    for phase in phases:
        twice = states.keys() & phase.keys()
        if twice:
            raise ValueError(f"two states of the backup workflow are called {', '.join(sorted(twice))}")
        states |= phase
    return states
