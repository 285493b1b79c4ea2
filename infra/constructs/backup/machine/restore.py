"""The copy restored, checked, and dropped: a backup that nobody has restored is a hope.

Once the restore was asked for, every way leads to the drop, how ever it goes; only its end is not the same.
"""

from functions.core.domain.backup.record import BackupKind, BackupOutcome, Step
from infra.constructs.backup.machine.polling import Poll, polled, too_late, waiting
from infra.constructs.backup.machine.record import noted, text, written
from infra.constructs.backup.machine.snapshot import tags
from infra.constructs.backup.machine.states import (
    BackupNames,
    State,
    branch,
    call,
    call_once,
    caught,
    invoke,
    jsonata,
    passed_over,
    remarked,
    verdict,
)

FAILED = BackupOutcome.RESTORE_FAILED
DROP = "NoteDrop"
"""Where every way leads after the restore was asked for."""
_INSTANCE_EXISTS = ["Rds.DbInstanceAlreadyExistsException", "Rds.DBInstanceAlreadyExists"]
_NO_INSTANCE = ["Rds.DbInstanceNotFoundException", "Rds.DBInstanceNotFound", "Rds.DBInstanceNotFoundFault"]
# RDS calls all of these operational. A restored instance fetches its blocks for hours, and may say so as its status.
_READY = "['available', 'storage-initialization', 'storage-optimization']"
_HOPELESS = (
    "['failed', 'restore-error', 'storage-full', 'stopped', 'deleting', 'insufficient-capacity',"
    " 'incompatible-restore', 'incompatible-network', 'incompatible-parameters', 'incompatible-option-group',"
    " 'inaccessible-encryption-credentials']"
)


def restore(names: BackupNames, *, dump: str, ends_at: str) -> dict[str, State]:
    """Restore and check. Entered at ``NoteRestore``. dump: where a checked copy goes of which a dump is wanted."""
    return {
        "NoteRestore": noted(
            names,
            Step.RESTORE,
            {"restored": text("$restored")},
            then="Restore",
            catch=caught(FAILED, "'the record could not be written, so nothing was restored'", to=ends_at),
        ),
        "Restore": {
            **_restoring(names),
            "Catch": [
                {"ErrorEquals": _INSTANCE_EXISTS, "Next": "WaitForRestored"},
                caught(FAILED, "$copy & ' could not be restored'", to=DROP),
            ],
            "Next": "WaitForRestored",
        },
        **polled(
            names,
            Poll(
                of="Restored",
                look=call("rds:describeDBInstances", {"DbInstanceIdentifier": jsonata("$restored")}),
                learn=_instance_facts(),
                what="'the restored instance ' & $restored",
                done=f"$status in {_READY} and $host != ''",
                broken=f"$status in {_HOPELESS}",
                failed=FAILED,
                late=FAILED,
                fails_to=DROP,
                stops_to=DROP,
                then="NoteCheck",
            ),
        ),
        **_check(names, dump=dump),
    }


def _restoring(names: BackupNames) -> State:
    return call(
        "rds:restoreDBInstanceFromDBSnapshot",
        {
            "DbInstanceIdentifier": jsonata("$restored"),
            "DbSnapshotIdentifier": jsonata("$copy"),
            "DbInstanceClass": names.restore_class,
            "DbSubnetGroupName": names.restore_subnets,
            "VpcSecurityGroupIds": [names.restore_group],
            "PubliclyAccessible": False,
            "MultiAZ": False,
            "EnableIAMDatabaseAuthentication": True,
            "AutoMinorVersionUpgrade": False,
            "CopyTagsToSnapshot": False,
            "DeletionProtection": False,
            "Tags": tags(),
        },
    )


def _instance_facts() -> dict[str, str]:
    found = "$states.result.DbInstances[0]"
    address, port = f"{found}.Endpoint.Address", f"{found}.Endpoint.Port"
    return {
        "status": f"{found}.DbInstanceStatus",
        # There is no address before the instance listens.
        "host": f"$exists({address}) ? $string({address}) : ''",
        "port": f"$exists({port}) ? $number($string({port})) : 0",
    }


def _check(names: BackupNames, *, dump: str) -> dict[str, State]:
    failed = BackupOutcome.CHECK_FAILED
    unwritten = "'what the checks found could not be recorded'"
    return {
        "NoteCheck": noted(names, Step.CHECK, then="RunChecks", catch=caught(failed, unwritten, to=DROP)),
        "RunChecks": {
            **invoke(
                names.checks,
                {
                    "operation": "check",
                    "backup": jsonata("$of"),
                    "run": jsonata("$id"),
                    "host": jsonata("$host"),
                    "port": jsonata("$port"),
                },
            ),
            "Assign": {
                "passed": jsonata("$states.result.Payload.passed = true"),
                "check_words": jsonata("$string($states.result.Payload.words)"),
            },
            "Catch": [caught(failed, "'the checks of ' & $restored & ' could not be made'", to=DROP)],
            "Next": "JudgeChecks",
        },
        "JudgeChecks": {
            "Type": "Choice",
            "Choices": [verdict("$not($passed)", failed, "$check_words", to=DROP)],
            "Default": "NoteVerified",
        },
        "NoteVerified": {
            **written(names, {"verified_at": text("$now()")}, of="$of"),
            "Catch": [caught(failed, unwritten, to=DROP)],
            "Next": "JudgeKind",
        },
        "JudgeKind": {
            "Type": "Choice",
            "Choices": [branch(f"$kind = '{BackupKind.DUMP}'", to=dump)],
            "Default": DROP,
        },
    }


def drop(names: BackupNames, *, then: str, ends_at: str) -> dict[str, State]:
    """Delete the restored instance and see it gone. Alarms are not asked: to go on is what ends the trouble.

    RDS refuses to delete an instance that it is still making, so a refusal is met by trying again.
    """
    gone = {"ErrorEquals": _NO_INSTANCE, "Next": "NoteDropped"}
    left = (
        "'the restored instance ' & $restored & ' is not dropped, it is ' & $status & '; the next clean-up tries again'"
    )
    return {
        DROP: noted(names, Step.DROP, then="DropInstance", catch=passed_over(to="DropInstance")),
        "DropInstance": {
            **call_once(
                "rds:deleteDBInstance",
                {
                    "DbInstanceIdentifier": jsonata("$restored"),
                    "SkipFinalSnapshot": True,
                    "DeleteAutomatedBackups": True,
                },
            ),
            "Catch": [gone, passed_over(to="WaitForDropped")],
            "Next": "WaitForDropped",
        },
        "WaitForDropped": waiting(names, then="LookAtDropped"),
        "LookAtDropped": {
            **call_once("rds:describeDBInstances", {"DbInstanceIdentifier": jsonata("$restored")}),
            "Assign": {"status": jsonata("$states.result.DbInstances[0].DbInstanceStatus")},
            "Catch": [gone, passed_over(to="JudgeDropped")],
            "Next": "JudgeDropped",
        },
        "JudgeDropped": {
            "Type": "Choice",
            "Choices": [
                {
                    "Condition": jsonata(too_late(names)),
                    # What it failed of first is how it ended; that something is left is said beside it.
                    "Assign": {
                        "outcome": jsonata(f"$outcome = '' ? '{BackupOutcome.DROP_FAILED}' : $outcome"),
                        "words": jsonata(f"($words = '' ? '' : $words & '; ') & {left}"),
                    },
                    "Next": ends_at,
                },
                branch("$status = 'deleting'", to="WaitForDropped"),
            ],
            "Default": "DropInstance",
        },
        "NoteDropped": {
            **written(names, {"looked_at": text("$now()")}, without=("restored",)),
            "Catch": [remarked("'that the restored instance is gone could not be recorded'", to="AfterDrop")],
            "Next": "AfterDrop",
        },
        "AfterDrop": {"Type": "Choice", "Choices": [branch("$outcome != ''", to=ends_at)], "Default": then},
    }
