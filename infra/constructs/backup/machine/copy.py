"""The encrypted copy, which is the backup that stays; and its copy in a second region, where config names one."""

from functions.core.domain.backup.record import BackupOutcome, Step
from infra.constructs.backup.machine.polling import Poll, polled
from infra.constructs.backup.machine.record import noted, number, text
from infra.constructs.backup.machine.snapshot import SNAPSHOT_EXISTS, snapshot_facts, tags
from infra.constructs.backup.machine.states import (
    PATIENTLY,
    BackupNames,
    State,
    call,
    caught,
    invoke,
    jsonata,
    passed_over,
    verdict,
)

FAILED = BackupOutcome.COPY_FAILED
NO_SNAPSHOT = ["Rds.DbSnapshotNotFoundException", "Rds.DBSnapshotNotFound", "Rds.DBSnapshotNotFoundFault"]


def copy(names: BackupNames, *, then: str, ends_at: str) -> dict[str, State]:
    """The copy here, encrypted with the backups' own key; and the start of the far one. Entered at ``NoteCopy``."""
    after = "NoteFarCopy" if names.far_region else then
    return {
        "NoteCopy": noted(
            names,
            Step.COPY,
            {"copy": text("$copy"), "size_gib": number("$size")},
            then="StartCopy",
            catch=caught(FAILED, "'the record could not be written, so no copy was started'", to=ends_at),
        ),
        "StartCopy": {
            **call(
                "rds:copyDBSnapshot",
                {
                    "SourceDBSnapshotIdentifier": jsonata("$snapshot"),
                    "TargetDBSnapshotIdentifier": jsonata("$copy"),
                    "KmsKeyId": names.key,
                    "Tags": tags(),
                },
            ),
            "Catch": [
                {"ErrorEquals": SNAPSHOT_EXISTS, "Next": "WaitForCopy"},
                caught(FAILED, "'the copy of ' & $snapshot & ' was not started'", to="StopCopy"),
            ],
            "Next": "WaitForCopy",
        },
        **polled(
            names,
            Poll(
                of="Copy",
                look=call("rds:describeDBSnapshots", {"DbSnapshotIdentifier": jsonata("$copy")}),
                learn={**snapshot_facts(), "copy_arn": "$states.result.DbSnapshots[0].DbSnapshotArn"},
                what="'the copy ' & $copy",
                done="$status = 'available'",
                broken="$not($status in ['creating', 'pending', 'copying', 'available'])",
                failed=FAILED,
                late=FAILED,
                fails_to="StopCopy",
                stops_to="StopCopy",
                then=after,
            ),
        ),
        # RDS ends a copy in the making when it is deleted. One that is complete and unverified is nobody's backup.
        "StopCopy": {
            **removing(jsonata("$copy")),
            "Catch": [
                {"ErrorEquals": NO_SNAPSHOT, "Next": ends_at},
                {
                    "ErrorEquals": ["States.ALL"],
                    "Assign": {
                        "words": jsonata("$words & '; the copy ' & $copy & ' is left: ' & $states.errorOutput.Error")
                    },
                    "Next": ends_at,
                },
            ],
            "Next": ends_at,
        },
        **(_start_far_copy(names, names.far_region, then=then) if names.far_region else {}),
    }


def removing(snapshot: str) -> State:
    """Delete one of the workflow's own snapshots."""
    return {
        **call("rds:deleteDBSnapshot", {"DbSnapshotIdentifier": snapshot}),
        "Retry": [{"ErrorEquals": NO_SNAPSHOT, "MaxAttempts": 0}, PATIENTLY],
    }


def _start_far_copy(names: BackupNames, region: str, *, then: str) -> dict[str, State]:
    """What goes wrong with it does not keep the copy here from being checked; the backup ends with it all the same."""
    return {
        "NoteFarCopy": noted(
            names,
            Step.FAR_COPY,
            {"far_copy": text("$copy"), "far_region": {"S": region}},
            then="StartFarCopy",
            catch=passed_over(to="StartFarCopy"),
        ),
        "StartFarCopy": {
            **invoke(
                names.upkeep,
                {"operation": "start_far_copy", "backup": jsonata("$id"), "snapshot_arn": jsonata("$copy_arn")},
            ),
            "Catch": [caught_far_trouble(region, to=then)],
            "Next": then,
        },
    }


def caught_far_trouble(region: str, *, to: str) -> State:
    """What went wrong with the far copy, kept for the end."""
    plain = caught(FAILED, f"'the copy to {region} was not started'", to=to)
    return {**plain, "Assign": {"far_trouble": plain["Assign"]["words"]}}


def far_copy(names: BackupNames, *, then: str, ends_at: str) -> dict[str, State]:
    """Wait for the far copy. Entered at ``JudgeFarTrouble``; no states at all where config names no second region."""
    if not names.far_region:
        return {}
    return {
        "JudgeFarTrouble": {
            "Type": "Choice",
            "Choices": [verdict("$far_trouble != ''", FAILED, "$far_trouble", to=ends_at)],
            "Default": "NoteWaitForFarCopy",
        },
        "NoteWaitForFarCopy": noted(
            names, Step.FAR_COPY, then="WaitForFarCopy", catch=passed_over(to="WaitForFarCopy")
        ),
        **polled(
            names,
            Poll(
                of="FarCopy",
                look=invoke(names.upkeep, {"operation": "look_at_far_copy", "backup": jsonata("$id")}),
                learn={
                    "status": "$states.result.Payload.status",
                    "progress": "$exists($states.result.Payload.progress) ? $states.result.Payload.progress : 0",
                },
                what=f"'the copy of ' & $copy & ' in {names.far_region}'",
                done="$status = 'available'",
                broken="$not($status in ['creating', 'pending', 'copying', 'available'])",
                failed=FAILED,
                late=FAILED,
                fails_to=ends_at,
                stops_to=ends_at,
                left="'; the copy in the second region is removed by the next clean-up'",
                then=then,
            ),
        ),
    }
