"""Whether executions of the workflow run."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.domain.errors import TemporaryError

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_ENDED = frozenset({"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"})


class ExecutionsUnknownError(TemporaryError):
    """Step Functions did not say what runs, so nothing may be removed."""


class StepFunctionsExecutions:
    """Asks Step Functions, each execution once."""

    def __init__(self, client: "SFNClient") -> None:
        self._client = client

    def runs(self, execution: str) -> bool:
        """Whether it may still do something. Raises `ExecutionsUnknownError`."""
        try:
            return self._client.describe_execution(executionArn=execution)["status"] not in _ENDED
        except self._client.exceptions.ExecutionDoesNotExist:
            return False  # Step Functions forgets after 90 days
        except (ClientError, BotoCoreError) as cause:
            raise ExecutionsUnknownError(f"Step Functions did not say whether {execution} runs") from cause
