"""The region's bus: events out to producers."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from statline.contract.events import SOURCE, Event

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

ENTRIES_PER_CALL = 10
BYTES_PER_CALL = 240_000
"""EventBridge takes 256 KB a call, with what it adds itself. A refusal may list 500 recipients, which is 90 KB."""


class EventBus:
    """Puts events on one bus."""

    def __init__(self, client: "EventBridgeClient", bus: str) -> None:
        self._client = client
        self._bus = bus

    def put(self, events: Sequence[Event]) -> int:
        """Put the events in order and answer how many the bus took before it first failed to take one."""
        taken = 0
        for batch in _batches([self._entry(event) for event in events]):
            taken_of_batch = self._put(batch)
            taken += taken_of_batch
            if taken_of_batch < len(batch):
                break
        return taken

    def _put(self, batch: "Sequence[PutEventsRequestEntryTypeDef]") -> int:
        try:
            answer = self._client.put_events(Entries=batch)
        except (ClientError, BotoCoreError):
            return 0
        refused = (n for n, entry in enumerate(answer["Entries"]) if "ErrorCode" in entry)
        return next(refused, len(batch))

    def _entry(self, event: Event) -> "PutEventsRequestEntryTypeDef":
        return {
            "EventBusName": self._bus,
            "Source": SOURCE,
            "DetailType": event.DETAIL_TYPE,
            "Detail": event.model_dump_json(),
            "Time": event.at,
        }


def _batches(
    entries: "Sequence[PutEventsRequestEntryTypeDef]",
) -> "Iterator[list[PutEventsRequestEntryTypeDef]]":
    """The entries in their order, at most ten and at most EventBridge's size in one batch."""
    batch: list[PutEventsRequestEntryTypeDef] = []
    size = 0
    for entry in entries:
        length = len(entry["Detail"].encode())
        if batch and (len(batch) == ENTRIES_PER_CALL or size + length > BYTES_PER_CALL):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += length
    if batch:
        yield batch
