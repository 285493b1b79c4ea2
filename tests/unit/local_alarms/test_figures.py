"""A region's figures in memory."""

from local.alarms.figures import Published
from statline.alarms.model import Sample, key_of

WAITING = key_of("AWS/SQS", "ApproximateAgeOfOldestMessage", {"QueueName": "statline-push-stat"})
OTHER = key_of("AWS/SQS", "NumberOfMessagesSent", {"QueueName": "statline-push-stat"})


def _moments(figures: Published, start: float, end: float) -> list[float]:
    return [sample.at for sample in figures.samples(WAITING, start, end, end)]


def test_samples_are_found_by_their_moments_though_they_come_late() -> None:
    figures = Published()
    figures.want([WAITING])

    figures.add({WAITING: [Sample(60, 1), Sample(180, 3)]})
    figures.add({WAITING: [Sample(120, 2)]})

    assert _moments(figures, 60, 180) == [60, 120]


def test_what_no_alarm_asks_for_is_not_kept() -> None:
    figures = Published()
    figures.want([WAITING])

    figures.add({OTHER: [Sample(60, 1)]})

    assert figures.samples(OTHER, 0, 100, 100) == []


def test_old_samples_are_forgotten() -> None:
    figures = Published()
    figures.want([WAITING])
    figures.add({WAITING: [Sample(60, 1), Sample(120, 2)]})

    figures.forget(120)

    assert _moments(figures, 0, 1000) == [120]


def test_all_must_come_again_only_for_a_metric_that_was_not_kept() -> None:
    figures = Published()

    assert figures.want([WAITING])
    assert not figures.want([WAITING])
    assert figures.want([WAITING, OTHER])
    assert not figures.want([OTHER])
