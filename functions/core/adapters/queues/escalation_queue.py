"""The port `Escalation` on SQS: looks as messages, and a timer as a message that is delayed."""

import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.adapters.clock import utc_now
from functions.core.domain.delivering.delivery import trace_of
from functions.core.domain.errors import PermanentError, QueueUnavailableError
from functions.core.domain.escalation.ladder import Look
from functions.core.domain.ports.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

BATCH_ENTRIES = 10
"""SQS's limit for one SendMessageBatch."""
LONGEST_DELAY = timedelta(minutes=15)
"""SQS's limit for a message's delay. A timer for later comes early, and is set again."""


class MalformedLookError(PermanentError):
    """A message on the escalation queue is no look of any version that this code reads."""


class EscalationQueue:
    """The escalation queue, as everybody sees it who wants an activation looked at."""

    def __init__(self, client: "SQSClient", url: str, clock: Clock = utc_now) -> None:
        self._client = client
        self._url = url
        self._clock = clock

    def look(self, looks: Sequence[Look]) -> None:
        """See `Escalation.look`. All are tried; the error tells that some were not taken."""
        untaken = sum(self._send(looks[start : start + BATCH_ENTRIES]) for start in range(0, len(looks), BATCH_ENTRIES))
        if untaken:
            raise QueueUnavailableError(f"the escalation queue left out {untaken} of {len(looks)} looks: {self._url}")

    def _send(self, looks: Sequence[Look]) -> int:
        """Send up to ten; answer how many the queue did not take."""
        now = self._clock()
        entries = [_entry(number, look, now) for number, look in enumerate(looks)]
        try:
            answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
        except (ClientError, BotoCoreError):
            return len(looks)
        return len(answer.get("Failed", []))


def body_of(look: Look) -> str:
    """A look as a message. What it does not say is left out."""
    said = {
        "version": 1,
        "tenant": look.tenant,
        "activation": look.activation,
        "role": look.role,
        "wake_at": look.wake_at.astimezone(UTC).isoformat() if look.wake_at else None,
        "hops": look.hops or None,
    }
    return json.dumps({name: value for name, value in said.items() if value is not None}, separators=(",", ":"))


def read_look(body: str) -> Look:
    """The look in a message. Fields that this version does not know are passed over. Raises `MalformedLookError`."""
    try:
        said: Any = json.loads(body)
        wake_at = said.get("wake_at")
        return Look(
            tenant=_text(said["tenant"]),
            activation=_text(said["activation"]),
            role=None if said.get("role") is None else _text(said["role"]),
            wake_at=None if wake_at is None else _moment(wake_at),
            hops=int(said.get("hops", 0)),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as cause:
        raise MalformedLookError("a message on the escalation queue is no look") from cause


def _text(said: Any) -> str:
    if not isinstance(said, str) or not said:
        raise ValueError("not a name")
    return said


def _moment(said: str) -> datetime:
    moment = datetime.fromisoformat(said)
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment


def _entry(number: int, look: Look, now: datetime) -> "SendMessageBatchRequestEntryTypeDef":
    """Whole seconds are all that SQS knows: rounded up, for a timer that comes too early has to be set again.

    Each activation is a group, by which a fair queue shares: a page to 500 people asks for hundreds of looks when a
    provider fails, and another activation's timer does not wait behind them.
    """
    delay = min(max((look.wake_at or now) - now, timedelta()), LONGEST_DELAY)
    return {
        "Id": str(number),
        "MessageBody": body_of(look),
        "DelaySeconds": math.ceil(delay.total_seconds()),
        "MessageGroupId": trace_of(look.tenant, look.activation),
    }
