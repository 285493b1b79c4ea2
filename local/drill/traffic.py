"""The producers: notifications at a steady rate in every lane, and all at once where a drill asks for a storm."""

import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from statline.client import new_notification, user
from statline.client.checking import body_of
from statline.contract.words import Channel, Priority, Sensitivity

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

TENANT, USER = "northshore", "u-demo"
"""Somebody of the seed directory, whom a device and a phone reach."""
RATES: Mapping[Priority, float] = {Priority.STAT: 2.0, Priority.URGENT: 2.0, Priority.ROUTINE: 4.0}
"""Notifications a second, in each lane."""
_BATCH = 10
_NUMBERS = count()


@dataclass(frozen=True, slots=True)
class Stream:
    """Notifications of one kind.

    rate: a second. channels: those that they name; none leaves the choice to Statline. counted: what reaches a phone by
    one of these has arrived. tenant: whose they are; each has the same `USER`.
    """

    lane: Priority
    rate: float = 0.0
    channels: tuple[Channel, ...] = (Channel.PUSH,)
    counted: frozenset[Channel] = frozenset({Channel.PUSH})
    tenant: str = TENANT


@dataclass(frozen=True, slots=True)
class Sent:
    """One notification: its id, when it left its producer (epoch seconds), and whether it is of the steady traffic."""

    name: str
    lane: Priority
    at: float
    counted: frozenset[Channel]
    steady: bool = True


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one: `seconds` until it was on a phone, None where it has not come."""

    lane: Priority
    at: float
    seconds: float | None
    steady: bool = True


def usual(rates: Mapping[Priority, float] = RATES) -> tuple[Stream, ...]:
    """The steady traffic of most drills: pushes in every lane."""
    return tuple(Stream(lane, rate) for lane, rate in rates.items())


@dataclass(slots=True)
class Traffic:
    """Sends until it is told to end; one thread a stream, each on its own beat. `run`: a word that no other run has."""

    sqs: "SQSClient"
    streams: Sequence[Stream]
    run: str
    sent: list[Sent] = field(default_factory=list)
    refused: int = 0
    _ended: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def begin(self) -> None:
        """Begin to send."""
        for stream in self.streams:
            url = ingress(self.sqs, stream.lane)
            thread = threading.Thread(target=self._send_in, args=(stream, url), daemon=True)
            self._threads.append(thread)
            thread.start()

    def end(self) -> None:
        """End sending. What is under way goes on."""
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def storm(self, sqs: "SQSClient", stream: Stream, number: int) -> None:
        """Send so many of a stream as fast as SQS takes them, by a producer's client."""
        url = ingress(sqs, stream.lane)
        for start in range(0, number, _BATCH):
            letters = [self._letter(stream) for _ in range(min(_BATCH, number - start))]
            entries: list[SendMessageBatchRequestEntryTypeDef] = [
                {"Id": str(index), "MessageBody": body, "MessageGroupId": stream.tenant}
                for index, (_, body) in enumerate(letters)
            ]
            at = time.time()
            failed = {entry["Id"] for entry in sqs.send_message_batch(QueueUrl=url, Entries=entries).get("Failed", [])}
            self.refused += len(failed)
            self.sent += [
                Sent(name, stream.lane, at, stream.counted, steady=False)
                for index, (name, _) in enumerate(letters)
                if str(index) not in failed
            ]

    def _send_in(self, stream: Stream, url: str) -> None:
        due = time.monotonic()
        while not self._ended.wait(max(0.0, due - time.monotonic())):
            due += 1 / stream.rate
            with suppress(ClientError, BotoCoreError):
                self._send(stream, url)
                continue
            self.refused += 1

    def _send(self, stream: Stream, url: str) -> None:
        name, body = self._letter(stream)
        at = time.time()
        if stream.lane is Priority.ROUTINE:
            self.sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId=stream.tenant)
        else:
            self.sqs.send_message(QueueUrl=url, MessageBody=body)
        self.sent.append(Sent(name, stream.lane, at, stream.counted))

    def _letter(self, stream: Stream) -> tuple[str, str]:
        """A notification's id and its message."""
        name = f"drill-{self.run}-{next(_NUMBERS)}"
        notification = new_notification(
            tenant=stream.tenant,
            to=[user(USER)],
            title="Bed ready",
            body="Bed 12 on 4 West is ready.",
            priority=stream.lane,
            channels=stream.channels or None,
            sensitivity=Sensitivity.OPERATIONAL,
            notification_id=name,
        )
        return name, body_of(notification)


def ingress(sqs: "SQSClient", lane: Priority) -> str:
    """The URL of a lane's ingress queue."""
    return sqs.get_queue_url(QueueName=f"statline-ingress-{lane}")["QueueUrl"]
