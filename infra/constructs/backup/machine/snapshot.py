"""The snapshot of the replica, and what the replica holds just before and just after it."""

from functions.core.domain.backup.record import BACKUP_TAG, EXECUTION_TAG, BackupOutcome, Moment, Step
from infra.constructs.backup.machine.opening import REFUSED
from infra.constructs.backup.machine.polling import Poll, polled, watched
from infra.constructs.backup.machine.record import noted, text
from infra.constructs.backup.machine.states import BackupNames, State, call, caught, invoke, jsonata

FAILED = BackupOutcome.SNAPSHOT_FAILED
# AWS names an error after the exception of its SDK, and by its bare code where the SDK has none for it.
SNAPSHOT_EXISTS = ["Rds.DbSnapshotAlreadyExistsException", "Rds.DBSnapshotAlreadyExists"]
NOT_STOPPED = "'; the snapshot ' & $snapshot & ' cannot be stopped: when it is made, it is pruned'"


def tags() -> list[State]:
    """What everything carries that a backup makes in RDS. The reason is not among it: it is a person's text."""
    return [
        {"Key": EXECUTION_TAG, "Value": jsonata("$states.context.Execution.Name")},
        {"Key": BACKUP_TAG, "Value": jsonata("$id")},
    ]


def snapshot(names: BackupNames, *, then: str, ends_at: str) -> dict[str, State]:
    """Facts, snapshot, facts. Entered at ``NoteFacts``."""
    return {
        "NoteFacts": noted(
            names,
            Step.FACTS,
            then="AskFactsBefore",
            catch=caught(REFUSED, "'the record could not be written'", to=ends_at),
        ),
        "AskFactsBefore": {
            **_facts(names, Moment.BEFORE),
            "Catch": [caught(REFUSED, f"'what {names.replica} holds could not be asked'", to=ends_at)],
            "Next": "WatchOverStart",
        },
        # To count rows takes its time: the alarms are asked once more before the act that cannot be stopped.
        **watched(names, "Start", stops_to=ends_at, default="NoteSnapshot"),
        "NoteSnapshot": noted(
            names,
            Step.SNAPSHOT,
            {"snapshot": text("$snapshot")},
            then="StartSnapshot",
            catch=caught(FAILED, "'the record could not be written, so no snapshot was started'", to=ends_at),
        ),
        "StartSnapshot": {
            **call(
                "rds:createDBSnapshot",
                {
                    "DbInstanceIdentifier": names.replica,
                    "DbSnapshotIdentifier": jsonata("$snapshot"),
                    "Tags": [{"Key": "statline:backup-of", "Value": names.primary}, *tags()],
                },
            ),
            "Catch": [
                # The name is this execution's own: a try whose answer was lost has made it.
                {"ErrorEquals": SNAPSHOT_EXISTS, "Next": "WaitForSnapshot"},
                caught(FAILED, f"'the snapshot of {names.replica} was not started'", to=ends_at),
            ],
            "Next": "WaitForSnapshot",
        },
        **polled(
            names,
            Poll(
                of="Snapshot",
                look=call("rds:describeDBSnapshots", {"DbSnapshotIdentifier": jsonata("$snapshot")}),
                learn=snapshot_facts(),
                what="'the snapshot ' & $snapshot",
                done="$status = 'available'",
                broken="$not($status in ['creating', 'pending', 'available'])",
                failed=FAILED,
                late=BackupOutcome.SNAPSHOT_TIMED_OUT,
                fails_to=ends_at,
                stops_to=ends_at,
                left=f"($status = 'available' ? '' : {NOT_STOPPED})",
                then="AskFactsAfter",
            ),
        ),
        "AskFactsAfter": {
            **_facts(names, Moment.AFTER),
            "Catch": [
                caught(FAILED, f"'what {names.replica} held after ' & $snapshot & ' could not be asked'", to=ends_at)
            ],
            "Next": then,
        },
    }


def snapshot_facts() -> dict[str, str]:
    """What is learnt from the description of a snapshot or of a copy. Figures may come as texts."""
    found = "$states.result.DbSnapshots[0]"
    return {
        "status": f"{found}.Status",
        "progress": f"$exists({found}.PercentProgress) ? $number($string({found}.PercentProgress)) : 0",
        "size": f"$exists({found}.AllocatedStorage) ? $number($string({found}.AllocatedStorage)) : 0",
    }


def _facts(names: BackupNames, moment: Moment) -> State:
    return invoke(names.checks, {"operation": "facts", "backup": jsonata("$id"), "moment": moment.value})
