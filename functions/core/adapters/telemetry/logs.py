"""The functions' log: JSON lines whose fields are an allow-list.

A log is read by more people than a message is meant for, so a line holds ids, codes and figures that are named here
and nothing else: no message's recipient, no address, no text. mypy holds callers to the list, and `Log` drops what got
past it.
"""

from typing import LiteralString, TypedDict, Unpack

from aws_lambda_powertools import Logger


class Fields(TypedDict, total=False):
    """Everything that a log line may say besides its message."""

    trace: str
    delivery: str
    message_id: str
    producer: str
    tenant: str
    channel: str
    lane: str
    state: str
    reason: str
    provider: str
    error: str
    attempt: int
    count: int
    failed: int
    milliseconds: int
    kind: str
    entry: str


ALLOWED = frozenset(Fields.__annotations__)


class Log:
    """Writes the lines of one function."""

    def __init__(self, function: str) -> None:
        self._logger = Logger(service=function, level="INFO", use_rfc3339=True, log_uncaught_exceptions=False)

    def write(self, message: LiteralString, **fields: Unpack[Fields]) -> None:
        """One line. The message is a constant of the code, never something that came in."""
        self._logger.info(message, extra={name: value for name, value in fields.items() if name in ALLOWED})

    def warn(self, message: LiteralString, **fields: Unpack[Fields]) -> None:
        """One line that on-call should see when it looks."""
        self._logger.warning(message, extra={name: value for name, value in fields.items() if name in ALLOWED})
