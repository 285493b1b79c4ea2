"""The figures of `AWS/RDS`, each with its unit and where it comes from: one table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from local.insights import load
from local.insights.instances import Instance
from local.insights.readings import Reading
from local.insights.sessions import CPU, Sample

_GIB = 2**30
_UNKNOWN_LAG = -1.0
_ON_CPU = {"db.wait_event_type.name": CPU}


@dataclass(frozen=True, slots=True)
class Interval:
    """Two readings of one instance and the samples between them."""

    instance: Instance
    before: Reading
    after: Reading
    samples: Sequence[Sample]

    @property
    def seconds(self) -> float:
        """How long it was."""
        return self.after.at - self.before.at


Value = Callable[[Interval], float | None]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `source` is for people; `value` is None where there is nothing to publish."""

    name: str
    unit: str
    source: str
    value: Value


def _read_rate(interval: Interval) -> float:
    before, after = interval.before, interval.after
    if before.work and after.work:
        return (after.work.reads - before.work.reads) / interval.seconds
    return (after.reads - before.reads) / interval.seconds


def _write_rate(interval: Interval) -> float:
    before, after = interval.before, interval.after
    if before.work and after.work:
        return (after.work.writes - before.work.writes) / interval.seconds
    return (after.writes - before.writes) / interval.seconds


def _read_latency(interval: Interval) -> float:
    reads = interval.after.reads - interval.before.reads
    return (interval.after.read_seconds - interval.before.read_seconds) / reads if reads else 0.0


def _write_latency(interval: Interval) -> float:
    writes = interval.after.writes - interval.before.writes
    return (interval.after.write_seconds - interval.before.write_seconds) / writes if writes else 0.0


def _disk_queue(interval: Interval) -> float | None:
    waiting = [sample.waiting_for_disk for sample in interval.samples]
    return sum(waiting) / len(waiting) if waiting else None


def _connections(interval: Interval) -> float:
    return float(interval.after.connections)


def _lag(interval: Interval) -> float | None:
    if not interval.instance.is_replica:
        return None
    lag = interval.after.lag_seconds
    return _UNKNOWN_LAG if lag is None else max(lag, 0.0)


def _cpu(interval: Interval) -> float | None:
    before, after = interval.before.work, interval.after.work
    if not before or not after:
        return None
    return min(100.0, 100 * (after.cpu_seconds - before.cpu_seconds) / (interval.seconds * after.processors))


def _free_storage(interval: Interval) -> float:
    left = max(interval.instance.storage_gib * _GIB - interval.after.used_bytes, 0)
    disk = interval.after.free_disk
    return float(left if disk is None else min(left, disk))


def _free_memory(interval: Interval) -> float | None:
    return None if interval.after.free_memory is None else float(interval.after.free_memory)


def _load(interval: Interval) -> float | None:
    return load.average(interval.samples, {}) or None


def _load_on_cpu(interval: Interval) -> float | None:
    return load.average(interval.samples, _ON_CPU) if _load(interval) else None


def _load_waiting(interval: Interval) -> float | None:
    everything = _load(interval)
    return everything - load.average(interval.samples, _ON_CPU) if everything else None


FIGURES = (
    Figure(
        "ReadIOPS", "Count/Second", "read calls of the server's processes: /proc/PID/io, else pg_stat_io", _read_rate
    ),
    Figure("WriteIOPS", "Count/Second", "write calls, likewise", _write_rate),
    Figure("ReadLatency", "Seconds", "pg_stat_io: read_time / reads; 0 without reads", _read_latency),
    Figure("WriteLatency", "Seconds", "pg_stat_io: (write_time + extend_time) / (writes + extends)", _write_latency),
    Figure(
        "DiskQueueDepth", "Count", "processes that wait for IO in pg_stat_activity, mean of the samples", _disk_queue
    ),
    Figure("DatabaseConnections", "Count", "client backends in pg_stat_activity, without this one", _connections),
    Figure("ReplicaLag", "Seconds", "now() - pg_last_xact_replay_timestamp(); -1 where that is unknown", _lag),
    Figure("CPUUtilization", "Percent", "processor time of the server's processes (/proc), of those it may use", _cpu),
    Figure("FreeStorageSpace", "Bytes", "allocated less used, and no more than the disk has (statvfs)", _free_storage),
    Figure("FreeableMemory", "Bytes", "the machine's MemAvailable (/proc/meminfo)", _free_memory),
    Figure("DBLoad", "None", "sessions at work, mean of the samples; nothing where there are none", _load),
    Figure("DBLoadCPU", "None", "those that wait for nothing", _load_on_cpu),
    Figure("DBLoadNonCPU", "None", "those that wait", _load_waiting),
)


def figures_of(interval: Interval) -> list[tuple[Figure, float]]:
    """Every figure that there is something to say of."""
    found = [(figure, figure.value(interval)) for figure in FIGURES]
    return [(figure, value) for figure, value in found if value is not None]
