"""What is said of canaries: figures for the alarms, lines for people."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.canary.canaries import LIFE, canaries_at
from functions.canary.report import CanaryReport
from functions.canary.seeing import Seen
from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.delivering.record import DeliveryRecord
from functions.core.domain.delivering.states import State
from statline.contract.words import Channel
from tests.fakes.clock import NOON, FakeClock
from tests.unit.canary.house import ADDRESSES

STAT_PUSH, STAT_SMS, *_ = canaries_at(NOON, ADDRESSES, {})
TOOK = 1.25


def record(state: State) -> DeliveryRecord:
    return DeliveryRecord(
        key=STAT_PUSH.key,
        priority=STAT_PUSH.lane,
        state=state,
        revision=2,
        changed_at=NOON + timedelta(seconds=TOOK),
        expires_at=NOON + LIFE,
        reason="throttled" if state is State.RETRYING else "",
    )


def figures(*seen: Seen) -> list[dict[str, Any]]:
    lines: list[str] = []
    metrics = EmbeddedMetrics("ca-central-1", clock=FakeClock(), write=lines.append)
    CanaryReport(metrics, Log("canary")).saw(seen)
    return [{name: value for name, value in json.loads(line).items() if name != "_aws"} for line in lines]


@pytest.mark.parametrize("state", [State.ACCEPTED, State.DELIVERED, State.READ])
def test_what_a_provider_took_over_has_arrived_and_says_how_long_it_took(state: State) -> None:
    assert figures(Seen(STAT_PUSH, record(state))) == [
        {"Region": "ca-central-1", "Lane": "stat", "Channel": "push", "CanaryArrived": 1.0, "CanarySeconds": TOOK}
    ]


@pytest.mark.parametrize("state", sorted(set(State) - {State.ACCEPTED, State.DELIVERED, State.READ}))
def test_anything_else_is_lost_and_takes_no_time(state: State) -> None:
    assert figures(Seen(STAT_PUSH, record(state))) == [
        {"Region": "ca-central-1", "Lane": "stat", "Channel": "push", "CanaryArrived": 0.0}
    ]


@pytest.mark.parametrize(("state", "lost"), [(State.ACCEPTED, 0.0), (State.FAILED, 1.0)])
def test_a_real_one_counts_for_its_channel_as_well(state: State, lost: float) -> None:
    _, figure = figures(Seen(replace(STAT_PUSH, real=True), record(state)))
    assert figure == {"Region": "ca-central-1", "Channel": "push", "RealCanariesLost": lost}


def test_each_channel_of_a_moment_gets_one_figure() -> None:
    lines = figures(*(Seen(canary, None) for canary in canaries_at(NOON, ADDRESSES, {})))
    assert [(line["Lane"], line["Channel"]) for line in lines] == [("stat", channel) for channel in Channel]


def test_a_lost_canary_is_told_with_how_far_it_got(capsys: pytest.CaptureFixture[str]) -> None:
    report = CanaryReport(EmbeddedMetrics("ca-central-1", write=lambda _: None), Log("lost_canaries"))
    report.saw([Seen(STAT_PUSH, record(State.RETRYING)), Seen(replace(STAT_SMS, real=True), None)])
    first, second, summary = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["message"], first["state"], first["reason"]) == ("canary lost", "RETRYING", "throttled")
    assert (second["channel"], second["state"]) == ("sms", "(none)")
    assert (first["kind"], second["kind"]) == ("rehearsed", "real")
    assert (summary["message"], summary["count"], summary["failed"]) == ("canaries seen", 2, 2)
