"""A flood of routine messages: held back until it is whole, let go, looked at, and drained in the end."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from local.cloud.progress import Report
from statline.contract.words import Priority
from tests.perf.laptop import TENANT, THREADS, Bench, queue_arn
from tests.perf.probes import letter

SIZE_VARIABLE = "STATLINE_BENCH_FLOOD"
USUAL_SIZE = 20_000
BATCH = 10
_INGRESS, _PUSH = "ingress-routine", "push-routine"
_SETTLES_WITHIN = 30.0
_DEPTH = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


def wanted_size() -> int:
    """How many messages the flood has: 20,000 unless the environment says otherwise."""
    return int(os.environ.get(SIZE_VARIABLE, USUAL_SIZE))


@contextmanager
def held_back(bench: Bench) -> Iterator[None]:
    """Nothing of the routine ingress queue is consumed while the block runs."""
    _set_consuming(bench, on=False)
    try:
        yield
    finally:
        _set_consuming(bench, on=True)


def fill(bench: Bench, size: int, report: Report) -> None:
    """Put the flood on the routine ingress queue."""
    queue = bench.ingress(Priority.ROUTINE)

    def send(entries: list[dict[str, str]]) -> int:
        answer = bench.producer.send_message_batch(QueueUrl=queue, Entries=entries)
        return len(answer["Successful"])

    sent = 0
    with ThreadPoolExecutor(THREADS) as threads:
        for taken in threads.map(send, _batches(size)):
            sent += taken
            report(f"{sent} of {size}")
    if sent != size:
        raise RuntimeError(f"the routine queue took {sent} of {size} messages")


def depth(bench: Bench) -> int:
    """How many routine messages wait or are under way, before the router and before push."""
    return sum(_depth_of(bench, name) for name in (_INGRESS, _PUSH))


def drain(bench: Bench) -> None:
    """Throw away what is left of the flood."""
    _set_consuming(bench, on=False)
    for name in (_INGRESS, _PUSH):
        bench.queues.purge_queue(QueueUrl=bench.queue(name))


def _batches(size: int) -> Iterator[list[dict[str, str]]]:
    for start in range(0, size, BATCH):
        numbers = range(min(BATCH, size - start))
        yield [
            {"Id": str(number), "MessageBody": letter(Priority.ROUTINE)[0], "MessageGroupId": TENANT}
            for number in numbers
        ]


def _depth_of(bench: Bench, name: str) -> int:
    found = bench.queues.get_queue_attributes(QueueUrl=bench.queue(name), AttributeNames=list(_DEPTH))
    return sum(int(found["Attributes"][attribute]) for attribute in _DEPTH)


def _set_consuming(bench: Bench, *, on: bool) -> None:
    wanted = "Enabled" if on else "Disabled"
    for mapping in _mappings(bench):
        bench.functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=on)
    end = time.monotonic() + _SETTLES_WITHIN
    while any(mapping["State"] != wanted for mapping in _mappings(bench)):
        if time.monotonic() > end:
            raise TimeoutError(f"the mapping of {_INGRESS} is not {wanted.lower()} after {_SETTLES_WITHIN:.0f} s")
        time.sleep(0.2)


def _mappings(bench: Bench) -> list[dict[str, str]]:
    found: list[dict[str, str]] = bench.functions.list_event_source_mappings(EventSourceArn=queue_arn(_INGRESS))[
        "EventSourceMappings"
    ]
    return found
