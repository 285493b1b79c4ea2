"""The producers: notifications at a steady rate in every lane, each timed from its sending to its provider."""

import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.domain.delivery import DeliveryKey
from local.sandbox.client import SandboxClient
from statline.client import new_notification, user
from statline.client.checking import body_of
from statline.contract.words import Channel, Priority, Sensitivity

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

TENANT, USER, DEVICE = "northshore", "u-demo", "d-demo"
"""Somebody of the seed directory."""
_NUMBERS = count()


@dataclass(frozen=True, slots=True)
class Sent:
    """One notification: the id that its push carries, its lane, and when it left its producer (epoch seconds)."""

    push: str
    lane: Priority
    at: float


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one: `seconds` until its provider had it, None where it has not come."""

    lane: Priority
    at: float
    seconds: float | None


@dataclass(slots=True)
class Traffic:
    """Sends until it is told to end; one thread a lane, each on its own beat."""

    sqs: "SQSClient"
    rates: Mapping[Priority, float]
    run: str
    sent: list[Sent] = field(default_factory=list)
    refused: int = 0
    _ended: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def begin(self) -> None:
        """Begin to send."""
        for lane, rate in self.rates.items():
            url = self.sqs.get_queue_url(QueueName=f"statline-ingress-{lane}")["QueueUrl"]
            thread = threading.Thread(target=self._send_in, args=(lane, 1 / rate, url), daemon=True)
            self._threads.append(thread)
            thread.start()

    def end(self) -> None:
        """End sending. What is under way goes on."""
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _send_in(self, lane: Priority, beat: float, url: str) -> None:
        due = time.monotonic()
        while not self._ended.wait(max(0.0, due - time.monotonic())):
            due += beat
            with suppress(ClientError, BotoCoreError):
                self._send(lane, url)
                continue
            self.refused += 1

    def _send(self, lane: Priority, url: str) -> None:
        name = f"drill-{self.run}-{next(_NUMBERS)}"
        notification = new_notification(
            tenant=TENANT,
            to=[user(USER)],
            title="Bed ready",
            body="Bed 12 on 4 West is ready.",
            priority=lane,
            channels=[Channel.PUSH],
            sensitivity=Sensitivity.OPERATIONAL,
            notification_id=name,
        )
        key = DeliveryKey(tenant=TENANT, notification=name, recipient=USER, channel=Channel.PUSH, endpoint=DEVICE)
        body, at = body_of(notification), time.time()
        if lane is Priority.ROUTINE:
            self.sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId=TENANT)
        else:
            self.sqs.send_message(QueueUrl=url, MessageBody=body)
        self.sent.append(Sent(key.id, lane, at))


def arrived(sent: Sequence[Sent], sandbox: SandboxClient, *, after: int, within: float) -> list[Taken]:
    """What became of each, once all have come or the time is over. `after`: the call log's position at the start."""
    end = time.monotonic() + within
    moments: dict[str, float] = {}
    waiting = {one.push for one in sent}
    while waiting and time.monotonic() < end:
        for call in sandbox.calls(after, wait_seconds=2):
            after = call.seq
            if call.message_id in waiting and call.rang:
                moments[call.message_id] = call.received_at
                waiting.discard(call.message_id)
    return [Taken(one.lane, one.at, _seconds(moments.get(one.push), one.at)) for one in sent]


def _seconds(came: float | None, left: float) -> float | None:
    return None if came is None else came - left
