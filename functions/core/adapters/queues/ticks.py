"""The ticks of a minute: EventBridge wakes a function once a minute at most, and work that is due more often than that
sends itself the rest through a queue of its own, delayed.

The message holds the tick's moment and nothing else. The moment follows from the event's, so an event that comes twice
makes the same ticks again.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.adapters.clock import utc_now
from functions.core.domain.errors import PermanentError, QueueUnavailableError
from functions.core.domain.ports.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

MOST_TICKS = 10
"""SQS's limit for one SendMessageBatch."""
LONGEST_DELAY = timedelta(minutes=15)
"""SQS's limit for a message's delay."""


class MalformedTickError(PermanentError):
    """An event or a message that should name a moment does not."""


def moment_of(event: Mapping[str, Any]) -> datetime:
    """The moment of a scheduled EventBridge event. Raises `MalformedTickError`."""
    return _moment(event, "time")


def send_ticks(
    sqs: "SQSClient", queue_url: str, event_time: datetime, offsets: Sequence[timedelta], clock: Clock = utc_now
) -> None:
    """Send oneself a tick for ``event_time`` plus each offset, to come at that moment, to the second.

    A tick whose moment has passed comes at once. At most `MOST_TICKS`. Raises `QueueUnavailableError` where the queue
    did not take all of them: Lambda then hands the event over again, and a tick that comes twice must do no harm.
    """
    now = clock()
    entries = [_entry(number, event_time + offset, now) for number, offset in enumerate(offsets)]
    try:
        answer = sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)
    except (ClientError, BotoCoreError) as cause:
        raise QueueUnavailableError(f"the queue took no tick: {queue_url}") from cause
    untaken = answer.get("Failed", [])
    if untaken:
        raise QueueUnavailableError(f"the queue left out {len(untaken)} of {len(entries)} ticks: {queue_url}")


def _entry(number: int, moment: datetime, now: datetime) -> "SendMessageBatchRequestEntryTypeDef":
    delay = min(max(moment - now, timedelta()), LONGEST_DELAY)
    return {
        "Id": str(number),
        "MessageBody": json.dumps({"moment": moment.isoformat()}),
        "DelaySeconds": round(delay.total_seconds()),
    }


def tick_of(record: Mapping[str, Any]) -> datetime:
    """The moment that a record of the queue names. Raises `MalformedTickError`."""
    try:
        body = json.loads(record["body"])
    except ValueError as cause:
        raise MalformedTickError("a tick's message is not JSON") from cause
    return _moment(body, "moment")


def _moment(said: Any, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(said[name])
    except (KeyError, TypeError, ValueError) as cause:
        raise MalformedTickError(f'"{name}" is to be a moment, as 2026-11-22T10:00:00Z') from cause
    if moment.tzinfo is None:
        raise MalformedTickError(f'"{name}" is a moment without a time zone')
    return moment.astimezone(UTC)
