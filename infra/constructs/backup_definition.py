"""The backup workflow's states, as data: preflight, snapshot of the replica, wait, report.

Only one transition leads to the snapshot: the preflight's last, after every reason not to start has been looked at.
"""

from infra.constructs.backup_preflight import preflight
from infra.constructs.backup_states import PATIENTLY, BackupNames, State, call, caught, jsonata

_POLL_SECONDS = 60
_NOT_A_TAG = r"/[^A-Za-z0-9 _.:\/=+@-]/"


def backup_definition(names: BackupNames) -> State:
    """The state machine in the Amazon States Language, with JSONata expressions."""
    return {
        "Comment": f"Backs up {names.replica} and never {names.primary}",
        "QueryLanguage": "JSONata",
        "StartAt": "NameBackup",
        # A net above the workflow's own deadline, which ends with words.
        "TimeoutSeconds": (names.longest_minutes + 30) * 60,
        "States": {**preflight(names, then="StartSnapshot"), **_snapshot(names), **_report(names)},
    }


def _snapshot(names: BackupNames) -> dict[str, State]:
    return {
        "StartSnapshot": {
            **call(
                "rds:createDBSnapshot",
                {
                    "DbInstanceIdentifier": names.replica,
                    "DbSnapshotIdentifier": jsonata("$snapshot"),
                    "Tags": [
                        {"Key": "statline:backup-of", "Value": names.primary},
                        {"Key": "statline:execution", "Value": jsonata("$states.context.Execution.Name")},
                        {
                            "Key": "statline:reason",
                            "Value": jsonata(f"$substring($replace($asked, {_NOT_A_TAG}, ' '), 0, 200)"),
                        },
                    ],
                },
            ),
            "Catch": [
                # The name is this execution's own: a try whose answer was lost has made it.
                {
                    "ErrorEquals": ["Rds.DbSnapshotAlreadyExistsException", "Rds.DBSnapshotAlreadyExists"],
                    "Next": "DescribeSnapshot",
                },
                caught("SnapshotFailed", f"'the snapshot of {names.replica} was not started'"),
            ],
            "Next": "DescribeSnapshot",
        },
        "DescribeSnapshot": {
            **call("rds:describeDBSnapshots", {"DbSnapshotIdentifier": jsonata("$snapshot")}),
            "Assign": {"made": jsonata("$states.result.DbSnapshots[0].Status")},
            "Catch": [caught("SnapshotFailed", "$snapshot & ' was started and cannot be looked at'")],
            "Next": "JudgeSnapshot",
        },
        "JudgeSnapshot": {
            "Type": "Choice",
            "Choices": [
                _verdict("$made = 'available'", "Recorded", "$snapshot & ' is available'"),
                _verdict("$not($made in ['creating', 'pending'])", "SnapshotFailed", "$snapshot & ' is ' & $made"),
                _verdict(
                    f"$millis() > $toMillis($states.context.Execution.StartTime) + {names.longest_minutes * 60 * 1000}",
                    "SnapshotTimedOut",
                    f"$snapshot & ' is still being made after {names.longest_minutes} minutes; it cannot be stopped'",
                ),
            ],
            "Default": "WaitForSnapshot",
        },
        "WaitForSnapshot": {"Type": "Wait", "Seconds": _POLL_SECONDS, "Next": "DescribeSnapshot"},
    }


def _report(names: BackupNames) -> dict[str, State]:
    return {
        "TellOnCall": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sns:publish",
            "Arguments": {
                "TopicArn": names.topic,
                "Subject": jsonata(f"'Statline backup in {names.region}: ' & $outcome"),
                "Message": jsonata(
                    f"'No backup of {names.replica} was recorded: ' & $words & '. Asked for: ' & $asked"
                ),
            },
            "Retry": [PATIENTLY],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Announce"}],
            "Next": "Announce",
        },
        "Announce": {
            "Type": "Task",
            "Resource": "arn:aws:states:::events:putEvents",
            "Arguments": {
                "Entries": [
                    {
                        "EventBusName": names.bus,
                        "Source": "statline.backup",
                        "DetailType": "Backup Ended",
                        "Detail": {
                            "region": names.region,
                            "outcome": jsonata("$outcome"),
                            "words": jsonata("$words"),
                            "replica": names.replica,
                            "snapshot": jsonata("$outcome = 'PreflightRefused' ? null : $snapshot"),
                            "execution": jsonata("$states.context.Execution.Name"),
                        },
                    }
                ]
            },
            "Output": {"outcome": jsonata("$outcome"), "words": jsonata("$words")},
            "Retry": [PATIENTLY],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "EndAs"}],
            "Next": "EndAs",
        },
        "EndAs": {
            "Type": "Choice",
            "Choices": [
                {"Condition": jsonata(f"$outcome = '{name}'"), "Next": name}
                for name in ("Recorded", "PreflightRefused", "SnapshotTimedOut")
            ],
            "Default": "SnapshotFailed",
        },
        "Recorded": {"Type": "Succeed"},
        **{
            name: {"Type": "Fail", "Error": name, "Cause": jsonata("$words")}
            for name in ("PreflightRefused", "SnapshotFailed", "SnapshotTimedOut")
        },
    }


def _verdict(condition: str, outcome: str, words: str) -> State:
    # What went well is an event and no letter: nobody reads a letter that comes every night.
    return {
        "Condition": jsonata(condition),
        "Assign": {"outcome": outcome, "words": jsonata(words)},
        "Next": "Announce" if outcome == "Recorded" else "TellOnCall",
    }
