"""What an alarm sees at one evaluation."""

from collections.abc import Callable
from dataclasses import dataclass

from statline.alarms.decision import Point
from statline.alarms.formula.values import Frame, Series
from statline.alarms.model import Figures, Sample, State
from statline.alarms.plan import Measured, Plan
from statline.alarms.statistic import SIMPLE


@dataclass(frozen=True, slots=True)
class Window:
    """An evaluation range: when its periods begin, the newest last, the datapoints, and what each says."""

    plan: Plan
    starts: list[float]
    values: Series
    points: list[Point]

    def decide(self) -> State | None:
        """The state after this evaluation, None where the alarm keeps the one that it has."""
        return self.plan.decide(self.points)


def look(plan: Plan, figures: Figures, moment: float, now: float) -> Window:
    """What an alarm sees at `now`, in the periods that end at `moment`, a period before, and so on."""
    period = plan.alarm.period
    starts = [moment - (plan.range - index) * period for index in range(plan.range)]
    end = moment

    def series(measured: Measured, compute: Callable[[list[Sample]], float | None]) -> Series:
        samples: list[list[Sample]] = [[] for _ in starts]
        for sample in figures.samples(measured.metric, starts[0], end, now):
            samples[int((sample.at - starts[0]) // period)].append(sample)
        return [compute(found) if found else None for found in samples]

    frame = Frame(starts, period, {name: series(one, one.statistic.of) for name, one in plan.measured.items()})
    values = plan.values(frame)
    counts = _counts(plan, [series(one, SIMPLE["SampleCount"].of) for one in plan.measured.values()])
    return Window(plan, starts, values, plan.points(values, counts))


def _counts(plan: Plan, counts: list[Series]) -> Series:
    """How many samples each datapoint rests on: of several metrics the fewest."""
    if not plan.fewest:
        return []
    return [min(count or 0 for count in column) for column in zip(*counts, strict=True)]
