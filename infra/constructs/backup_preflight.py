"""The backup's preflight: what is asked, and every reason not to start.

An answer that could not be had is a reason, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.constructs.backup_states import SNAPSHOT_PREFIX, BackupNames, State, call, caught, jsonata

_LAG_SECONDS_BACK = 600

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


def refusals(names: BackupNames) -> tuple[Refusal, ...]:
    """Every reason not to start, in the order in which they are looked at."""
    return (
        Refusal("$running > 1", "'another backup is running; wait until it has ended'"),
        Refusal(
            "$copy_of = ''",
            f"'{names.replica} is no read replica: the snapshot would be taken of a database that serves people'",
        ),
        Refusal(
            f"$split($copy_of, ':')[-1] != '{names.primary}'",
            f"'{names.replica} is a replica of ' & $copy_of & ', not of {names.primary}'",
        ),
        Refusal("$status != 'available'", f"'{names.replica} is ' & $status & ', not available'"),
        Refusal("$lag < 0", f"'it is not known how far {names.replica} is behind: it has published no lag'"),
        Refusal(
            f"$lag > {names.most_lag_seconds}",
            f"'{names.replica} is ' & $string($lag) & ' seconds behind; {names.most_lag_seconds} are allowed'",
        ),
        Refusal("$speaking != ''", "'these alarms speak: ' & $speaking & '; a backup must not add to it'"),
        Refusal(
            f"$at_rest < {len(names.alarms)}", f"'it is not known whether these alarms are at rest: {_listed(names)}'"
        ),
    )


def preflight(names: BackupNames, *, then: str) -> dict[str, State]:
    """The questions and the choice. Only its default, when no reason was found, goes on to ``then``."""
    started = r"$replace($substring($states.context.Execution.StartTime, 0, 19), /[^0-9T]/, '')"
    return {
        "NameBackup": {
            "Type": "Pass",
            "Assign": {
                "snapshot": jsonata(f"'{SNAPSHOT_PREFIX}' & $lowercase({started})"),
                "asked": jsonata(
                    "$exists($states.input.reason) ? $string($states.input.reason) : 'by hand, without a reason'"
                ),
                "outcome": "PreflightRefused",
                "words": "",
            },
            "Next": "DescribeSource",
        },
        "DescribeSource": _question(
            "rds:describeDBInstances",
            {"DbInstanceIdentifier": names.replica},
            {
                "status": jsonata("$states.result.DbInstances[0].DbInstanceStatus"),
                "copy_of": jsonata(_SOURCE_OF_REPLICA),
            },
            then="ReadReplicaLag",
        ),
        "ReadReplicaLag": _question(
            "cloudwatch:getMetricData",
            {
                "MetricDataQueries": [_lag_query(names.replica)],
                "StartTime": jsonata(f"$fromMillis($millis() - {_LAG_SECONDS_BACK * 1000})"),
                "EndTime": jsonata("$now()"),
            },
            {"lag": jsonata(_LOWEST_LAG)},
            then="ReadAlarms",
        ),
        "ReadAlarms": _question(
            "cloudwatch:describeAlarms",
            {"AlarmNames": list(names.alarms), "AlarmTypes": ["CompositeAlarm"]},
            {
                "speaking": jsonata(
                    "$join($append([], $states.result.CompositeAlarms[StateValue = 'ALARM'].AlarmName), ', ')"
                ),
                "at_rest": jsonata("$count($states.result.CompositeAlarms[StateValue = 'OK'])"),
            },
            then="CountRunning",
        ),
        "CountRunning": _question(
            "sfn:listExecutions",
            {"StateMachineArn": jsonata("$states.context.StateMachine.Id"), "StatusFilter": "RUNNING"},
            {"running": jsonata("$count($states.result.Executions)")},
            then="Preflight",
        ),
        "Preflight": {
            "Type": "Choice",
            "Choices": [
                {
                    "Condition": jsonata(refusal.condition),
                    "Assign": {"words": jsonata(refusal.words)},
                    "Next": "TellOnCall",
                }
                for refusal in refusals(names)
            ],
            "Default": then,
        },
    }


def _lag_query(replica: str) -> State:
    metric = {
        "Namespace": "AWS/RDS",
        "MetricName": "ReplicaLag",
        "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": replica}],
    }
    return {"Id": "lag", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"}, "ReturnData": True}


def _question(action: str, arguments: Mapping[str, Any], assign: Mapping[str, str], *, then: str) -> State:
    """One of the preflight's questions. Where no answer is to be had, the backup is refused."""
    return {
        **call(action, arguments),
        "Assign": dict(assign),
        "Catch": [caught("PreflightRefused", f"'the question {action} was not answered'")],
        "Next": then,
    }


def _listed(names: BackupNames) -> str:
    return ", ".join(names.alarms)
