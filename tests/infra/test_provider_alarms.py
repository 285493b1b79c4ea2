"""Why a channel is late although our own functions run: its provider errs, or its quota is nearly used up."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from functions.core.adapters.telemetry.embedded_metrics import Metric
from infra.config.model import RegionConfig
from infra.config.reader import FOLDER, ConfigError, read_deployment
from infra.constructs.alarms.figures import UnmeasuredError, measured
from infra.constructs.alarms.providers import provider_alarms
from infra.constructs.alarms.rows import AlarmRow, Formula
from statline.alarms.evaluator import run
from statline.alarms.model import Comparison, MetricAlarm, MetricKey, Missing, Query, Sample, State, key_of
from statline.contract.words import Channel, Priority

_REGION = "ca-central-1"
_MINUTES = 10


@pytest.fixture
def rows(config: RegionConfig) -> dict[str, AlarmRow]:
    return {row.name: row for row in provider_alarms(config.providers, region=_REGION)}


class _Answered:
    """A provider that answered so in each of ten minutes. What there was none of is not published."""

    def __init__(self, provider: str, answers: dict[str, float]) -> None:
        dimensions = {"Region": _REGION, "Provider": provider}
        self._figures = {key_of("Statline", f"Provider{name}", dimensions): count for name, count in answers.items()}

    def samples(self, metric: MetricKey, start: float, end: float, now: float) -> list[Sample]:
        value = self._figures.get(metric)
        moments = [minute * 60.0 for minute in range(_MINUTES) if start <= minute * 60 < min(end, now)]
        return [] if value is None else [Sample(moment, value) for moment in moments]


def _spoke(row: AlarmRow, provider: str, answers: dict[str, float]) -> bool:
    """Whether the alarm, evaluated as CloudWatch would, speaks of such answers."""
    assert isinstance(row.figure, Formula)
    figures = [
        Query(id=name, metric=key_of(f.namespace, f.name, f.dimensions), statistic=f.statistic)
        for name, f in row.figure.figures.items()
    ]
    enough, of = row.datapoints
    alarm = MetricAlarm(
        name=row.name,
        queries=(Query(id="result", expression=row.figure.expression), *figures),
        returned="result",
        period=60,
        comparison=Comparison.ABOVE,
        threshold=row.threshold,
        evaluation_periods=of,
        datapoints=enough,
        missing=Missing.NOT_BREACHING,
    )
    told = run([alarm], _Answered(provider, answers), 0, _MINUTES * 60)
    return any(transition.after is State.ALARM for transition in told)


@pytest.mark.parametrize(
    ("answers", "speaks"),
    [
        ({"Accepted": 90, "PutOff": 12, "Refused": 10, "Unknown": 10}, True),
        ({"Accepted": 90, "PutOff": 9, "Refused": 9, "Unknown": 9}, False),
        ({"Unknown": 40}, True),
        ({"Accepted": 40}, False),
        ({"PutOff": 1}, False),
        ({}, False),
    ],
)
def test_a_quarter_of_all_calls_is_a_provider_in_trouble(
    rows: dict[str, AlarmRow], *, answers: dict[str, float], speaks: bool
) -> None:
    assert _spoke(rows["Statline fcm answers with errors"], "fcm", answers) is speaks


def test_a_quota_is_a_share_of_what_config_says_the_provider_takes(
    rows: dict[str, AlarmRow], config: RegionConfig
) -> None:
    for provider, rate in config.providers.calls_per_minute.items():
        row = rows[f"Statline {provider} quota is nearly used up"]
        assert _spoke(row, provider, {"Accepted": rate * 0.5, "PutOff": rate * 0.31})
        assert not _spoke(row, provider, {"Accepted": rate * 0.5, "PutOff": rate * 0.29})


def test_a_region_without_voice_asks_nothing_of_connect(config: RegionConfig) -> None:
    without = config.providers.model_copy(update={"voice": None})
    assert not [row for row in provider_alarms(without, region=_REGION) if "connect" in row.name]


@pytest.mark.parametrize("rate", [0, -1, 20_000_000])
def test_a_rate_that_no_provider_has_is_refused(tmp_path: Path, rate: int) -> None:
    content: dict[str, Any] = yaml.safe_load((FOLDER / "example.yaml").read_text())
    content["regions"][0]["providers"]["sms"]["calls_per_minute"] = rate
    (tmp_path / "certificates").symlink_to(FOLDER / "certificates")
    (tmp_path / "changed.yaml").write_text(yaml.safe_dump(content))
    with pytest.raises(ConfigError) as refused:
        read_deployment("changed", folder=tmp_path)
    (fault,) = refused.value.faults
    assert "regions[0].providers.sms.calls_per_minute" in fault


def test_an_alarm_on_a_figure_that_is_measured_about_something_else_cannot_be_written() -> None:
    with pytest.raises(UnmeasuredError, match="AcceptedSeconds"):
        measured(Metric.ACCEPTED_SECONDS, "p90", region=_REGION, lane=Priority.STAT)
    assert measured(
        Metric.ACCEPTED_SECONDS, "p90", region=_REGION, lane=Priority.STAT, channel=Channel.PUSH
    ).dimensions == {"Region": _REGION, "Lane": "stat", "Channel": "push"}
