"""How a batch of an ingress queue becomes messages to route, and the answers become SQS's partial batch answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from functions.core.adapters.queues.inbox import receives_of
from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics, Metric, seconds_since
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.delivering.delivery import trace_of
from functions.core.domain.errors import MisconfiguredError, TemporaryError
from functions.core.domain.ports.clock import Clock
from functions.core.domain.ports.delivering import Inbox
from functions.core.domain.routing.admission import Ingress
from functions.core.domain.routing.lanes import outage_pause
from functions.core.domain.routing.reading import Names, names_in
from functions.core.services.route import Answer, CalledOff, Refused, Retry, RouteBatch, Routed, Why
from statline.contract.words import Priority

BatchAnswer = dict[str, list[dict[str, str]]]


_TROUBLE = frozenset({Why.OUTAGE, Why.BUG})
"""Why a message stays that ought not to."""


class NothingRoutedError(TemporaryError):
    """Every message of a batch stays on its queue."""


@dataclass(frozen=True, slots=True)
class RouterEntrance:
    """Where the router's batches come in. ``inboxes`` finds a queue's by its ARN."""

    route: RouteBatch
    lanes: Mapping[str, Priority]
    inboxes: Callable[[str], Inbox]
    log: Log
    metrics: EmbeddedMetrics
    clock: Clock

    def __call__(self, records: Sequence[Mapping[str, Any]]) -> BatchAnswer:
        """Route one batch and answer which messages are to stay on their queue.

        Raises `NothingRoutedError` when all of them do for want of a store, or by a bug: Lambda then counts an error,
        which alarms. An answer that leaves everything where it is would look like health.
        """
        messages = [self._message(record) for record in records]
        answers = self._route(messages)
        for message, answer in zip(messages, answers, strict=True):
            self._tell(message, answer)
        self._measure(answers)
        staying = [(r, answer) for r, answer in zip(records, answers, strict=True) if isinstance(answer, Retry)]
        self._wait_out([record for record, answer in staying if answer.why is Why.OUTAGE])
        if len(staying) == len(records) and any(answer.why in _TROUBLE for _, answer in staying):
            raise NothingRoutedError("not one message of the batch could be routed; the log says why for each")
        return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record, _ in staying]}

    def _wait_out(self, held_up: Sequence[Mapping[str, Any]]) -> None:
        """Hide what a store of ours holds up, so that its outage does not make a dead letter of it. Best effort."""
        for record in held_up:
            pause = outage_pause(receives_of(record))
            if pause:
                self.inboxes(record["eventSourceARN"]).postpone({record["receiptHandle"]: pause.total_seconds()})

    def _route(self, messages: Sequence[Ingress]) -> list[Answer]:
        """Route the batch; where an error of ours ends that, each message alone, so that one cannot hold up the rest.

        The message that cannot be processed stays on its queue and ends in the dead-letter queue, which alarms.
        """
        try:
            return self.route(messages)
        except Exception as bug:  # noqa: BLE001 - whatever it is: it is logged, and its message stays on the queue
            if len(messages) == 1:
                return [Retry(type(bug).__name__, Why.BUG)]
            return [answer for message in messages for answer in self._route([message])]

    def _message(self, record: Mapping[str, Any]) -> Ingress:
        queue = record["eventSourceARN"]
        if queue not in self.lanes:
            raise MisconfiguredError(f"the router reads {queue}, which is not among its INGRESS_QUEUES")
        return Ingress(record["messageId"], record["body"], record["attributes"]["SenderId"], self.lanes[queue])

    def _measure(self, answers: Sequence[Answer]) -> None:
        """How long it took from the producer to the channels' queues: a line for each lane of a batch."""
        seconds: dict[Priority, list[float]] = {}
        now = self.clock()
        for answer in answers:
            if isinstance(answer, Routed):
                seconds.setdefault(answer.plan.priority, []).append(seconds_since(answer.plan.sent_at, now))
        for lane, values in seconds.items():
            self.metrics.put({Metric.ROUTED_SECONDS: values}, lane=lane)

    def _tell(self, message: Ingress, answer: Answer) -> None:
        match answer:
            case Routed(plan=plan):
                self.log.write(
                    "routed",
                    trace=trace_of(plan.tenant, plan.notification),
                    lane=message.lane,
                    count=len(plan.deliveries),
                    milliseconds=round((self.clock() - plan.sent_at).total_seconds() * 1000),
                )
            case CalledOff(word=word):
                self.log.write(
                    "called off",
                    trace=trace_of(word.tenant, word.activation),
                    lane=message.lane,
                    producer=word.producer,
                )
            case Refused(refusal=refusal):
                self.log.warn(
                    "refused",
                    trace=Names(refusal.tenant, refusal.notification).trace,
                    message_id=message.message_id,
                    lane=message.lane,
                    producer=refusal.producer,
                    reason=refusal.reason,
                )
            case Retry(cause=cause):
                self.log.warn(
                    "staying",
                    # Read again, because nobody knows how far the message got.
                    trace=names_in(message.body).trace,
                    message_id=message.message_id,
                    lane=message.lane,
                    error=cause,
                )
