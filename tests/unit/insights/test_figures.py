from dataclasses import replace
from pathlib import Path

import pytest

from local.insights.figures import FIGURES, Interval, figures_of
from local.insights.host import Work
from local.insights.readings import Reading
from local.insights.sessions import Sample
from tests.unit.insights.samples import instance, session

README = Path(__file__).parents[3] / "local" / "insights" / "README.md"
GIB = 2**30
BEFORE = Reading(
    at=100.0,
    reads=1000,
    read_seconds=1.0,
    writes=500,
    write_seconds=2.0,
    connections=9,
    used_bytes=GIB,
    lag_seconds=None,
    work=Work(cpu_seconds=5.0, processors=2, reads=2000, writes=1000),
    free_disk=100 * GIB,
    free_memory=3 * GIB,
)
AFTER = replace(
    BEFORE,
    at=110.0,
    reads=1100,
    read_seconds=1.5,
    writes=700,
    write_seconds=2.4,
    connections=12,
    work=Work(cpu_seconds=15.0, processors=2, reads=5000, writes=1400),
)
INTERVAL = Interval(instance(), BEFORE, AFTER, ())


def _figures(interval: Interval) -> dict[str, float]:
    return {figure.name: value for figure, value in figures_of(interval)}


def test_rates_are_by_the_second_and_latencies_by_the_operation() -> None:
    figures = _figures(INTERVAL)

    assert (figures["ReadIOPS"], figures["WriteIOPS"]) == (300, 40)
    assert figures["ReadLatency"] == pytest.approx(0.005)
    assert figures["WriteLatency"] == pytest.approx(0.002)
    assert figures["CPUUtilization"] == pytest.approx(50)
    assert figures["DatabaseConnections"] == 12


def test_a_machine_that_does_not_tell_of_processes_leaves_the_servers_own_counts() -> None:
    figures = _figures(replace(INTERVAL, before=replace(BEFORE, work=None), after=replace(AFTER, work=None)))

    assert (figures["ReadIOPS"], figures["WriteIOPS"]) == (10, 20)
    assert "CPUUtilization" not in figures


def test_an_idle_server_has_no_latency_and_no_load() -> None:
    figures = _figures(replace(INTERVAL, after=replace(BEFORE, at=110.0), samples=(Sample(1, ()), Sample(2, ()))))

    assert (figures["ReadIOPS"], figures["ReadLatency"], figures["DiskQueueDepth"]) == (0, 0, 0)
    assert not [name for name in figures if name.startswith("DBLoad")]


def test_load_and_the_disks_queue_are_means_of_the_samples() -> None:
    waits = session(wait="IO:DataFileRead")
    samples = (Sample(1, (session(), waits), 3), Sample(2, (waits,), 1), Sample(3, (), 0), Sample(4, (), 0))

    figures = _figures(replace(INTERVAL, samples=samples))

    assert (figures["DBLoad"], figures["DBLoadCPU"], figures["DBLoadNonCPU"]) == (0.75, 0.25, 0.5)
    assert figures["DiskQueueDepth"] == 1


@pytest.mark.parametrize(("lag", "published"), [(4.5, 4.5), (-0.01, 0.0), (None, -1.0)])
def test_a_replica_has_a_lag(lag: float | None, published: float) -> None:
    replica = replace(INTERVAL, instance=instance(is_replica=True), after=replace(AFTER, lag_seconds=lag))

    assert _figures(replica)["ReplicaLag"] == published


def test_a_primary_has_no_lag() -> None:
    assert "ReplicaLag" not in _figures(INTERVAL)


@pytest.mark.parametrize(("disk", "free"), [(100 * GIB, 19 * GIB), (7 * GIB, 7 * GIB), (None, 19 * GIB)])
def test_free_storage_is_what_is_allocated_and_no_more_than_there_is(disk: int | None, free: int) -> None:
    assert _figures(replace(INTERVAL, after=replace(AFTER, free_disk=disk)))["FreeStorageSpace"] == free


def test_every_figure_stands_in_the_readme() -> None:
    text = README.read_text()
    assert not [figure.name for figure in FIGURES if f"`{figure.name}`" not in text]
