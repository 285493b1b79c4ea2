"""The backup workflow, as the commands start it and ask for it."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

import boto3

from statline.cli.caller import Caller
from statline.client.connecting import PATIENCE

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

MACHINE = "statline-backup"
_LETTERS = 4
_RUNNING = "RUNNING"


class NoWorkflowError(Exception):
    """There is no backup workflow in the region."""

    def __init__(self, region: str) -> None:
        super().__init__(
            f"{region} has no backup workflow: its config names no database, or the Backup stack is not deployed, or"
            " not in the account of these credentials"
        )


@dataclass(frozen=True, slots=True)
class Started:
    """An execution, and the id that its backup will have."""

    backup: str
    execution: str


@dataclass(frozen=True, slots=True)
class Execution:
    """How an execution stands. words: its error and cause, where it failed."""

    running: bool
    status: str
    words: str


class Workflow:
    """The state machine of one region. Methods raise `NoWorkflowError`, and what boto3 raises."""

    def __init__(self, client: "SFNClient", region: str, caller: Caller) -> None:
        self._client = client
        self._region = region
        self._machine = f"arn:{caller.partition}:states:{region}:{caller.account}:stateMachine:{MACHINE}"

    def start(self, asked: Mapping[str, str]) -> Started:
        """Start it once: the execution is named here, so that a call which is repeated starts no second one."""
        name = secrets.token_hex(8)
        try:
            answer = self._client.start_execution(
                stateMachineArn=self._machine, name=name, input=json.dumps(dict(asked))
            )
        except self._client.exceptions.StateMachineDoesNotExist as cause:
            raise NoWorkflowError(self._region) from cause
        moment = answer["startDate"].astimezone(UTC)
        return Started(f"{moment:%Y%m%dt%H%M%S}-{name[:_LETTERS]}", answer["executionArn"])

    def running(self) -> Sequence[str]:
        """The ARNs of executions that run now."""
        try:
            answer = self._client.list_executions(stateMachineArn=self._machine, statusFilter="RUNNING")
        except self._client.exceptions.StateMachineDoesNotExist as cause:
            raise NoWorkflowError(self._region) from cause
        return [execution["executionArn"] for execution in answer["executions"]]

    def look_at(self, execution: str) -> Execution | None:
        """How an execution stands; None where Step Functions has forgotten it (after 90 days)."""
        try:
            answer = self._client.describe_execution(executionArn=execution)
        except self._client.exceptions.ExecutionDoesNotExist:
            return None
        words = ": ".join(part for part in (answer.get("error"), answer.get("cause")) if part)
        return Execution(answer["status"] == _RUNNING, answer["status"], words)


def workflow(region: str, caller: Caller) -> Workflow:
    """The workflow of a region, with the usual credentials."""
    return Workflow(boto3.client("stepfunctions", region_name=region, config=PATIENCE), region, caller)
