"""The backup's preflight: what is asked, and every reason not to start.

An answer that could not be had is a reason, too. A verification of an earlier backup touches neither the replica nor
the primary, which may both be gone when somebody needs to know what a backup is worth: it is not asked about them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from functions.core.domain.backup.record import BackupKind
from infra.constructs.backup.machine.opening import REFUSED
from infra.constructs.backup.machine.polling import SPEAKING, read_alarms, too_late, waiting, watched
from infra.constructs.backup.machine.record import key_of, on_table
from infra.constructs.backup.machine.states import BackupNames, State, branch, call, caught, jsonata, verdict

_LAG_SECONDS_BACK = 600
# By CreateDBSnapshot's own page. After its storage has grown an instance is optimized for hours or days.
_CAN_BE_SNAPSHOTTED = "['available', 'storage-optimization']"

# Step Functions takes the names of members from the SDK for Java, which writes "Db" where a name begins with DB and
# leaves it inside one: so this name, on which the refusal of a primary hangs, is looked up without regard to case.
_SOURCE_OF_REPLICA = (
    "($found := $each($states.result.DbInstances[0], function($value, $name) {"
    " $lowercase($name) = 'readreplicasourcedbinstanceidentifier' ? $value });"
    " $exists($found) ? $string($found) : '')"
)

# The lowest of the last ten minutes: while nobody writes to the primary, a replica's lag grows for up to five minutes
# and falls back. A replica that is truly behind never comes near zero. No figure at all is -1.
_LOWEST_LAG = (
    "($seen := $append([], $states.result.MetricDataResults[0].Values)[$ != ''];"
    " $count($seen) = 0 ? -1 : $min($map($seen, function($value) { $number($value) })))"
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason not to start, over the facts that the preflight has gathered. words: a JSONata expression of a text."""

    condition: str
    words: str


def surroundings_refusals(names: BackupNames) -> tuple[Refusal, ...]:
    """What forbids a backup and a verification alike."""
    listed = ", ".join(names.alarms)
    return (
        Refusal("$speaking != ''", "'these alarms speak: ' & $speaking & '; a backup must not add to it'"),
        Refusal(f"$at_rest < {len(names.alarms)}", f"'it is not known whether these alarms are at rest: {listed}'"),
    )


def source_refusals(names: BackupNames) -> tuple[Refusal, ...]:
    """What forbids a snapshot of the replica."""
    return (
        Refusal(
            "$copy_of = ''",
            f"'{names.replica} is no read replica: the snapshot would be taken of a database that serves people'",
        ),
        Refusal(
            f"$split($copy_of, ':')[-1] != '{names.primary}'",
            f"'{names.replica} is a replica of ' & $copy_of & ', not of {names.primary}'",
        ),
        Refusal(f"$not($status in {_CAN_BE_SNAPSHOTTED})", f"'{names.replica} is ' & $status & ', not available'"),
        Refusal("$lag < 0", f"'it is not known how far {names.replica} is behind: it has published no lag'"),
        Refusal(
            f"$lag > {names.most_lag_seconds}",
            f"'{names.replica} is ' & $string($lag) & ' seconds behind; {names.most_lag_seconds} are allowed'",
        ),
    )


def preflight(names: BackupNames, *, then: str, verify: str, ends_at: str) -> dict[str, State]:
    """The questions and the choices. Only their defaults, when no reason was found, lead on.

    then: for what takes a snapshot. verify: for a verification of an earlier backup.
    """
    return {
        "ReadAlarms": {
            **read_alarms(names),
            "Assign": {
                "speaking": SPEAKING,
                "at_rest": jsonata("$count($states.result.CompositeAlarms[StateValue = 'OK'])"),
            },
            "Catch": [_unanswered("the alarms", ends_at)],
            "Next": "JudgeSurroundings",
        },
        "JudgeSurroundings": {
            "Type": "Choice",
            "Choices": [
                *_refused(surroundings_refusals(names), ends_at),
                branch(f"$kind = '{BackupKind.VERIFY}'", to="FindEarlier"),
            ],
            "Default": "DescribeSource",
        },
        "DescribeSource": _question(
            "rds:describeDBInstances",
            {"DbInstanceIdentifier": names.replica},
            {
                "status": jsonata("$states.result.DbInstances[0].DbInstanceStatus"),
                "copy_of": jsonata(_SOURCE_OF_REPLICA),
            },
            what=names.replica,
            then="ReadReplicaLag",
            ends_at=ends_at,
        ),
        "ReadReplicaLag": _question(
            "cloudwatch:getMetricData",
            {
                "MetricDataQueries": [_lag_query(names.replica)],
                "StartTime": jsonata(f"$fromMillis($millis() - {_LAG_SECONDS_BACK * 1000})"),
                "EndTime": jsonata("$now()"),
            },
            {"lag": jsonata(_LOWEST_LAG)},
            what=f"the lag of {names.replica}",
            then="Preflight",
            ends_at=ends_at,
        ),
        "Preflight": {
            "Type": "Choice",
            "Choices": [
                # RDS backs it up itself, or still makes what a killed run has begun: it will be over.
                branch(f"$status = 'backing-up' and $not({too_late(names)})", to="WaitForSource"),
                *_refused(source_refusals(names), ends_at),
            ],
            "Default": then,
        },
        "WaitForSource": waiting(names, then="WatchOverSource"),
        **watched(names, "Source", stops_to=ends_at, default="DescribeSource"),
        "FindEarlier": {
            **on_table("getItem", names, {"Key": key_of("$of"), "ConsistentRead": True}),
            "Assign": {
                "copy": jsonata(
                    "$exists($states.result.Item.copy) and $not($exists($states.result.Item.deleted_at))"
                    " ? $states.result.Item.copy.S : ''"
                )
            },
            "Catch": [_unanswered("the record of the backup to verify", ends_at)],
            "Next": "JudgeEarlier",
        },
        "JudgeEarlier": {
            "Type": "Choice",
            "Choices": [
                verdict(
                    "$copy = ''",
                    REFUSED,
                    "'there is no backup ' & $of & ' that has a copy, or has it still'",
                    to=ends_at,
                ),
            ],
            "Default": verify,
        },
    }


def _refused(refusals: tuple[Refusal, ...], ends_at: str) -> list[State]:
    return [verdict(refusal.condition, REFUSED, refusal.words, to=ends_at) for refusal in refusals]


def _lag_query(replica: str) -> State:
    metric = {
        "Namespace": "AWS/RDS",
        "MetricName": "ReplicaLag",
        "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": replica}],
    }
    return {"Id": "lag", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"}, "ReturnData": True}


def _question(
    action: str, arguments: Mapping[str, Any], assign: Mapping[str, str], *, what: str, then: str, ends_at: str
) -> State:
    return {
        **call(action, arguments),
        "Assign": dict(assign),
        "Catch": [_unanswered(what, ends_at)],
        "Next": then,
    }


def _unanswered(what: str, ends_at: str) -> State:
    return caught(REFUSED, f"'nothing could be learnt of {what}'", to=ends_at)
