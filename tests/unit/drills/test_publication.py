"""CloudWatch shows a figure when it was published, and not when it was true."""

import pytest

from functions.core.adapters.telemetry.embedded_metrics import MEASURES, NAMESPACE, Dimension, Metric
from statline.alarms.model import key_of
from statline.drills import names
from statline.drills.aws_figures import QueueFigures
from statline.drills.names import of_queue, ours
from statline.drills.publication import PUBLICATIONS, SQS_IDLE_SECONDS, SQS_WAKES_SECONDS, delay_of
from statline.drills.series import History

_VISIBLE = of_queue("ApproximateNumberOfMessagesVisible", "statline-quarantine")


def test_a_figure_is_not_seen_before_it_is_published() -> None:
    key = key_of("AWS/SQS", "NumberOfMessagesSent", {"QueueName": "q"})
    history = History([key])
    series = history.series(key)
    assert series is not None
    series.add(60.0, 7.0)

    assert history.samples(key, 0.0, 120.0, now=179.0) == []
    (sample,) = history.samples(key, 0.0, 120.0, now=180.0)
    assert (sample.at, sample.value, sample.seen_at) == (60.0, 7.0, 180.0)


def test_our_own_figures_are_seen_long_before_those_of_aws() -> None:
    assert delay_of("Statline") == 10
    assert all(delay_of(name) >= 120 for name in PUBLICATIONS if name.startswith("AWS/"))


def test_a_namespace_that_nobody_looked_up_is_no_faster_than_others() -> None:
    assert delay_of("AWS/Unheard") == delay_of("AWS/SQS")


def test_every_delay_says_where_it_is_from() -> None:
    assert all(len(publication.source) > 40 for publication in PUBLICATIONS.values())


def test_what_nobody_reads_is_not_kept() -> None:
    history = History([_VISIBLE])

    assert history.series(of_queue("NumberOfMessagesSent", "statline-quarantine")) is None
    assert history.unpublished == {_VISIBLE}


def _told(figures: QueueFigures, history: History, minutes: range, visible: int) -> list[float]:
    for minute in minutes:
        figures.minute(minute * 60.0, visible=visible, age=0.0, deleted=0, sent=0)
    return [sample.at for sample in history.samples(_VISIBLE, 0.0, 1e9, 1e9)]


def test_a_queue_that_was_idle_for_six_hours_says_nothing_and_wakes_late() -> None:
    history = History([_VISIBLE])
    figures = QueueFigures("statline-quarantine", history)
    woken = int(SQS_IDLE_SECONDS / 60) + 10

    assert _told(figures, history, range(woken), visible=0) == []
    first = _told(figures, history, range(woken, woken + 30), visible=1)[0]
    assert first == woken * 60.0 + SQS_WAKES_SECONDS


def test_a_queue_in_use_says_something_every_minute() -> None:
    history = History([_VISIBLE])
    figures = QueueFigures("statline-quarantine", history)
    _told(figures, history, range(30), visible=1)

    later = _told(figures, history, range(30, 60), visible=0)
    assert later[-30:] == [minute * 60.0 for minute in range(30, 60)]


@pytest.mark.parametrize("metric", [Metric.ROUTED_SECONDS, Metric.ACCEPTED_SECONDS, Metric.CANARY_ARRIVED])
def test_our_figures_have_the_names_that_the_functions_write(metric: Metric) -> None:
    words = {Dimension.LANE: "stat", Dimension.CHANNEL: "push"}
    about = {dimension.value.lower(): words[dimension] for dimension in MEASURES[metric].about}

    key = ours(metric.value, "ca-central-1", **about)

    assert key.namespace == NAMESPACE == names.NAMESPACE
    assert dict(key.dimensions) == {"Region": "ca-central-1"} | {
        dimension.value: words[dimension] for dimension in MEASURES[metric].about
    }
