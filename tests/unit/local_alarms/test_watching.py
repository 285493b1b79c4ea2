"""Looking at the cloud: what is read, what is set."""

from dataclasses import dataclass, field, replace

import pytest

from local.alarms.account import Described
from local.alarms.feed import AwayError, Came, News
from local.alarms.watching import Watching
from statline.alarms.model import (
    Actions,
    Alarm,
    Comparison,
    CompositeAlarm,
    MetricAlarm,
    Missing,
    Query,
    Sample,
    State,
    Suppression,
    Transition,
    key_of,
)

HOME = "ca-central-1"
BEGAN = 1_700_000_040.0  # a full minute
AGE = key_of("AWS/SQS", "ApproximateAgeOfOldestMessage", {"QueueName": "statline-push-stat"})
PAGE = f"arn:aws:sns:{HOME}:000000000000:statline-page"
LATE = MetricAlarm(
    name="late",
    region=HOME,
    queries=(Query(id="m", metric=AGE, statistic="Maximum"),),
    returned="m",
    period=60,
    comparison=Comparison.ABOVE,
    threshold=20,
    missing=Missing.NOT_BREACHING,
    actions=Actions(alarm=(PAGE,)),
)
CAUSE = replace(LATE, name="cause", threshold=0)
WHOLE = CompositeAlarm(
    name="whole",
    region=HOME,
    rule='ALARM("late")',
    actions=Actions(alarm=(PAGE,)),
    suppression=Suppression(suppressor="cause", wait=0, extension=0),
)


@dataclass
class Cloud:
    """One region's CloudWatch in memory, and the feed of its figures."""

    alarms: list[Alarm] = field(default_factory=list)
    states: dict[str, State] = field(default_factory=dict)
    came: dict[float, Came] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    described_times: int = 0
    is_away: bool = False
    is_deaf: bool = False
    now: float = BEGAN

    def described(self) -> Described:
        self.described_times += 1
        states = {alarm.name: self.states.get(alarm.name, State.INSUFFICIENT_DATA) for alarm in self.alarms}
        return Described(list(self.alarms), states)

    def set_state(self, transition: Transition) -> None:
        if self.is_deaf:
            raise AwayError("no answer")
        self.states[transition.alarm] = transition.after
        if transition.told and not transition.suppressed:
            self.told.append(f"{transition.alarm} {transition.after}")

    def read(self, after: int, since: float) -> News:
        if self.is_away:
            raise AwayError("gone")
        del since
        new = [came for at, came in self.came.items() if after < at <= self.now]
        merged = {
            metric: [sample for came in new for sample in came.get(metric, [])] for came in new for metric in came
        }
        return News(int(self.now), {HOME: merged}, {HOME: self._digest()})

    def _digest(self) -> int:
        return hash((tuple(self.alarms), tuple(sorted(self.states.items()))))

    def publish(self, at: float, value: float) -> None:
        """An age of that minute, which comes when the minute is over."""
        self.came[at + 60] = {AGE: [Sample(at, value)]}


def _watched(cloud: Cloud, seconds: float, watching: Watching | None = None) -> Watching:
    watching = watching or Watching(cloud, lambda _region: cloud, lambda _line: None)
    end = cloud.now + seconds
    while cloud.now < end:
        cloud.now += 10
        watching.look(cloud.now)
    return watching


def test_an_alarm_speaks_when_its_figure_has_come() -> None:
    cloud = Cloud([LATE])
    cloud.publish(BEGAN, 30)

    watching = _watched(cloud, 50)
    assert cloud.states == {"late": State.OK}

    _watched(cloud, 10, watching)
    assert cloud.states == {"late": State.ALARM}
    assert cloud.told == ["late ALARM"]


def test_alarms_are_read_again_only_when_one_has_changed() -> None:
    cloud = Cloud([LATE])
    watching = _watched(cloud, 300)
    before = cloud.described_times

    _watched(cloud, 300, watching)
    assert cloud.described_times == before

    cloud.alarms.append(CAUSE)
    _watched(cloud, 30, watching)
    assert cloud.described_times > before
    assert watching.sizes == {HOME: 2}


def test_a_state_that_somebody_set_is_set_back_by_the_next_evaluation() -> None:
    cloud = Cloud([LATE])
    watching = _watched(cloud, 120)

    cloud.states["late"] = State.ALARM
    _watched(cloud, 60, watching)

    assert cloud.states == {"late": State.OK}


def test_a_deleted_alarm_is_forgotten() -> None:
    cloud = Cloud([LATE, CAUSE])
    watching = _watched(cloud, 120)

    cloud.alarms.remove(LATE)
    cloud.states.pop("late")
    cloud.publish(cloud.now, 100)
    _watched(cloud, 180, watching)

    assert cloud.states == {"cause": State.ALARM}


def test_a_suppressed_composite_comes_into_alarm_and_nobody_is_told() -> None:
    cloud = Cloud([LATE, CAUSE, WHOLE])
    for minute in range(4):
        cloud.publish(BEGAN + 60 * minute, 30)

    _watched(cloud, 240)

    assert cloud.states == {"late": State.ALARM, "cause": State.ALARM, "whole": State.ALARM}
    assert "whole ALARM" not in cloud.told


def test_figures_that_were_kept_before_count_for_a_new_alarm() -> None:
    cloud = Cloud([CAUSE])
    cloud.publish(BEGAN, 30)
    watching = _watched(cloud, 60)

    cloud.alarms.append(LATE)
    _watched(cloud, 10, watching)

    assert cloud.states["late"] is State.ALARM


def test_an_emulator_that_was_away_changes_no_state_by_its_silence() -> None:
    silent = replace(LATE, name="silent", missing=Missing.BREACHING)
    cloud = Cloud([silent])
    for minute in range(10):
        cloud.publish(BEGAN + 60 * minute, 1)
    watching = _watched(cloud, 300)
    assert cloud.states == {"silent": State.OK}

    cloud.is_away = True
    with pytest.raises(AwayError):
        watching.look(cloud.now + 10)
    cloud.is_away = False
    cloud.now += 3600
    _watched(cloud, 60, watching)

    assert cloud.states == {"silent": State.OK}


def test_a_state_that_could_not_be_set_is_set_later() -> None:
    cloud = Cloud([LATE, CAUSE])
    watching = _watched(cloud, 50)
    cloud.publish(BEGAN, 30)
    cloud.is_deaf = True
    with pytest.raises(AwayError):
        _watched(cloud, 10, watching)

    cloud.is_deaf = False
    _watched(cloud, 10, watching)

    assert cloud.states == {"late": State.ALARM, "cause": State.ALARM}
    assert cloud.told == ["late ALARM", "cause ALARM"]


def test_an_alarm_that_cannot_be_evaluated_is_named_and_silences_no_other() -> None:
    said: list[str] = []
    broken = replace(WHOLE, name="broken", rule="ALARM(")
    cloud = Cloud([LATE, broken])
    cloud.publish(BEGAN, 30)
    watching = Watching(cloud, lambda _region: cloud, said.append)

    _watched(cloud, 120, watching)

    assert cloud.states == {"late": State.ALARM}
    assert [line for line in said if "broken" in line]
