"""What wakes the function: EventBridge once a minute, and then its own ticks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from functions.core.adapters.queues.ticks import moment_of, send_ticks
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.ports.clock import Clock
from functions.core.services.outstanding import FindOutstanding
from functions.outstanding.demotions import Demotions

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

BatchAnswer = dict[str, list[dict[str, str]]]

OFFSETS = tuple(timedelta(seconds=seconds) for seconds in range(60, 120, 10))
"""When it looks in a minute: an alarm's shortest period is ten seconds. Sent a minute ahead, because EventBridge may
strike anywhere in its minute: ticks of the running one would come together, and leave its first periods without any."""


@dataclass(frozen=True, slots=True)
class OutstandingEntrance:
    """Where the function's events come in."""

    find: FindOutstanding
    demotions: Demotions
    sqs: "SQSClient"
    ticks_queue: str
    log: Log
    clock: Clock

    def __call__(self, event: Mapping[str, Any]) -> BatchAnswer:
        """Send the ticks of a minute; or look, once for all ticks that came together: a look is about now.

        A look that fails raises. Its tick comes again, and does no harm beside the one after it.
        """
        if "Records" not in event:
            send_ticks(self.sqs, self.ticks_queue, moment_of(event), OFFSETS, self.clock)
            return {"batchItemFailures": []}
        self.demotions.tell()
        left = self.find()
        if left:
            self.log.write("left on the watch list", count=left)
        return {"batchItemFailures": []}
