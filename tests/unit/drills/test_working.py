"""What a simulated worker says of itself."""

import random

import pytest

from statline.alarms.model import MetricKey
from statline.drills.series import History
from statline.drills.working import Spread


@pytest.mark.parametrize("seconds", [30.0, 200.0])
def test_slow_work_is_published_as_slow_as_it_is(seconds: float) -> None:
    metric = MetricKey("Statline", "AcceptedSeconds")
    history = History([metric])
    Spread(random.Random(1)).tell(history.series(metric), 60.0, waited=0.0, worked=seconds, count=200)  # noqa: S311 - noise
    told = sorted(one.value for one in history.samples(metric, 0.0, 3600.0, 3600.0))
    assert told[len(told) // 2] == pytest.approx(seconds, rel=0.4)
