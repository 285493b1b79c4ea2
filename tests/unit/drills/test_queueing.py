"""A simulated queue has SQS's ways, blind spots included."""

import pytest

from functions.core.domain.routing.lanes import LANES, RECEIVES_BEFORE_DEAD_LETTER
from statline.contract.words import Priority
from statline.drills.deployment import Deployment, Queue
from statline.drills.queueing import PATIENCE, Batch, LaneQueue


@pytest.fixture
def queue() -> LaneQueue:
    return LaneQueue(Queue("statline-push-stat", visibility=10.0, receives=5, at_once=100), Priority.STAT)


def _taken(queue: LaneQueue, now: float, room: int = 100) -> list[Batch]:
    return queue.take(now, room)


def test_the_oldest_are_taken_first_and_what_has_no_room_waits(queue: LaneQueue) -> None:
    queue.put(Batch(0.0, 0.0, 3))
    queue.put(Batch(10.0, 10.0, 4))

    taken = _taken(queue, 20.0, room=5)

    assert [(batch.sent_at, batch.count) for batch in taken] == [(0.0, 3), (10.0, 2)]
    assert (queue.visible(20.0), queue.oldest_sent(20.0)) == (2, 10.0)


def test_what_is_hidden_is_not_taken_before_it_is_due(queue: LaneQueue) -> None:
    queue.put(Batch(0.0, 0.0, 1))
    (batch,) = _taken(queue, 0.0)
    queue.hide(batch, 1, until=10.0)

    assert _taken(queue, 9.0) == []
    assert len(_taken(queue, 10.0)) == 1


def test_what_was_received_three_times_leaves_the_age_but_is_still_outstanding(queue: LaneQueue) -> None:
    queue.put(Batch(0.0, 0.0, 1, poison=True))
    ages = []
    for now in (0.0, 10.0, 20.0):
        (batch,) = _taken(queue, now)
        queue.hide(batch, 1, until=now + 10.0)
        ages.append(queue.age(now + 5.0))

    assert ages == [5.0, 15.0, 0.0]
    assert queue.oldest_sent(25.0) == 0.0


def test_a_message_received_too_often_is_a_dead_letter_and_still_waited_for(queue: LaneQueue) -> None:
    queue.put(Batch(0.0, 0.0, 1, poison=True))
    for now in range(0, 60, 10):
        (batch,) = _taken(queue, float(now))
        queue.hide(batch, 1, until=now + 10.0)

    assert (queue.dead, queue.take_dead(), queue.take_dead()) == (1, 1, 0)
    assert _taken(queue, 100.0) == []
    assert queue.oldest_sent(100.0) == 0.0
    assert queue.oldest_sent(PATIENCE[Priority.STAT].expires + 1.0) is None


@pytest.mark.parametrize("lane", list(Priority))
def test_a_lane_is_as_patient_as_the_functions_are(lane: Priority) -> None:
    simulated, real = PATIENCE[lane], LANES[lane]

    assert simulated.first_retry == real.first_retry.total_seconds()
    assert simulated.longest_retry == real.longest_retry.total_seconds()
    assert simulated.attempts == real.attempts
    assert [simulated.retry_after(n) for n in (1, 2, 9)] == [real.retry_after(n).total_seconds() for n in (1, 2, 9)]


@pytest.mark.parametrize("lane", list(Priority))
def test_visibility_receives_and_work_at_once_are_the_templates(lane: Priority, canada: Deployment) -> None:
    found = canada.queue("push", lane)

    assert found.visibility == LANES[lane].visibility.total_seconds()
    assert found.receives == RECEIVES_BEFORE_DEAD_LETTER
    assert found.at_once == {Priority.STAT: 300, Priority.URGENT: 200, Priority.ROUTINE: 300}[lane]
