"""What a tick tells of each lane and channel, in calm, in a stall, in a flood, and when something does not answer."""

from datetime import timedelta

import pytest

from functions.core.domain.delivering.delivery import next_way
from functions.core.domain.delivering.states import State
from functions.core.domain.errors import StoreUnavailableError
from functions.core.services import outstanding
from functions.core.services.outstanding import NEARER, READING_TIME, Found
from statline.contract.words import Channel, Priority
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery, a_fallback
from tests.unit.outstanding.scene import Scene, SlowWatchList, a_plan, accepted, claimed

PUSH, SMS, VOICE = Channel.PUSH, Channel.SMS, Channel.VOICE
STAT, URGENT, ROUTINE = Priority.STAT, Priority.URGENT, Priority.ROUTINE


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_with_nothing_on_the_list_every_channel_of_every_lane_is_at_nothing(scene: Scene) -> None:
    assert scene.tick() == 0
    assert scene.told.order == [STAT, URGENT, ROUTINE]
    assert {scene.age(channel, lane) for channel in Channel for lane in Priority} == {0.0}
    assert all(found.whole for found in scene.told.found.values())


def test_each_channel_of_a_stat_has_its_own_age(scene: Scene) -> None:
    plan = scene.send(1, PUSH, SMS)
    scene.send(2, PUSH, SMS, seconds=10)
    scene.accept(plan, PUSH)
    scene.tick(30)
    assert [scene.age(channel) for channel in (PUSH, SMS, VOICE)] == [20.0, 30.0, 0.0]


def test_each_lane_has_its_own_age(scene: Scene) -> None:
    for number, lane in enumerate((STAT, URGENT)):
        scene.send(number, PUSH, lane=lane, seconds=number * 5)
    scene.tick(30)
    assert [scene.age(PUSH, lane) for lane in (STAT, URGENT, ROUTINE)] == [30.0, 25.0, 0.0]


def test_the_age_grows_until_the_delivery_is_taken_over(scene: Scene) -> None:
    plan = scene.send(1, PUSH)
    ages = []
    for seconds in (10, 20, 30):
        scene.tick(seconds)
        ages.append(scene.age(PUSH))
    scene.accept(plan, PUSH)
    scene.tick(40)
    assert [*ages, scene.age(PUSH)] == [10.0, 20.0, 30.0, 0.0]


def test_what_is_over_leaves_the_list_and_what_is_not_stays(scene: Scene) -> None:
    done, half = scene.send(1, PUSH, SMS), scene.send(2, PUSH, SMS)
    scene.accept(done, PUSH, SMS)
    scene.accept(half, PUSH)
    assert scene.tick(1) == 0
    assert [each.notification for each in scene.listed()] == [half.notification]


def test_what_has_expired_leaves_the_list(scene: Scene) -> None:
    scene.send(1, PUSH)
    scene.tick(3600)
    assert scene.age(PUSH) == 0.0
    assert scene.listed() == []


def test_two_ticks_at_once_do_no_harm(scene: Scene) -> None:
    done = scene.send(1, PUSH)
    waiting = scene.send(2, PUSH)
    scene.accept(done, PUSH)
    again = [True]

    def meanwhile(found: Found) -> None:
        if again and found.lane is STAT:
            again.clear()
            scene.tick()

    scene.told.meanwhile = meanwhile
    scene.tick(5)
    assert scene.age(PUSH) == 5.0
    assert [each.notification for each in scene.listed()] == [waiting.notification]


def test_a_text_that_follows_a_push_that_failed_for_a_minute_is_not_a_minute_late(scene: Scene) -> None:
    push = a_delivery(PUSH, STAT, fallbacks=(a_fallback(SMS),))
    text = next_way(push)
    assert text
    scene.keep(a_plan(push))
    scene.record(claimed(push).moved(State.FAILED, NOON + timedelta(seconds=58)))
    scene.tick(60)
    assert (scene.age(SMS), scene.age(PUSH)) == (2.0, 0.0)
    scene.record(accepted(text))
    scene.tick(61)
    assert scene.age(SMS) == 0.0
    assert scene.listed() == []


@pytest.mark.parametrize("seconds_a_read", [0, 0.6])
def test_an_earlier_notification_is_not_always_the_one_that_waits_longest(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, seconds_a_read: float
) -> None:
    """Its text became due when its push had failed: the other's waits since it was sent, and is read after it."""
    monkeypatch.setattr(outstanding, "PAGE", 1)
    push = a_delivery(PUSH, STAT, fallbacks=(a_fallback(SMS),))
    scene.keep(a_plan(push))
    scene.record(claimed(push).moved(State.FAILED, NOON + timedelta(seconds=80)))
    scene.send(2, SMS, seconds=10)
    scene.states.seconds = seconds_a_read
    scene.tick(100, channels=(SMS,))
    assert scene.age(SMS) == 90 + 2 * seconds_a_read


def test_a_producer_whose_clock_runs_ahead_hides_no_stall(scene: Scene) -> None:
    plan = a_plan(a_delivery(PUSH, STAT), sent_at=NOON + timedelta(minutes=10), routed_at=NOON)
    scene.keep(plan)
    scene.tick(60)
    assert scene.age(PUSH) == 60.0


def test_a_channel_that_the_region_has_not_is_not_waited_for(scene: Scene) -> None:
    """Else a lane with two channels would be read to its end in every flood."""
    plan = scene.send(1, PUSH, SMS)
    scene.tick(5, channels=(PUSH, SMS))
    assert set(scene.told.found[STAT].oldest) == {PUSH, SMS}
    assert scene.told.found[STAT].oldest[PUSH].key == plan.deliveries[0].key


# Trouble


def test_what_the_table_does_not_take_off_is_left_for_the_next_tick(scene: Scene) -> None:
    for number in range(3):
        scene.accept(scene.send(number, PUSH), PUSH)
    scene.watch_list.reluctant = 2
    assert scene.tick(1) == 2
    assert len(scene.listed()) == 2
    scene.watch_list.reluctant = 0
    assert scene.tick(11) == 0
    assert scene.listed() == []


def test_while_the_table_is_away_nothing_is_said(scene: Scene) -> None:
    """A 0 would say that nothing waits. Silence is what another alarm hears."""
    scene.send(1, PUSH)
    scene.notifications.away = True
    with pytest.raises(StoreUnavailableError):
        scene.tick(30)
    assert scene.told.found == {}


def test_a_lane_that_was_read_is_told_though_the_next_one_cannot_be(scene: Scene) -> None:
    scene.send(1, PUSH)
    scene.send(2, PUSH, lane=URGENT)

    def meanwhile(_: Found) -> None:
        scene.states.unreadable = True

    scene.told.meanwhile = meanwhile
    with pytest.raises(StoreUnavailableError):
        scene.tick(30)
    assert list(scene.told.found) == [STAT]
    assert scene.age(PUSH) == 30.0


# Floods: a table so slow that a tick cannot read the whole list


def flood(scene: Scene, number: int, *, seconds: float) -> None:
    """So many stats by two channels, sent evenly over the first seconds; their pushes are accepted at once."""
    for each in range(number):
        plan = scene.send(each, PUSH, SMS, seconds=seconds * each / number)
        scene.accept(plan, PUSH)
    scene.states.seconds = READING_TIME[STAT].total_seconds() / 3


def stand_still(scene: Scene, *, since: float) -> None:
    """From this second on nothing was begun of all that was sent."""
    for record in list(scene.states.stored.values()):
        plan = scene.notifications.plans[record.key.tenant, record.key.notification]
        if plan.sent_at >= NOON + timedelta(seconds=since):
            del scene.states.stored[record.key]


def test_a_flood_on_one_channel_says_nothing_false_of_another(scene: Scene) -> None:
    flood(scene, 1000, seconds=600)
    scene.tick(600)
    assert not scene.told.found[STAT].whole
    assert scene.age(SMS) == pytest.approx(600, abs=5)
    assert scene.age(PUSH) == 0.0


@pytest.mark.parametrize("age", [10, 20, 60, 300, 550])
def test_a_stall_in_a_flood_is_told_by_at_least_seven_tenths_of_its_age(scene: Scene, age: int) -> None:
    """Push stands still from a moment on; by then the list holds more than a tick can read."""
    flood(scene, 1000, seconds=600)
    stand_still(scene, since=600 - age)
    scene.tick(600)
    assert not scene.told.found[STAT].whole
    assert NEARER * age <= scene.age(PUSH) <= age + 5


def test_what_is_told_of_a_flood_does_wait(scene: Scene) -> None:
    flood(scene, 1000, seconds=600)
    scene.tick(600)
    for waiting in scene.told.found[STAT].oldest.values():
        assert scene.states.stored.get(waiting.key) is None


def test_a_flood_of_what_is_over_hides_no_stall_behind_it(scene: Scene) -> None:
    flood(scene, 1000, seconds=600)
    for plan in list(scene.notifications.plans.values()):
        scene.accept(plan, SMS)
    stand_still(scene, since=570)
    scene.tick(600)
    assert not scene.told.found[STAT].whole
    assert 30 * NEARER <= scene.age(PUSH) <= 35


def test_a_stall_in_a_flood_is_told_also_while_the_index_is_slow(scene: Scene) -> None:
    flood(scene, 1000, seconds=600)
    for plan in list(scene.notifications.plans.values()):
        scene.accept(plan, SMS)
    stand_still(scene, since=300)
    scene.watch_list = SlowWatchList(scene.notifications, clock=scene.clock, seconds=0.1)
    scene.tick(600)
    assert 300 * NEARER <= scene.age(PUSH) <= 305


def test_what_waits_longest_is_looked_at_however_slow_the_index_is(scene: Scene) -> None:
    """A cold start may take as long as a lane's time: a 0 would say that nothing waits."""
    scene.send(1, PUSH)
    seconds = READING_TIME[STAT].total_seconds() + 0.5
    scene.watch_list = SlowWatchList(scene.notifications, clock=scene.clock, seconds=seconds)
    scene.tick(30)
    assert scene.age(PUSH) == 30 + seconds


def test_a_flood_of_what_is_over_is_gone_after_some_ticks(scene: Scene) -> None:
    flood(scene, 1000, seconds=600)
    for plan in list(scene.notifications.plans.values()):
        scene.accept(plan, SMS)
    ticks = 0
    while scene.listed():
        scene.tick(600 + ticks * 10)
        ticks += 1
        assert ticks < 10
    assert ticks > 1


def test_the_flood_of_one_lane_takes_no_time_from_another(scene: Scene) -> None:
    for number in range(1000):
        scene.send(number, SMS, lane=URGENT, seconds=number)
    waiting = scene.send(2000, PUSH, seconds=985)
    scene.states.seconds = READING_TIME[STAT].total_seconds() / 3
    scene.tick(1000)
    assert scene.age(PUSH) == 15.0 + scene.states.seconds
    assert scene.told.found[STAT].oldest[PUSH].key == waiting.deliveries[0].key


def test_where_all_channels_are_answered_a_tick_reads_no_further_than_it_has_time_to_spare(scene: Scene) -> None:
    for number in range(1000):
        scene.send(number, PUSH, SMS, VOICE, seconds=number)
    scene.states.seconds = outstanding.ANSWERED_TIME.total_seconds()
    scene.tick(1000)
    assert scene.told.found[STAT].whole
    assert scene.age(VOICE) == 1000 + scene.states.seconds
    assert scene.clock() - NOON == timedelta(seconds=1000) + outstanding.ANSWERED_TIME


def test_an_activation_of_hundreds_does_not_keep_the_clock_from_being_looked_at(scene: Scene) -> None:
    for number in range(10):
        people = [
            a_delivery(SMS, STAT, notification=f"n-{number}", recipient=f"u-{person}")
            for person in range(outstanding.WAYS)
        ]
        scene.keep(a_plan(*people, seconds=number))
    scene.states.seconds = READING_TIME[STAT].total_seconds()
    scene.tick(100)
    assert scene.age(SMS) >= 100
    # One group to find out that there is no time left, and one of those that are looked at beyond.
    assert scene.clock() - NOON == timedelta(seconds=100) + 2 * READING_TIME[STAT]


def test_releasing_ends_before_the_tick_does(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(300):
        scene.accept(scene.send(number, PUSH), PUSH)
    release = scene.watch_list.release

    def slowly(watched: list[object]) -> int:
        scene.clock.advance(outstanding.TICK_TIME.total_seconds() / 2)
        return release(watched)  # type: ignore[arg-type]

    monkeypatch.setattr(scene.watch_list, "release", slowly)
    assert scene.tick(1) == 300 - 2 * outstanding.PAGE
