"""The evaluator as a process beside the cloud, in the machine's own time."""

import json
import os
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from local.cloud import Cloud, start, stop
from local.cloud.lifecycle import PATIENCE_VARIABLE, find
from tests.e2e.waiting import await_value
from tests.integration.alarms.bench import FINE, SOON, Bench, Evaluator, named
from tests.integration.local_cloud.conftest import clients_of

A_MINUTE = 60


@pytest.fixture
def bench() -> Iterator[Bench]:
    """A cloud of the test's own, in which nobody evaluates alarms yet."""
    name = f"test-evaluator-{os.getpid()}"
    with ExitStack() as stack:
        environment = stack.enter_context(pytest.MonkeyPatch.context())
        environment.setenv(PATIENCE_VARIABLE, "0")
        cloud = start(name, port=0, sandbox=False)
        stack.callback(lambda: stop(find(name) or cloud, forget=True))
        yield Bench(cloud, clients_of(cloud), Evaluator(cloud))


def _looks(cloud: Cloud) -> int:
    """How often the process has looked."""
    with urllib.request.urlopen(f"{cloud.alarms_url}/health", timeout=SOON) as answer:  # noqa: S310 (loopback)
        return int(json.load(answer)["looks"])


def test_states_and_figures_outlive_a_restart_and_evaluation_goes_on(bench: Bench) -> None:
    any_of_five: dict[str, Any] = {"Period": A_MINUTE, "EvaluationPeriods": 5, "DatapointsToAlarm": 1}
    kept, read = bench.above(named("kept"), "Nothing"), bench.above(named("read"), "Kept", **any_of_five)
    bench.cloudwatch.set_alarm_state(AlarmName=kept, StateValue="ALARM", StateReason="a test")
    bench.put("Kept", [1], every=A_MINUTE)

    stop(bench.cloud)
    cloud = start(bench.cloud.name, port=bench.cloud.port)

    def in_alarm(alarm: str) -> bool:
        return bench.state(alarm) == "ALARM"

    await_value(lambda: in_alarm(read), SOON, f"{read} in ALARM")
    assert in_alarm(kept)

    await_value(lambda: _looks(cloud) >= 1, SOON, "the end of the first look")
    following = bench.above(named("following"), "Kept", **any_of_five)
    await_value(lambda: in_alarm(following), FINE + SOON, f"{following} in ALARM")
    await_value(lambda: _looks(cloud) > 1, SOON, "the end of another look")
