"""What one notification costs each function: CPU time of its own process, and what it asks of AWS."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from statline.contract.words import Channel
from tests.perf.process import Cost, Event, Program, cost_of
from tests.perf.stub import RunningStub, running_stub
from tests.perf.workloads import channel_events, functions, peer, people, router_events

MESSAGES = 400
"""How many notifications each figure is made of."""
REPEATS = 3
"""How often each is measured; the median counts."""
WARM_UP = 30
BATCHES = (10, 1)


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to measure: a program, what its messages are, and how many of them come at once."""

    program: Program
    work: str
    batch: int
    events: Sequence[Event]

    def events_of(self, messages: int) -> Sequence[Event]:
        """The first events, as many as hold so many messages."""
        return self.events[: max(messages // self.batch, 1)]


@dataclass(frozen=True, slots=True)
class Figures:
    """One line of the table. Everything is for one notification.

    calls: by operation, of AWS and of the providers.
    """

    program: str
    work: str
    batch: int
    cpu_microseconds: float
    calls: dict[str, float]
    write_units: float
    log_bytes: float


def measure(repeats: int = REPEATS) -> list[Figures]:
    """Measure every job, one after the other. Raises `MeasureError`."""
    with running_stub() as stub:
        stub.learn(people())
        return [_figures(job, stub, repeats) for job in _jobs(stub)]


def _jobs(stub: RunningStub) -> Iterator[Job]:
    ours = functions(stub.url)
    naive = peer("naive boto3 router", "naive_router", stub.url)
    send_each = peer("send_each alone", "send_each", stub.url)
    for batch in BATCHES:
        count = MESSAGES // batch
        for work, stat in (("1 delivery", False), ("3 deliveries", True)):
            events = router_events(count, batch, stat=stat)
            yield Job(ours["router"], work, batch, events)
            yield Job(naive, work, batch, events)
        for channel in Channel:
            events = channel_events(channel, count, batch)
            yield Job(ours[channel.value], "1 delivery", batch, events)
            if channel is Channel.PUSH:
                yield Job(send_each, "1 delivery", batch, events)


def _figures(job: Job, stub: RunningStub, repeats: int) -> Figures:
    costs = [cost_of(job.program, job.events, warm_up=job.events_of(WARM_UP), meter=stub.meter) for _ in range(repeats)]
    messages = len(job.events) * job.batch
    return Figures(
        program=job.program.name,
        work=job.work,
        batch=job.batch,
        cpu_microseconds=median(cost.cpu_seconds for cost in costs) / messages * 1e6,
        calls=_per_message(costs[0], messages),
        write_units=costs[0].calls["write units"] / messages,
        log_bytes=costs[0].log_bytes / messages,
    )


_NO_CALL = ("keys read", "write units", "messages sent")


def _per_message(cost: Cost, messages: int) -> dict[str, float]:
    calls = Counter({name: count for name, count in cost.calls.items() if name not in _NO_CALL})
    return {name: count / messages for name, count in sorted(calls.items())}
