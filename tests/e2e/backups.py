"""A region's backup workflow as its tests use it: start, follow, kill, and see what is left."""

import json
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.core.adapters.backup.records import BackupRecords
from functions.core.domain.backup.record import RESTORED_PREFIX, BackupKind, BackupOutcome, Step
from infra.constructs.alarms.wholes import AT_REST_FOR_BACKUPS
from local.cloud.model import ACCOUNT
from tests.e2e.region import Region
from tests.e2e.waiting import await_value

TABLE = "statline-backups"
REPLICA = "statline-replica"
STARTS_WITHIN = 180.0
"""Seconds: a replica that is new has published no lag yet, and says so once a minute."""
ENDS_WITHIN = 400.0
Record = dict[str, str]
_ORDER = list(Step)


class Backups:
    """The workflow of one region."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self.rds: Any = region.client("rds")
        self._states: Any = region.client("stepfunctions")
        self._table: Any = region.client("dynamodb")
        self._figures: Any = region.client("cloudwatch")
        self._machine = f"arn:aws:states:{region.name}:{ACCOUNT}:stateMachine:statline-backup"

    def await_rest(self) -> None:
        """Have the alarms rest, which nobody evaluates now; return when a lag is known, too, so that one may start."""
        await_value(self._alarms_rest, STARTS_WITHIN, "the alarms' rest")
        await_value(self._lag_is_known, STARTS_WITHIN, f"the first lag of {REPLICA}")

    def start(self, kind: BackupKind = BackupKind.SNAPSHOT, **asked: str) -> str:
        """Start one; return its execution's ARN."""
        given = {"kind": kind.value, "reason": "a test", "started_by": "a test", **asked}
        answer = self._states.start_execution(
            stateMachineArn=self._machine, name=uuid.uuid4().hex, input=json.dumps(given)
        )
        return str(answer["executionArn"])

    def kill(self, execution: str) -> bool:
        """End an execution from outside, as no backup asks for; whether it was not over before."""
        with suppress(self._states.exceptions.ClientError):  # it is over, says Step Functions
            self._states.stop_execution(executionArn=execution, error="Killed", cause="a test")
        return bool(self._states.describe_execution(executionArn=execution)["status"] == "ABORTED")

    def ask_to_cancel(self, backup: str) -> bool:
        """Ask as an operator does; whether there was something to cancel."""
        return self.region.run(["backup", "cancel", backup, "--region", self.region.name]).returncode == 0

    def ask_at_once_to_cancel(self, backup: str) -> bool:
        """Ask as the command line does, without the time that it takes to start."""
        return BackupRecords(self._table, TABLE).ask_to_cancel(backup, "a test")

    def records(self) -> list[Record]:
        """Every record, the newest first."""
        found = self._table.query(
            TableName=TABLE,
            KeyConditionExpression="pk = :backup",
            ExpressionAttributeValues={":backup": {"S": "BACKUP"}},
            ScanIndexForward=False,
            ConsistentRead=True,
        )
        return [{name: next(iter(value.values())) for name, value in item.items()} for item in found["Items"]]

    def of(self, execution: str) -> Record:
        """The record of an execution; empty while there is none."""
        return next((record for record in self.records() if record["execution"] == execution), {})

    def await_step(self, execution: str, step: Step) -> Record:
        """The record when its backup has come to a step, or past it."""
        return self._await(execution, lambda record: _ORDER.index(Step(record["step"])) >= _ORDER.index(step), step)

    def is_before(self, execution: str, step: Step) -> bool:
        """Whether it goes on, and has not come to a step."""
        return self.runs(execution) and _ORDER.index(Step(self.of(execution)["step"])) < _ORDER.index(step)

    def await_end(self, execution: str) -> Record:
        """The record when it says how it ended, and the execution has ended, too."""
        await_value(lambda: not self.runs(execution), ENDS_WITHIN, f"the end of {execution}")
        return self._await(execution, lambda record: "outcome" in record, "the outcome")

    def runs(self, execution: str) -> bool:
        """Whether an execution runs."""
        return bool(self._states.describe_execution(executionArn=execution)["status"] == "RUNNING")

    def error_of(self, execution: str) -> str:
        """What an execution has failed with."""
        return str(self._states.describe_execution(executionArn=execution).get("error", ""))

    def restored(self) -> list[str]:
        """The restored instances that there are."""
        names = (found["DBInstanceIdentifier"] for found in self.rds.describe_db_instances()["DBInstances"])
        return [name for name in names if name.startswith(RESTORED_PREFIX)]

    def snapshots(self) -> dict[str, str]:
        """The states of the snapshots and copies, by their names."""
        found = self.rds.describe_db_snapshots()["DBSnapshots"]
        return {snapshot["DBSnapshotIdentifier"]: snapshot["Status"] for snapshot in found}

    def outcomes(self, executions: list[str]) -> list[str]:
        """How these have ended."""
        return [self.of(execution).get("outcome", "") for execution in executions]

    def speak(self, alarm: str, state: str) -> None:
        """Have an alarm speak, or be at rest again."""
        self._figures.set_alarm_state(AlarmName=alarm, StateValue=state, StateReason="a test")

    def _await(self, execution: str, wanted: Callable[[Record], bool], what: str) -> Record:
        def found() -> Record | None:
            record = self.of(execution)
            ended_before = record.get("outcome") and what != "the outcome" and not wanted(record)
            assert not ended_before, f"it ended before it came to {what}: {record}"
            return record if record and wanted(record) else None

        return await_value(found, ENDS_WITHIN, f"{what} of {execution}")

    def _lag_is_known(self) -> bool:
        now = datetime.now(UTC)
        metric = {
            "Namespace": "AWS/RDS",
            "MetricName": "ReplicaLag",
            "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": REPLICA}],
        }
        found = self._figures.get_metric_data(
            MetricDataQueries=[{"Id": "lag", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"}}],
            StartTime=now - timedelta(minutes=10),
            EndTime=now,
        )
        return bool(found["MetricDataResults"][0]["Values"])

    def _alarms_rest(self) -> bool:
        names = [whole.value for whole in AT_REST_FOR_BACKUPS]
        for name in names:
            self.speak(name, "OK")
        found = self._figures.describe_alarms(AlarmNames=names, AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
        return [alarm["StateValue"] for alarm in found] == ["OK"] * len(names)


def ended_as(record: Record) -> tuple[str, str]:
    """How a backup ended, and what it says of it."""
    return record.get("outcome", ""), record.get("words", "")


INTERRUPTED = BackupOutcome.INTERRUPTED.value
