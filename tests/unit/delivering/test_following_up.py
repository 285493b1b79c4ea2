"""What a channel does beside delivering: deadlines for receipts, and looks at activations."""

from datetime import timedelta

import pytest

from functions.core.domain.delivering.outcomes import Accepted, NeverRetry, Outcome, RetryLater, Unknown
from functions.core.domain.delivering.record import DeliveryRecord
from functions.core.domain.delivering.states import State
from functions.core.domain.escalation.ladder import Look
from functions.core.domain.escalation.step_name import StepName, step_id
from functions.core.services.verdicts import MOMENT
from statline.contract.words import Channel, Priority
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery, a_fallback
from tests.unit.delivering.ward import OVER, Ward

STAT = a_delivery(Channel.SMS, Priority.STAT, fallbacks=(a_fallback(),))
LEADER = a_delivery(Channel.SMS, Priority.STAT, roles=("leader",))
LOOK = Look("northshore", "n-1")


def test_an_accepted_stat_with_another_way_waits_for_its_receipt_before_accepted_is_stored(ward: Ward) -> None:
    waiting: list[int] = []

    def before(record: DeliveryRecord) -> None:
        if record.state is State.ACCEPTED:
            waiting.append(len(ward.deadlines.waiting))

    ward.states.before_write = before
    assert ward.hand_one(STAT) is None
    assert ward.deadlines.waiting == [STAT]
    assert waiting == [1]


@pytest.mark.parametrize(
    "delivery",
    [
        a_delivery(Channel.SMS, Priority.STAT),
        a_delivery(Channel.SMS, Priority.STAT, fallbacks=(a_fallback(),), rehearsed=True),
        a_delivery(Channel.SMS, Priority.URGENT),
        a_delivery(Channel.SMS),
    ],
    ids=["nowhere else to go", "rehearsed", "urgent", "routine"],
)
def test_what_has_no_other_way_or_reaches_nobody_waits_for_no_receipt(ward: Ward, delivery: object) -> None:
    assert ward.hand_one(delivery) is None  # type: ignore[arg-type] # parametrized
    assert ward.deadlines.waiting == []


@pytest.mark.parametrize("answer", [RetryLater("throttled"), NeverRetry("opted_out"), Unknown("timed_out")])
def test_what_was_not_accepted_waits_for_no_receipt(ward: Ward, answer: Outcome) -> None:
    ward.provider.answer(answer)
    ward.hand(STAT)
    assert ward.deadlines.waiting == []


def test_while_the_deadlines_queue_is_away_the_acceptance_is_stored_and_the_message_comes_again(ward: Ward) -> None:
    """Not stored, the text would be sent a second time."""
    ward.deadlines.away = True
    assert ward.hand_one(STAT) == MOMENT
    assert ward.record_of(STAT).state is State.ACCEPTED
    assert ward.hand_one(STAT) == MOMENT

    ward.deadlines.away = False
    assert ward.hand_one(STAT) is None
    assert ward.deadlines.waiting == [STAT]
    assert ward.provider.calls_for(STAT) == 1


@pytest.mark.parametrize(
    ("answer", "state"), [(NeverRetry("opted_out"), State.FAILED), (Unknown("timed_out"), State.UNKNOWN)]
)
def test_an_activation_is_looked_at_again_when_a_delivery_fails(ward: Ward, answer: Outcome, state: State) -> None:
    seen: list[State] = []
    ward.provider.answer(answer)
    ward.hand(LEADER)
    seen.append(ward.record_of(LEADER).state)
    assert (seen, ward.escalation.looks) == ([state], [LOOK])


def test_an_activation_is_looked_at_again_when_a_delivery_has_expired(ward: Ward) -> None:
    ward.hand(LEADER.model_copy(update={"expires_at": NOON}))
    assert ward.escalation.looks == [LOOK]


@pytest.mark.parametrize("answer", [Accepted("p-1"), RetryLater("throttled")])
def test_what_goes_well_or_is_tried_again_has_nobody_look(ward: Ward, answer: Outcome) -> None:
    ward.provider.answer(answer)
    ward.hand(LEADER)
    assert ward.escalation.looks == []


def test_a_failure_outside_activations_has_nobody_look(ward: Ward) -> None:
    ward.provider.answer(NeverRetry("opted_out"))
    ward.hand(a_delivery(Channel.SMS, Priority.STAT))
    assert ward.escalation.looks == []


def test_a_failing_step_has_the_activation_looked_at_that_it_belongs_to(ward: Ward) -> None:
    step = a_delivery(Channel.SMS, Priority.STAT, notification=step_id("n-1", StepName("leader", 1, 2)), roles=("x",))
    ward.provider.answer(NeverRetry("opted_out"))
    ward.hand(step)
    assert ward.escalation.looks == [LOOK]


def test_a_batch_that_fails_has_each_activation_looked_at_once(ward: Ward) -> None:
    ward.provider.always_answer(NeverRetry("opted_out"))
    everybody = [
        a_delivery(Channel.SMS, Priority.STAT, notification=f"n-{n % 2}", recipient=f"u-{n}", roles=("nurse",))
        for n in range(10)
    ]
    ward.hand(*everybody)
    assert ward.escalation.looks == [Look("northshore", "n-0"), Look("northshore", "n-1")]


def test_a_look_that_its_worker_did_not_live_to_send_is_sent_by_the_next_one(ward: Ward) -> None:
    ward.provider.answer(NeverRetry("opted_out"))
    ward.hand(LEADER)
    ward.escalation.looks.clear()
    assert ward.hand_one(LEADER) is None
    assert ward.escalation.looks == [LOOK]


def test_while_the_escalation_queue_is_away_a_failed_deliverys_message_comes_again(ward: Ward) -> None:
    ward.escalation.away = True
    ward.provider.answer(NeverRetry("opted_out"))
    assert ward.hand_one(LEADER) == MOMENT
    ward.escalation.away = False
    assert ward.hand_one(LEADER) is None
    assert ward.escalation.looks == [LOOK]
    assert ward.provider.calls_for(LEADER) == 1


def test_an_answer_that_is_lost_again_and_again_has_its_activation_looked_at_a_few_times_only(ward: Ward) -> None:
    """500 people whose provider is down would otherwise have theirs looked at for ten minutes on end."""
    ward.provider.always_answer(Unknown("timed_out"))
    for _ in range(12):
        wait = ward.hand_one(LEADER) or timedelta()
        ward.clock.advance(max(wait.total_seconds(), OVER))
    assert ward.record_of(LEADER).attempt > 5
    assert len(ward.escalation.looks) == 5
