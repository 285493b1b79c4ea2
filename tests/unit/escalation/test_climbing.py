"""How a ladder climbs: when its clock starts, what makes it hurry, whom its steps page, and how it ends."""

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.core.adapters.state.notification_items import items_of, plan_in
from functions.core.domain.delivering.delivery import next_way
from functions.core.domain.delivering.states import State
from functions.core.domain.escalation.climbing import Region
from functions.core.domain.routing.plan import Trouble
from statline.contract.directory import ContactPointChange
from statline.contract.words import Channel, LadderState
from tests.fakes.activations import BACKUP, LEAD, NURSE, somebody
from tests.fakes.clock import NOON
from tests.fakes.directory_changes import a_phone, a_shift, a_step, a_team, a_user, an_escalation_policy
from tests.unit.escalation.bench import Bench, people

POLICY = "climb"


def climbing(*steps: dict[str, Any], changes: Any = (), **policy: Any) -> Bench:
    """An activation whose ladders climb these steps."""
    return Bench([an_escalation_policy(POLICY, *steps, **policy), *changes], policy=POLICY)


@pytest.fixture
def bench() -> Bench:
    """First page 60 s, the shift 45 s, the backup 30 s."""
    bench = climbing(a_step("shift", wait=45), a_step("backup", wait=30), first_wait=60)
    bench.look()
    return bench


def test_every_role_has_a_ladder_of_its_own(bench: Bench) -> None:
    assert {ladder.role for ladder in bench.ladders.stored.values()} == {"lead", "nurse", "imaging"}


def test_what_is_no_activation_is_looked_at_and_left(bench: Bench) -> None:
    other = Bench(kind="message", priority="stat", recipients=[{"type": "user", "id": LEAD}])
    other.look()
    assert other.ladders.stored == {}
    other.look(activation="never-heard-of")
    assert other.ladders.stored == {}
    assert other.timers.looks == []


def test_an_accepted_page_starts_the_clock(bench: Bench) -> None:
    bench.clock.advance(3)
    bench.move(bench.page()[:1], State.ACCEPTED)
    bench.run(200)
    assert bench.fired_at()[0] == 3 + 60


def test_the_first_acceptance_counts_and_not_the_last(bench: Bench) -> None:
    first, second, *_ = bench.page()
    bench.clock.advance(2)
    bench.move([first], State.ACCEPTED)
    bench.clock.advance(6)
    bench.move([second], State.ACCEPTED)
    bench.run(200)
    assert bench.fired_at()[0] == 2 + 60


def test_a_receipt_that_comes_later_does_not_put_the_step_off(bench: Bench) -> None:
    bench.clock.advance(2)
    bench.move(bench.page()[:1], State.ACCEPTED)
    bench.run(20)
    accepted = bench.record(bench.page()[0])
    bench.states.write([accepted.moved(State.DELIVERED, bench.clock())])
    bench.look()
    bench.run(200)
    assert bench.fired_at()[0] == 2 + 60


def test_the_clock_starts_after_the_grace_where_no_provider_takes_anything(bench: Bench) -> None:
    bench.move(bench.page(), State.RETRYING)
    bench.run(300)
    assert bench.fired_at() == [30 + 60, 90 + 30 + 45]


def test_a_ladder_climbs_and_ends_with_every_channel_silent(bench: Bench) -> None:
    bench.run(600)
    assert bench.steps.count("lead~1~1") == bench.steps.count("lead~1~2") == 1
    assert bench.ladder().state is LadderState.EXHAUSTED
    assert bench.seconds(bench.ladder().changed_at) == 90 + 75 + 60
    assert ("lead", LadderState.EXHAUSTED, True) in bench.figures.ends


@pytest.mark.parametrize("state", [State.FAILED, State.UNKNOWN, State.EXPIRED, State.UNDELIVERED])
def test_a_page_that_is_lost_on_every_way_advances_at_once(bench: Bench, state: State) -> None:
    bench.clock.advance(4)
    bench.move(bench.page(), state)
    bench.look()
    assert "lead~1~1" in bench.steps
    assert bench.fired_at() == [4]


def test_one_way_that_is_left_is_waited_for(bench: Bench) -> None:
    *lost, left = bench.page()
    bench.move(lost, State.FAILED)
    bench.look()
    assert bench.fired_at() == []
    bench.move([left], State.FAILED)
    bench.look()
    assert len(bench.fired_at()) == 1


def test_a_way_that_was_just_opened_is_waited_for() -> None:
    """A text that did not arrive goes out by the second provider: its queue has it, and nobody has claimed it yet."""
    bench = Bench([an_escalation_policy(POLICY, a_step("shift"), a_step("backup"))], second="twilio", policy=POLICY)
    bench.look()
    bench.run(91)
    step = bench.step("lead~1~1").deliveries
    bench.move(step, State.UNDELIVERED)
    bench.look()
    assert bench.ladder().at == 1
    bench.move([way for each in step if (way := next_way(each))][:1], State.FAILED)
    bench.look()
    assert bench.ladder().at == 2


def test_somebody_who_declines_makes_room_for_the_next_at_once(bench: Bench) -> None:
    bench.move(bench.page(), State.ACCEPTED)
    bench.clock.advance(7)
    bench.decline(LEAD, "lead")
    bench.run(1)
    assert bench.ladder().at == 2
    assert people(bench.step("lead~1~2")) == [BACKUP]


def test_a_role_with_nobody_escalates_at_once(bench: Bench) -> None:
    assert bench.steps[0] == "imaging~1~1"
    bench.run(1)
    assert bench.ladder("imaging").at == 2
    assert people(bench.step("imaging~1~2")) == [BACKUP], "no backup of the role: the team's"


def test_a_step_asks_who_is_on_shift_then(bench: Bench) -> None:
    bench.directory.changes = [*somebody("u-9"), a_shift("u-9", "lead"), *bench.directory.changes]
    bench.run(90)
    assert people(bench.step("lead~1~1")) == [LEAD, "u-9"]


def test_a_step_goes_the_ways_that_its_people_have_then(bench: Bench) -> None:
    gone = [change for change in bench.directory.changes if isinstance(change, ContactPointChange)]
    kept = [change for change in bench.directory.changes if change not in gone]
    bench.directory.changes = [a_phone(LEAD, "new", number="+14165550177"), *kept]
    bench.run(90)
    texts = [delivery for delivery in bench.step("lead~1~1").deliveries if delivery.key.channel is Channel.SMS]
    assert [text.address for text in texts] == ["+14165550177"]


def test_a_step_is_for_its_own_role_and_shows_what_the_page_showed(bench: Bench) -> None:
    bench.run(90)
    step = bench.step("lead~1~1")
    assert {delivery.roles for delivery in step.deliveries} == {("lead",)}
    assert {delivery.key.channel for delivery in step.deliveries} <= set(Channel)
    text = next(delivery for delivery in step.deliveries if delivery.key.channel is Channel.SMS)
    first = next(delivery for delivery in bench.page() if delivery.key.channel is Channel.SMS)
    assert text.screen.body != first.screen.body, "a reference of its own"
    assert text.screen.body.partition("\nRef ")[0] == first.screen.body.partition("\nRef ")[0]
    assert text.sent_at == bench.ladder().opened_at
    assert text.expires_at == bench.plan.expires_at


def test_a_steps_channels_are_the_ones_it_names() -> None:
    bench = climbing(a_step("shift", wait=45, channels=["voice"]))
    bench.look()
    bench.run(95)
    assert {delivery.key.channel for delivery in bench.step("lead~1~1").deliveries} == {Channel.VOICE}


def test_a_stat_step_is_never_by_push_alone() -> None:
    bench = climbing(a_step("shift", wait=45, channels=["push"]))
    bench.look()
    bench.run(95)
    channels = {delivery.key.channel for delivery in bench.step("lead~1~1").deliveries}
    assert channels == {Channel.PUSH, Channel.SMS}


def test_the_second_provider_is_the_last_of_a_stats_ways() -> None:
    bench = Bench([an_escalation_policy(POLICY, a_step("shift"))], second="twilio", policy=POLICY)
    assert bench.escalate.fire.region == Region(frozenset(Channel), {Channel.SMS: "twilio"})
    bench.look()
    bench.run(95)
    for delivery in bench.step("lead~1~1").deliveries:
        last = delivery.fallbacks[-1].endpoint
        assert (last.id, last.provider) == ("mobile~twilio", "twilio")


def test_phones_that_a_step_pages_find_the_activation_when_they_answer(bench: Bench) -> None:
    bench.run(200)
    (opened,) = bench.book.open_for("+14165550003", NOON)
    assert (opened.activation, opened.user) == (bench.plan.notification, BACKUP)
    assert [each.user for each in bench.book.open_for("+14165550001", NOON)] == [LEAD]


def test_named_people_and_other_teams_are_paged_by_the_steps_that_name_them() -> None:
    changes = [a_team("icu"), *somebody("u-7", "u-8"), a_shift("u-7", "lead", "icu"), a_shift("u-8", "nurse", "icu")]
    step = a_step({"type": "user", "id": NURSE}, {"type": "team", "id": "icu", "role": "nurse"})
    bench = climbing(step, a_step({"type": "team", "id": "icu"}), changes=changes)
    bench.look()
    bench.run(400)
    assert people(bench.step("lead~1~1")) == [NURSE, "u-8"]
    assert people(bench.step("lead~1~2")) == ["u-7", "u-8"]


def test_a_step_that_reaches_nobody_says_why_and_the_next_comes_at_once() -> None:
    bench = climbing(a_step({"type": "user", "id": "u-99"}, wait=300), a_step("backup", wait=30))
    bench.look()
    bench.run(91)
    assert [(t.recipient, t.trouble) for t in bench.step("lead~1~1").troubles] == [
        ("user:u-99", Trouble.UNKNOWN_RECIPIENT)
    ]
    assert bench.fired_at() == [90, 90]


def test_somebody_who_declined_is_not_paged_again_for_the_role(bench: Bench) -> None:
    bench.decline(LEAD, "lead")
    bench.run(60)
    assert bench.step("lead~1~1").deliveries == ()
    assert people(bench.step("lead~1~2")) == [BACKUP]


def test_who_accepts_after_declining_covers_the_role(bench: Bench) -> None:
    bench.decline(LEAD, "lead")
    bench.accept(LEAD, "lead")
    assert bench.ladder().state is LadderState.ACKNOWLEDGED


def test_repeats_and_a_final_step_are_climbed_in_their_order() -> None:
    final = a_step({"type": "user", "id": NURSE}, wait=15)
    bench = climbing(a_step("shift", wait=15), a_step("backup", wait=15), repeats=1, final=final)
    bench.look()
    bench.run(1000)
    climbed = [name for name in bench.steps if name.startswith("lead")]
    assert len(climbed) == len(set(climbed)) == 5
    assert climbed[:4] == ["lead~1~1", "lead~1~2", "lead~2~1", "lead~2~2"]
    assert people(bench.step(climbed[4])) == [NURSE]


def test_after_the_last_step_a_lost_answer_is_waited_for() -> None:
    """Nobody is left to page, and whoever did get that call may yet answer."""
    bench = climbing(a_step("backup", wait=30))
    bench.look()
    bench.run(91)
    bench.move(bench.step("lead~1~1").deliveries, State.UNKNOWN)
    bench.look()
    assert bench.ladder().state is LadderState.CLIMBING
    bench.move(bench.step("lead~1~1").deliveries, State.FAILED)
    bench.look()
    assert bench.ladder().state is LadderState.EXHAUSTED


def test_a_ladder_ends_with_its_notification() -> None:
    bench = Bench(
        [an_escalation_policy(POLICY, a_step("shift", wait=900))],
        policy=POLICY,
        expires_at=(NOON + timedelta(minutes=2)).isoformat(),
    )
    bench.look()
    bench.run(600)
    assert bench.ladder().state is LadderState.EXPIRED
    assert bench.seconds(bench.ladder().changed_at) == 120
    assert ("lead", LadderState.EXPIRED, True) in bench.figures.ends


def test_a_page_without_a_policy_waits_quietly_and_pages_nobody_else() -> None:
    bench = Bench(kind="page", expires_at=(NOON + timedelta(hours=2)).isoformat())
    bench.look()
    (ladder,) = bench.ladders.stored.values()
    assert ladder.wake_at == ladder.expires_at
    bench.run(3 * 3600)
    assert bench.steps == []
    assert bench.figures.ends == [(ladder.role, LadderState.EXPIRED, False)]


def test_steps_tell_how_late_they_are(bench: Bench) -> None:
    bench.timers.looks.clear()
    bench.clock.advance(90 + 3.25)
    bench.look()
    assert bench.figures.late.count(3.25) == 2, "the lead's and the nurse's"


def test_where_one_is_enough_for_several_teams_each_teams_backup_is_asked() -> None:
    policy = an_escalation_policy(POLICY, a_step("backup", wait=45), one_is_enough=True)
    cardio = [a_team("cardio"), *somebody("u-8", "u-9"), a_shift("u-8", "lead", "cardio"),
              a_shift("u-9", "lead", "cardio", id="s-9", duty="backup")]  # fmt: skip
    teams = [{"type": "team", "id": "stroke"}, {"type": "team", "id": "cardio"}]
    bench = Bench([policy, *cardio], policy=POLICY, recipients=teams)
    *parts, meta = items_of(bench.plan)
    assert plan_in(meta, parts) == bench.plan
    bench.look()
    bench.run(91)
    assert {ladder.role for ladder in bench.ladders.stored.values()} == {"*"}
    assert people(bench.step("*~1~1")) == [BACKUP, "u-9"]


def test_a_step_to_thousands_whom_nothing_reaches_is_kept_and_climbed() -> None:
    """Beyond an item's size its plan would never be kept, and its ladder would stand still."""
    people = [f"{'u' * 122}{number:06}" for number in range(3_000)]
    on_shift = [
        each
        for user in people
        for each in (a_user(user, name="Somebody"), a_shift(user, "member", team="all", id=f"s{user[-6:]}"))
    ]
    bench = climbing(a_step({"type": "team", "id": "all"}, wait=45), changes=[a_team("all"), *on_shift])
    bench.look()
    bench.run(91)
    assert bench.ladder().at == 1
    (meta,) = items_of(bench.step("lead~1~1"))
    assert len(json.dumps(meta)) < 400_000
