"""How a backup begins: its name, its record, its turn, and what an earlier one may have left.

The turn is a row of the table that one execution holds. Step Functions' own list of executions would not do: it lags,
and two that start together would not see each other. Who finds the turn taken looks at its holder: one that runs is
let run, and one that was ended from outside is followed.
"""

from functions.core.domain.backup.record import (
    COPY_SUFFIX,
    RESTORED_PREFIX,
    SNAPSHOT_PREFIX,
    BackupKind,
    BackupOutcome,
    Step,
)
from infra.constructs.backup.machine.record import CONDITION_FAILED, key_of, on_table, text
from infra.constructs.backup.machine.states import (
    BackupNames,
    State,
    branch,
    call_once,
    caught,
    invoke,
    jsonata,
    remarked,
    verdict,
)

REFUSED = BackupOutcome.PREFLIGHT_REFUSED
TURN = {"pk": {"S": "TURN"}, "sk": {"S": "backup"}}
MINE = "$states.context.Execution.Id"
_RUNNING = "['RUNNING', 'PENDING_REDRIVE']"
_KINDS = ", ".join(f"'{kind}'" for kind in BackupKind)
_MOMENT = r"$lowercase($replace($substring($states.context.Execution.StartTime, 0, 19), /[^0-9T]/, ''))"
# Four of anything, where the name has fewer letters and figures: a name of RDS must not end with a hyphen.
_OF_NAME = r"$substring($replace($lowercase($states.context.Execution.Name) & '0000', /[^a-z0-9]/, ''), 0, 4)"
_UNKNOWN_FOR_LONG_MS = 3_600_000


def opening(names: BackupNames, *, then: str, ends_at: str, unrecorded_ends_at: str) -> dict[str, State]:
    """From the start to the preflight."""
    return {
        **_naming(then="JudgeInput"),
        "JudgeInput": {
            "Type": "Choice",
            "Choices": [
                verdict(
                    f"$not($kind in [{_KINDS}])",
                    REFUSED,
                    f"'there is no kind of backup called ' & $kind & '; give one of {', '.join(BackupKind)}'",
                    to=unrecorded_ends_at,
                ),
                verdict(
                    "$of = ''",
                    REFUSED,
                    "'it is not said which backup to verify: give its id as `of`'",
                    to=unrecorded_ends_at,
                ),
            ],
            "Default": "OpenRecord",
        },
        "OpenRecord": _open_record(names, then="TakeTurn", ends_at=unrecorded_ends_at),
        **_turn(names, then="Clean", ends_at=ends_at),
        "Clean": {
            **invoke(names.upkeep, {"operation": "clean", "execution": jsonata(MINE)}),
            # Backups go on: what was left costs money, and no backup costs more.
            "Catch": [remarked("'what earlier runs may have left was not removed'", to=then)],
            "Next": then,
        },
    }


def _naming(*, then: str) -> dict[str, State]:
    def said(field: str, otherwise: str) -> str:
        given = f"$states.input.{field}"
        return jsonata(f"$exists({given}) ? $substring($string({given}), 0, 200) : '{otherwise}'")

    return {
        "NameBackup": {
            "Type": "Pass",
            "Assign": {
                "id": jsonata(f"{_MOMENT} & '-' & {_OF_NAME}"),
                "kind": said("kind", BackupKind.SNAPSHOT),
                "earlier": said("of", ""),
                "reason": said("reason", "by hand, without a reason"),
                "started_by": said("started_by", "unknown"),
                "begun": jsonata("$millis()"),
                # Known only later: each has a value from the start, because a name without one is an error.
                **dict.fromkeys(
                    ("outcome", "words", "remarks", "status", "speaking", "cancelled_by", "copy_of", "host",
                     "copy_arn", "location", "far_trouble", "holder", "holding", "check_words",
                     "export_trouble"),
                    "",
                ),
                **dict.fromkeys(("progress", "lag", "at_rest", "port", "size", "taken_ms"), -1),
                "passed": False,
                "parts": [],
                "dumped": [],
            },
            "Next": "NameWhatItMakes",
        },
        "NameWhatItMakes": {
            "Type": "Pass",
            "Assign": {
                "of": jsonata(f"$kind = '{BackupKind.VERIFY}' ? $earlier : $id"),
                "snapshot": jsonata(f"'{SNAPSHOT_PREFIX}' & $id"),
                "copy": jsonata(f"'{SNAPSHOT_PREFIX}' & $id & '{COPY_SUFFIX}'"),
                "restored": jsonata(f"'{RESTORED_PREFIX}' & $id"),
            },
            "Next": then,
        },
    }  # fmt: skip


def _open_record(names: BackupNames, *, then: str, ends_at: str) -> State:
    item = {
        **key_of("$id"),
        "kind": text("$kind"),
        "of": text("$of"),
        "reason": text("$reason"),
        "started_by": text("$started_by"),
        "execution": text(MINE),
        "started_at": text("$states.context.Execution.StartTime"),
        "step": {"S": Step.PREFLIGHT.value},
        "step_at": text("$now()"),
    }
    return {
        **_if_nobody_elses(names, item),
        "Catch": [caught(REFUSED, "'the record ' & $id & ' could not be opened'", to=ends_at)],
        "Next": then,
    }


def _if_nobody_elses(names: BackupNames, item: State) -> State:
    """Put an item where there is none yet, or where a try whose answer was lost has put it."""
    return on_table(
        "putItem",
        names,
        {
            "Item": item,
            "ConditionExpression": "attribute_not_exists(pk) OR #execution = :me",
            "ExpressionAttributeNames": {"#execution": "execution"},
            "ExpressionAttributeValues": {":me": text(MINE)},
        },
    )


def _turn(names: BackupNames, *, then: str, ends_at: str) -> dict[str, State]:
    row = {**TURN, "execution": text(MINE), "backup": text("$id"), "taken_at": text("$now()")}
    unknown = caught(REFUSED, "'it is not known whether another backup runs'", to=ends_at)
    return {
        "TakeTurn": {
            **_if_nobody_elses(names, row),
            "Catch": [{"ErrorEquals": [CONDITION_FAILED], "Next": "SeeWhoseTurn"}, unknown],
            "Next": then,
        },
        "SeeWhoseTurn": {
            **on_table("getItem", names, {"Key": TURN, "ConsistentRead": True}),
            "Assign": {
                "holder": jsonata("$exists($states.result.Item) ? $states.result.Item.execution.S : ''"),
                "holding": jsonata("$exists($states.result.Item) ? $states.result.Item.backup.S : ''"),
                "taken_ms": jsonata("$exists($states.result.Item) ? $toMillis($states.result.Item.taken_at.S) : 0"),
            },
            "Catch": [unknown],
            "Next": "JudgeTurn",
        },
        # Given back between the two questions: it is free.
        "JudgeTurn": {"Type": "Choice", "Choices": [branch("$holder = ''", to="TakeTurn")], "Default": "LookAtHolder"},
        "LookAtHolder": {
            **call_once("sfn:describeExecution", {"ExecutionArn": jsonata("$holder")}),
            "Assign": {"status": jsonata("$states.result.Status")},
            "Catch": [
                # One that has just started is not found everywhere at once; one of long ago is forgotten.
                {
                    "ErrorEquals": ["Sfn.ExecutionDoesNotExistException", "Sfn.ExecutionDoesNotExist"],
                    "Assign": {
                        "status": jsonata(f"$taken_ms < $millis() - {_UNKNOWN_FOR_LONG_MS} ? 'FORGOTTEN' : 'RUNNING'")
                    },
                    "Next": "JudgeHolder",
                },
                unknown,
            ],
            "Next": "JudgeHolder",
        },
        "JudgeHolder": {
            "Type": "Choice",
            "Choices": [
                verdict(
                    f"$status in {_RUNNING}",
                    REFUSED,
                    "'another backup is running, ' & $holding & '; wait until it has ended'",
                    to=ends_at,
                )
            ],
            "Default": "FollowHolder",
        },
        "FollowHolder": {
            **on_table(
                "putItem",
                names,
                {
                    "Item": row,
                    "ConditionExpression": "attribute_not_exists(pk) OR #execution = :me OR #execution = :holder",
                    "ExpressionAttributeNames": {"#execution": "execution"},
                    "ExpressionAttributeValues": {":me": text(MINE), ":holder": text("$holder")},
                },
            ),
            "Catch": [
                {
                    "ErrorEquals": [CONDITION_FAILED],
                    "Assign": {
                        "outcome": REFUSED.value,
                        "words": "another backup has started in this moment; wait until it has ended",
                    },
                    "Next": ends_at,
                },
                unknown,
            ],
            "Next": then,
        },
    }
