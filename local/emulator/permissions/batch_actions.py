"""SQS's batch calls, permitted as AWS permits them.

IAM knows no `sqs:SendMessageBatch`: the right to send a message is the right to send ten. The emulator asks for an
action of the batch call's own name, which no policy can grant.
"""

from collections.abc import Callable
from typing import Any

from ministack.core import iam_actions

_PERMITTED_BY = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}


def _with_batches(extract: Callable[..., Any]) -> Callable[..., Any]:
    def extract_iam_action(*args: Any, **kwargs: Any) -> Any:
        action = extract(*args, **kwargs)
        return _PERMITTED_BY.get(action, action)

    return extract_iam_action


def install() -> None:
    """Let the right to a call be the right to its batch."""
    iam_actions.extract_iam_action = _with_batches(iam_actions.extract_iam_action)
