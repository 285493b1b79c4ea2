"""The directory function's entry point: a batch of the ``directory-changes`` queue."""

from typing import Any

from functions.core.services.directory_changes import Done, Letter
from functions.directory.wiring import wire

BatchAnswer = dict[str, list[dict[str, str]]]


def handle(event: dict[str, Any], _context: object) -> BatchAnswer:
    """Apply the changes and answer which messages are to stay on their queue."""
    letters = [Letter(record["messageId"], record["body"]) for record in event["Records"]]
    outcomes = wire().apply(letters)
    staying = [letter for letter, done in zip(letters, outcomes, strict=True) if done is Done.AGAIN]
    return {"batchItemFailures": [{"itemIdentifier": letter.message_id} for letter in staying]}
