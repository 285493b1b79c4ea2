"""What falls silent when somebody accepts, declines or calls off, and what does not."""

from dataclasses import replace

import pytest

from functions.core.domain.delivering.delivery import Delivery, next_way
from functions.core.domain.delivering.receipt_deadlines import RECEIPT_LATE
from functions.core.domain.delivering.states import State
from functions.core.domain.errors import StoreUnavailableError
from statline.contract.words import Channel, LadderState, Via
from tests.fakes.activations import BACKUP, LEAD, NURSE
from tests.fakes.directory_changes import a_shift, a_step, an_escalation_policy
from tests.unit.escalation.bench import Bench, people

POLICY = "climb"
STEPS = an_escalation_policy(POLICY, a_step("shift", wait=45), a_step("backup", wait=30), first_wait=60)


@pytest.fixture
def bench() -> Bench:
    bench = Bench([STEPS], policy=POLICY)
    bench.look()
    return bench


def by_channel(deliveries: list[Delivery], channel: Channel) -> Delivery:
    return next(delivery for delivery in deliveries if delivery.key.channel is channel)


def test_an_acceptance_ends_its_roles_ladder_and_no_other(bench: Bench) -> None:
    bench.accept(LEAD, "lead")
    assert bench.ladder("lead").state is LadderState.ACKNOWLEDGED
    assert bench.ladder("nurse").state is LadderState.CLIMBING
    bench.run(95)
    assert "lead~1~1" not in bench.steps
    assert "nurse~1~1" in bench.steps


@pytest.mark.parametrize("state", [None, State.RETRYING, State.UNKNOWN])
def test_what_has_not_started_is_cancelled(bench: Bench, state: State | None) -> None:
    if state:
        bench.move(bench.page("lead"), state)
    bench.accept(LEAD, "lead")
    for delivery in bench.page("lead"):
        assert bench.record(delivery).state is State.CANCELLED
        assert bench.record(delivery).reason == "acknowledged"
    assert all(bench.state(delivery.key) is None for delivery in bench.page("nurse"))


@pytest.mark.parametrize("state", [State.SENDING, State.ACCEPTED, State.DELIVERED, State.FAILED])
def test_what_was_begun_or_is_over_stays_as_it_is(bench: Bench, state: State) -> None:
    bench.move(bench.page("lead"), state)
    bench.accept(LEAD, "lead")
    assert {bench.record(delivery).state for delivery in bench.page("lead")} == {state}


def test_calls_that_ring_for_others_of_the_role_are_ended() -> None:
    bench = Bench([STEPS, a_shift(BACKUP, "lead")], policy=POLICY)
    bench.look()
    bench.move(bench.page("lead"), State.ACCEPTED)
    calls = [delivery for delivery in bench.page("lead") if delivery.key.channel is Channel.VOICE]
    bench.move([call for call in calls if call.key.recipient == BACKUP], State.ACCEPTED, "call-of-the-other")
    bench.accept(LEAD, "lead", via=Via.KEY)
    assert bench.calls.stopped == ["call-of-the-other"], "who pressed the key is still on the line"


def test_a_call_that_rings_while_its_person_answers_by_text_is_ended(bench: Bench) -> None:
    bench.move([by_channel(bench.page("lead"), Channel.VOICE)], State.ACCEPTED, "call-1")
    bench.accept(LEAD, "lead", via=Via.SMS)
    assert bench.calls.stopped == ["call-1"]


def test_calls_that_have_long_stopped_ringing_are_left_alone(bench: Bench) -> None:
    bench.move([by_channel(bench.page("lead"), Channel.VOICE)], State.ACCEPTED, "call-1")
    bench.clock.advance(600)
    bench.accept(LEAD, "lead", via=Via.APP)
    assert "call-1" not in bench.calls.stopped


def test_steps_fall_silent_too(bench: Bench) -> None:
    bench.run(91)
    step = bench.step("lead~1~1")
    bench.accept(LEAD, "lead")
    assert {bench.state(delivery.key) for delivery in step.deliveries} == {State.CANCELLED}


@pytest.mark.parametrize(("state", "reason"), [(State.UNDELIVERED, ""), (State.ACCEPTED, RECEIPT_LATE)])
def test_a_way_that_was_just_opened_falls_silent_too(state: State, reason: str) -> None:
    bench = Bench([STEPS], second="twilio", policy=POLICY)
    bench.look()
    bench.run(91)
    step = bench.step("lead~1~1").deliveries
    bench.move(step, state)
    for each in step:
        bench.states.stored[each.key] = replace(bench.record(each), reason=reason)
    bench.accept(LEAD, "lead")
    ways = [way for each in step if (way := next_way(each))]
    assert ways
    assert {bench.state(way.key) for way in ways} == {State.CANCELLED}


def test_a_step_that_was_kept_before_its_worker_died_falls_silent_too(bench: Bench) -> None:
    bench.run(89.9)
    bench.ladders.before_write = lambda _: (_ for _ in ()).throw(StoreUnavailableError("gone"))
    bench.clock.advance(0.1)
    with pytest.raises(StoreUnavailableError):
        bench.look()
    bench.ladders.before_write = lambda _: None
    assert bench.ladder().at == 0
    step = bench.step("lead~1~1")
    bench.accept(LEAD, "lead")
    assert {bench.state(delivery.key) for delivery in step.deliveries} == {State.CANCELLED}


def test_somebody_of_two_roles_is_silent_when_both_are_covered() -> None:
    bench = Bench([STEPS, a_shift(LEAD, "nurse")], policy=POLICY)
    bench.look()
    both = [delivery for delivery in bench.page("lead") if set(delivery.roles) == {"lead", "nurse"}]
    assert both
    bench.accept(NURSE, "nurse")
    assert all(bench.state(delivery.key) is None for delivery in both)
    bench.accept(LEAD, "lead")
    assert {bench.state(delivery.key) for delivery in both} == {State.CANCELLED}


def test_who_declines_is_called_no_more_and_the_others_are(bench: Bench) -> None:
    bench = Bench([STEPS, a_shift(BACKUP, "lead")], policy=POLICY)
    bench.look()
    bench.decline(LEAD, "lead")
    states = {delivery.key.recipient: bench.state(delivery.key) for delivery in bench.page("lead")}
    assert states == {LEAD: State.CANCELLED, BACKUP: None}
    assert bench.record(by_channel(bench.page("lead"), Channel.SMS)).reason == "declined"
    assert bench.ladder().state is LadderState.CLIMBING


def test_an_acceptance_after_the_last_step_still_silences_what_is_pending(bench: Bench) -> None:
    bench.run(400)
    assert bench.ladder().state is LadderState.EXHAUSTED
    bench.accept(LEAD, "lead")
    assert bench.ladder().state is LadderState.ACKNOWLEDGED
    assert {bench.state(delivery.key) for delivery in bench.page("lead")} == {State.CANCELLED}


def test_the_same_acceptance_looked_at_again_changes_nothing(bench: Bench) -> None:
    bench.accept(LEAD, "lead")
    written, ladders = len(bench.states.history), len(bench.ladders.history)
    bench.look()
    bench.look(again=True)
    assert (len(bench.states.history), len(bench.ladders.history)) == (written, ladders)


def test_a_ladder_ends_only_when_all_that_it_silences_is_written(bench: Bench) -> None:
    bench.states.unanswered = {bench.page("lead")[0].key}
    with pytest.raises(StoreUnavailableError):
        bench.accept(LEAD, "lead")
    assert bench.ladder().state is LadderState.CLIMBING
    bench.states.unanswered = set()
    bench.look(again=True)
    assert bench.ladder().state is LadderState.ACKNOWLEDGED
    assert {bench.state(delivery.key) for delivery in bench.page("lead")} == {State.CANCELLED}


# called off


def test_a_stand_down_ends_every_ladder_and_silences_everything(bench: Bench) -> None:
    bench.stand_down()
    assert {ladder.state for ladder in bench.ladders.stored.values()} == {LadderState.STOOD_DOWN}
    assert {bench.record(delivery).reason for delivery in bench.plan.deliveries} == {"stood_down"}
    assert not any(unanswered for *_, unanswered in bench.figures.ends)


def test_everybody_who_was_paged_hears_of_a_stand_down_once(bench: Bench) -> None:
    bench.run(170)
    assert people(bench.step("lead~1~2")) == [BACKUP]
    bench.outbox.sent.clear()
    bench.stand_down()
    notice = bench.step("stand-down")
    assert sorted(people(notice)) == [LEAD, NURSE, BACKUP]
    assert bench.outbox.sent == list(notice.deliveries)
    channels = {d.key.channel for d in notice.deliveries}
    assert channels == {Channel.PUSH, Channel.SMS}, "nobody is called for that"
    assert len({(d.key.recipient, d.key.channel, d.key.endpoint) for d in notice.deliveries}) == len(notice.deliveries)
    bench.look()
    assert len(bench.outbox.sent) == len(notice.deliveries)


def test_the_notice_says_nothing_of_what_it_was_about_and_is_nobodys_role(bench: Bench) -> None:
    bench.stand_down()
    for delivery in bench.step("stand-down").deliveries:
        assert delivery.roles == ()
        said = delivery.screen.title + delivery.screen.body
        assert bench.plan.activation is not None
        assert bench.plan.activation.code in said
        assert "Consult" not in said


def test_who_already_accepted_hears_of_a_stand_down_too(bench: Bench) -> None:
    for user, role in ((LEAD, "lead"), (NURSE, "nurse"), (BACKUP, "imaging")):
        bench.accept(user, role)
    assert {ladder.state for ladder in bench.ladders.stored.values()} == {LadderState.ACKNOWLEDGED}
    bench.stand_down()
    assert LEAD in people(bench.step("stand-down"))


def test_a_notice_whose_worker_died_before_sending_it_is_sent_when_its_message_comes_again(bench: Bench) -> None:
    bench.outbox.closed = {(channel, bench.plan.priority) for channel in Channel}
    with pytest.raises(Exception, match="stand-down"):
        bench.stand_down()
    bench.outbox.closed = set()
    bench.outbox.sent.clear()
    bench.look(again=True)
    assert bench.outbox.sent[: len(bench.step("stand-down").deliveries)] == list(bench.step("stand-down").deliveries)
    assert bench.ladder().state is LadderState.STOOD_DOWN


def test_calls_still_ringing_are_ended_by_a_stand_down(bench: Bench) -> None:
    bench.move([by_channel(bench.page("lead"), Channel.VOICE)], State.ACCEPTED, "call-1")
    bench.stand_down()
    assert bench.calls.stopped == ["call-1"]
