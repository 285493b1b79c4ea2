"""How a batch of a channel's queue becomes deliveries, and the verdicts become SQS's partial batch answer."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from functions.core.adapters.channel.log import DeliveryLog
from functions.core.adapters.channel.metrics import DeliveryMetrics
from functions.core.adapters.queues.inbox import receives_of
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.errors import MalformedDeliveryError, StoreUnavailableError
from functions.core.domain.ports.delivering import Inbox
from functions.core.domain.routing.lanes import outage_pause
from functions.core.services.deliver import DeliverBatch
from functions.core.services.verdicts import Verdict
from statline.contract.words import Priority

Records = Sequence[Mapping[str, Any]]
BatchAnswer = dict[str, list[dict[str, str]]]


@dataclass(frozen=True, slots=True)
class ChannelEntrance:
    """Where a channel function's batches come in."""

    deliver: DeliverBatch
    inboxes: Callable[[Priority], Inbox]
    log: DeliveryLog
    metrics: DeliveryMetrics

    def __call__(self, records: Records, worker_name: str) -> BatchAnswer:
        """Deliver one batch and answer which messages are to stay on their queue.

        A body that is no delivery stays too: it was written by another version of ours, and a roll-back may read it.
        Raises `StoreUnavailableError` where the state table took nothing: Lambda counts an error, and everything stays.
        """
        parsed = [(record, self._read(record)) for record in records]
        readable = [(record, delivery) for record, delivery in parsed if delivery is not None]
        try:
            verdicts = self.deliver([delivery for _, delivery in readable], worker_name)
        except StoreUnavailableError:
            self._wait_out(readable)
            raise
        staying = [
            (record, verdict)
            for (record, _), verdict in zip(readable, verdicts, strict=True)
            if verdict.again_in is not None
        ]
        self._postpone(staying)
        self.log.verdicts(verdicts)
        self.metrics.verdicts(verdicts)
        failed = [record for record, delivery in parsed if delivery is None] + [record for record, _ in staying]
        return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in failed]}

    def _read(self, record: Mapping[str, Any]) -> Delivery | None:
        try:
            return read_delivery(record["body"])
        except MalformedDeliveryError:
            self.log.unreadable(str(record["messageId"]))
            return None

    def _wait_out(self, held_up: Sequence[tuple[Mapping[str, Any], Delivery]]) -> None:
        """Hide what the state table holds up, so that its outage does not make a dead letter of it."""
        for record, delivery in held_up:
            pause = outage_pause(receives_of(record))
            if pause:
                self.inboxes(delivery.priority).postpone({record["receiptHandle"]: pause.total_seconds()})

    def _postpone(self, staying: Sequence[tuple[Mapping[str, Any], Verdict]]) -> None:
        by_lane: dict[Priority, dict[str, float]] = {}
        for record, verdict in staying:
            if verdict.again_in is not None:
                waits = by_lane.setdefault(verdict.delivery.priority, {})
                waits[record["receiptHandle"]] = verdict.again_in.total_seconds()
        for lane, receipts in by_lane.items():
            self.inboxes(lane).postpone(receipts)


def read_delivery(body: str) -> Delivery:
    """The delivery in a queue message. Raises `MalformedDeliveryError`.

    Fields that this version does not know are passed over: while a deployment shifts, a newer router writes for an
    older channel function.
    """
    try:
        delivery = Delivery.model_validate_json(body, extra="ignore")
    except ValidationError as cause:
        raise MalformedDeliveryError("a message on a channel's queue is not a delivery") from cause
    return delivery if delivery.roles or '"role":' not in body else _with_its_one_role(delivery, body)


def _with_its_one_role(delivery: Delivery, body: str) -> Delivery:
    """What an earlier deployment wrote had one role at most, under another name."""
    role = json.loads(body).get("role")
    return delivery.model_copy(update={"roles": (role,)}) if isinstance(role, str) and role else delivery
