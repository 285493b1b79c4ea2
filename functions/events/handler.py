"""Tells producers what happened: the state table's stream, put on the region's event bus."""

import os
from collections.abc import Mapping
from typing import Any

from functions.core.adapters.state_stream import event_of
from functions.events.wiring import wire

_bus = wire(os.environ)


def handle(batch: Mapping[str, Any], _context: object) -> dict[str, list[dict[str, str]]]:
    """Put a batch's events on the bus; answer the first row whose event it did not take, from which Lambda resumes."""
    told = [(record, event) for record in batch["Records"] if (event := event_of(record["dynamodb"])) is not None]
    taken = _bus.put([event for _, event in told])
    if taken == len(told):
        return {"batchItemFailures": []}
    return {"batchItemFailures": [{"itemIdentifier": told[taken][0]["dynamodb"]["SequenceNumber"]}]}
