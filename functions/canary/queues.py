"""The canary's ports on SQS."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.canary.canaries import APART, EVERY, LANES
from functions.canary.settings import TENANT
from functions.core.adapters.queues.ticks import send_ticks
from functions.core.domain.errors import QueueUnavailableError
from functions.core.domain.ports.clock import Clock
from statline.contract.directory import DirectoryChange
from statline.contract.notification import Notification
from statline.contract.words import Priority

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

_OF_A_LANE = tuple(EVERY * number for number in range(4))
"""The moments of a lane's canaries within a minute."""
_ENTRIES_PER_CALL = 10


class TickQueue:
    """The port `Ticks`."""

    def __init__(self, client: "SQSClient", url: str, clock: Clock) -> None:
        self._client = client
        self._url = url
        self._clock = clock

    def send(self, minute: datetime) -> None:
        """See `Ticks.send`."""
        for number in range(len(LANES)):
            send_ticks(self._client, self._url, minute + APART * number, _OF_A_LANE, self._clock)


class IngressQueues:
    """The port `Ingress`. A routine message carries its tenant, by which the fair queue shares."""

    def __init__(self, client: "SQSClient", urls: Mapping[Priority, str]) -> None:
        self._client = client
        self._urls = urls

    def send(self, lane: Priority, notifications: Sequence[Notification]) -> None:
        """See `Ingress.send`."""
        bodies = [each.model_dump_json(exclude_defaults=True) for each in notifications]
        _send(self._client, self._urls[lane], bodies, group=TENANT if lane is Priority.ROUTINE else None)


class DirectoryChangesQueue:
    """The port `DirectoryChanges`."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def tell(self, changes: Iterable[DirectoryChange]) -> None:
        """See `DirectoryChanges.tell`."""
        _send(self._client, self._url, [change.model_dump_json(exclude_defaults=True) for change in changes])


def _send(client: "SQSClient", url: str, bodies: Sequence[str], *, group: str | None = None) -> None:
    for start in range(0, len(bodies), _ENTRIES_PER_CALL):
        part = bodies[start : start + _ENTRIES_PER_CALL]
        try:
            answer = client.send_message_batch(QueueUrl=url, Entries=[_entry(n, b, group) for n, b in enumerate(part)])
        except (ClientError, BotoCoreError) as cause:
            raise QueueUnavailableError(f"the queue took nothing: {url}") from cause
        untaken = answer.get("Failed", [])
        if untaken:
            raise QueueUnavailableError(f"the queue left out {len(untaken)} of {len(part)} messages: {url}")


def _entry(number: int, body: str, group: str | None) -> "SendMessageBatchRequestEntryTypeDef":
    entry: SendMessageBatchRequestEntryTypeDef = {"Id": str(number), "MessageBody": body}
    if group is not None:
        entry["MessageGroupId"] = group
    return entry
