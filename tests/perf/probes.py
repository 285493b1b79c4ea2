"""Probes: notifications whose way is timed, from before the producer's call until FCM has the push."""

import time
from dataclasses import dataclass
from itertools import count

from functions.core.domain.delivering.delivery import DeliveryKey
from local.sandbox.records import CallRecord
from statline.client import new_notification, user
from statline.client.checking import body_of
from statline.contract.words import Channel, Priority, Sensitivity
from tests.perf.laptop import DEVICE, TENANT, USER, Bench

ARRIVES_WITHIN = 30.0
"""Seconds after which a probe counts as lost, and the benchmark fails."""
_NUMBERS = count()
_RUN = f"{time.time():.0f}"


@dataclass(frozen=True, slots=True)
class Probe:
    """One sent notification: the id that its push will carry, and when it was sent (epoch seconds)."""

    push: str
    sent_at: float


def letter(lane: Priority) -> tuple[str, str]:
    """A new notification to the demo clinician's device: its body, and the id of its push."""
    name = f"bench-{_RUN}-{next(_NUMBERS)}"
    body = body_of(
        new_notification(
            tenant=TENANT,
            to=[user(USER)],
            title="Bed ready",
            body="Bed 12 on 4 West is ready.",
            priority=lane,
            channels=[Channel.PUSH],
            sensitivity=Sensitivity.OPERATIONAL,
            notification_id=name,
        )
    )
    key = DeliveryKey(tenant=TENANT, notification=name, recipient=USER, channel=Channel.PUSH, endpoint=DEVICE)
    return body, key.id


def send(bench: Bench, queue: str, lane: Priority) -> Probe:
    """Put one probe on a lane's ingress queue, as its producer does."""
    body, push = letter(lane)
    group = {"MessageGroupId": TENANT} if lane is Priority.ROUTINE else {}
    sent_at = time.time()
    bench.producer.send_message(QueueUrl=queue, MessageBody=body, **group)
    return Probe(push, sent_at)


def latencies(bench: Bench, lane: Priority, number: int, *, within: float) -> list[float]:
    """The seconds of so many probes, one after the other, or of as many as there is time for.

    Raises `TimeoutError` where one does not arrive.
    """
    queue = bench.ingress(lane)
    end = time.monotonic() + within
    found: list[float] = []
    last = newest_call(bench)
    while len(found) < number and time.monotonic() < end:
        probe = send(bench, queue, lane)
        call = await_call(bench, probe, after=last, within=ARRIVES_WITHIN)
        found.append(call.received_at - probe.sent_at)
        last = call.seq
    return found


def await_call(bench: Bench, probe: Probe, *, after: int, within: float) -> CallRecord:
    """The call that brought a probe to FCM. Raises `TimeoutError`."""

    def arrived(calls: object) -> CallRecord | None:
        assert isinstance(calls, list)
        return next((call for call in reversed(calls) if call.message_id == probe.push), None)

    return bench.sandbox.wait_for_calls(arrived, within, after)


def newest_call(bench: Bench) -> int:
    """The position of the newest provider call; what comes later is behind it."""
    calls = bench.sandbox.calls()
    return calls[-1].seq if calls else 0
