"""The events function's entry point: what happened, from the state table's stream to the region's event bus."""

from typing import Any

from functions.core.adapters.state_stream import event_of
from functions.events.wiring import wire

BatchAnswer = dict[str, list[dict[str, str]]]


def handle(event: dict[str, Any], _context: object) -> BatchAnswer:
    """Put a batch's events on the bus; answer the first row whose event it did not take, from which Lambda resumes."""
    told = [(row, news) for row in event["Records"] if (news := event_of(row["dynamodb"])) is not None]
    taken = wire().put([news for _, news in told])
    if taken == len(told):
        return {"batchItemFailures": []}
    return {"batchItemFailures": [{"itemIdentifier": told[taken][0]["dynamodb"]["SequenceNumber"]}]}
