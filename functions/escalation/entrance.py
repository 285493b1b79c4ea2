"""What wakes the function: looks on its queue, and EventBridge once a minute for the sweep."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from functions.core.adapters.queues.escalation_queue import MalformedLookError, read_look
from functions.core.adapters.queues.inbox import receives_of
from functions.core.domain.errors import TemporaryError
from functions.core.domain.escalation.ladder import Asked, Look
from functions.core.domain.ports.clock import Clock
from functions.core.domain.ports.delivering import Inbox
from functions.core.domain.routing.lanes import FUNCTION_TIMEOUT, outage_pause
from functions.escalation.figures import EscalationLog

BatchAnswer = dict[str, list[dict[str, str]]]
Record = Mapping[str, Any]


LOOKING_TIME = FUNCTION_TIMEOUT / 2
"""No further look begins later than this after its batch was taken: one at a whole hospital's page may take as long."""


class NothingLookedAtError(TemporaryError):
    """Every message of a batch stays on its queue."""


@dataclass(slots=True)
class _Group:
    """The messages of a batch that are about one activation."""

    looks: list[Look] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)

    @property
    def receives(self) -> int:
        """How often its oldest message was received, this time included."""
        return max(map(receives_of, self.records))

    def asked(self, tenant: str, activation: str) -> Asked:
        moments: list[datetime] = [look.wake_at for look in self.looks if look.wake_at is not None]
        return Asked(
            tenant=tenant,
            activation=activation,
            timers=frozenset(moments),
            again=self.receives > 1,
            told=any(look.role is None for look in self.looks),
            hops=max(look.hops for look in self.looks),
        )


@dataclass(frozen=True, slots=True)
class EscalationEntrance:
    """Where the function's events come in."""

    escalate: Callable[[Asked], None]
    sweep: Callable[[], int]
    inbox: Inbox
    log: EscalationLog
    clock: Clock

    def __call__(self, event: Mapping[str, Any]) -> BatchAnswer:
        """Sweep; or look, once for all messages of a batch that are about the same activation.

        What comes for the first time goes first: a look that took its workers' lives before is the last to take this
        one's. And no look begins when half of the time is over: what is left is for the next worker, at once.

        Answers which messages are to stay on the queue. Raises `NothingLookedAtError` when all of them are: Lambda then
        counts an error, which alarms.
        """
        begun = self.clock()
        if "Records" not in event:
            self.sweep()
            return {"batchItemFailures": []}
        records: Sequence[Record] = event["Records"]
        groups, staying = self._grouped(records)
        for (tenant, activation), group in sorted(groups.items(), key=lambda each: each[1].receives):
            if self.clock() - begun > LOOKING_TIME:
                staying += group.records
                self.inbox.postpone({record["receiptHandle"]: 0 for record in group.records})
            elif not self._look(group.asked(tenant, activation)):
                staying += group.records
                self._wait_out(group.records)
        if len(staying) == len(records):
            raise NothingLookedAtError("not one look of the batch could be taken; the log says why for each")
        return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in staying]}

    def _grouped(self, records: Sequence[Record]) -> tuple[dict[tuple[str, str], _Group], list[Record]]:
        """The looks by activation, and the messages that are none: they end in the dead-letter queue, which alarms."""
        groups: dict[tuple[str, str], _Group] = {}
        unreadable = []
        for record in records:
            try:
                look = read_look(record["body"])
            except MalformedLookError:
                self.log.unreadable(str(record["messageId"]))
                unreadable.append(record)
                continue
            group = groups.setdefault((look.tenant, look.activation), _Group())
            group.looks.append(look)
            group.records.append(record)
        return groups, unreadable

    def _look(self, asked: Asked) -> bool:
        try:
            self.escalate(asked)
        except Exception as cause:  # noqa: BLE001 - whatever it is: it is logged, and holds up no other activation
            self.log.left(asked.tenant, asked.activation, cause)
            return False
        return True

    def _wait_out(self, held_up: Sequence[Record]) -> None:
        """Hide what a store of ours holds up, so that its outage does not make dead letters of looks. Best effort."""
        pauses = {record["receiptHandle"]: outage_pause(receives_of(record)) for record in held_up}
        waits = {handle: pause.total_seconds() for handle, pause in pauses.items() if pause}
        if waits:
            self.inbox.postpone(waits)
