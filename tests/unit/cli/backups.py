"""A region with a backup workflow and records, as the workflow leaves them."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from functions.core.adapters.aws.dynamodb_values import Value, to_item
from statline.cli.backup.workflow import MACHINE
from tests.unit.cli.scene import REGION, Scene

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

TABLE = "statline-backups"
ACCOUNT = "123456789012"
ARN = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{MACHINE}"
_ROLE = f"arn:aws:iam::{ACCOUNT}:role/backup"
_DEFINITION = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 600, "End": True}}}


@dataclass(frozen=True)
class Backups:
    """What tests do to the region."""

    scene: Scene
    workflow: "SFNClient"

    @staticmethod
    def deploy(scene: Scene) -> "Backups":
        scene.dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
        )
        client: SFNClient = boto3.client("stepfunctions", region_name=REGION)
        client.create_state_machine(name=MACHINE, definition=json.dumps(_DEFINITION), roleArn=_ROLE)
        return Backups(scene, client)

    def put(self, backup: str, **values: Value) -> None:
        """A record; what is not said is that of a backup that was verified."""
        record: dict[str, Value] = {
            "kind": "snapshot",
            "reason": "nightly",
            "started_by": "arn:aws:events:schedule",
            "execution": f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{MACHINE}:{backup}",
            "started_at": "2026-11-22T02:30:00Z",
            "step": "prune",
            "of": backup,
            "outcome": "Verified",
            "words": "12 checks passed",
            "ended_at": "2026-11-22T02:52:00Z",
            "verified_at": "2026-11-22T02:50:00Z",
            "copy": f"statline-backup-{backup}-copy",
            "size_gib": 400,
            "duration_seconds": 1320,
        }
        self.scene.dynamodb.put_item(TableName=TABLE, Item=to_item({"pk": "BACKUP", "sk": backup, **record, **values}))

    def put_running(self, backup: str, **values: Value) -> None:
        open_ = dict.fromkeys(("outcome", "ended_at", "verified_at", "size_gib", "duration_seconds", "copy"))
        self.put(backup, **{**open_, "words": "", "step": "copy", "progress": 40, **values})

    def item(self, backup: str) -> dict[str, Any]:
        key = {"pk": {"S": "BACKUP"}, "sk": {"S": backup}}
        return dict(self.scene.dynamodb.get_item(TableName=TABLE, Key=key)["Item"])

    def executions(self) -> list[dict[str, Any]]:
        """What was started: its ARN, and its input."""
        listed = self.workflow.list_executions(stateMachineArn=ARN)["executions"]
        return [
            {
                "arn": each["executionArn"],
                "input": json.loads(
                    self.workflow.describe_execution(executionArn=each["executionArn"]).get("input", "{}")
                ),
            }
            for each in listed
        ]

    def end(self, execution: str) -> None:
        self.workflow.stop_execution(executionArn=execution, error="Ended", cause="by a test")
