"""Two providers of one channel: who is taken, who is demoted, and when it is raised again."""

from datetime import timedelta
from threading import Barrier

import pytest

from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.failover import (
    ENOUGH,
    FORGIVEN,
    LONGEST,
    REMEMBERED,
    SHORTEST,
    Heard,
    Standing,
    demoted,
    is_failing,
    preferred,
    speaks_against,
)
from functions.core.domain.delivering.outcomes import (
    REHEARSED,
    SLOWLY,
    Accepted,
    NeverRetry,
    Outcome,
    RetryLater,
    Unknown,
)
from functions.core.domain.delivering.states import State
from functions.core.services.providers import KNOWN_FOR, Providers
from statline.contract.words import Channel, Priority
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.deliveries import a_delivery
from tests.fakes.provider_standings import FakeProviderStandings
from tests.fakes.providers import FakeProvider
from tests.unit.delivering.ward import Ward

DOWN = RetryLater("not_connected")


class Region:
    """Two providers of texts and what the region knows of them; each `worker` is a process of its own."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.first, self.second = FakeProvider("sms"), FakeProvider("twilio")
        self.standings = FakeProviderStandings()
        self.told: list[str] = []

    def worker(self) -> Providers:
        def told(_: Channel, standing: Standing) -> None:
            self.told.append(standing.provider)

        return Providers(Channel.SMS, [self.first, self.second], self.standings, self.clock, told)

    def try_out(self, worker: Providers, times: int = 1, priority: Priority = Priority.STAT) -> list[str]:
        """Send so many texts, one after the other; answers by whom each went."""
        names = []
        for number in range(times):
            delivery = text(number, priority=priority)
            calls = [(worker.name_for(delivery), delivery)]
            worker.learn(calls, worker.send(calls))
            names.append(calls[0][0])
        return names


@pytest.fixture
def region() -> Region:
    return Region()


def text(number: int = 1, provider: str = "", priority: Priority = Priority.STAT) -> Delivery:
    return a_delivery(Channel.SMS, priority, recipient=f"u-{number}", provider=provider)


# Who is taken


def test_the_first_provider_is_taken_while_it_is_well(region: Region) -> None:
    assert region.try_out(region.worker(), 30) == ["sms"] * 30
    assert region.standings.history == []


def test_a_delivery_that_names_its_provider_goes_by_that_one(region: Region) -> None:
    assert region.worker().name_for(text(provider="twilio")) == "twilio"


def test_a_delivery_whose_provider_the_region_no_longer_has_goes_by_whichever_is_up(region: Region) -> None:
    assert region.worker().name_for(text(provider="carrier-pigeon")) == "sms"


def test_a_batch_of_both_providers_is_called_at_once_and_answered_in_its_order(region: Region) -> None:
    both = Barrier(2, timeout=10)

    def on_call(_: Delivery) -> None:
        both.wait()

    region.first, region.second = FakeProvider("sms", on_call), FakeProvider("twilio", on_call)
    calls = [("twilio", text(1)), ("sms", text(2))]
    assert region.worker().send(calls) == [Accepted("twilio-1"), Accepted("sms-1")]


def test_the_records_attempt_says_who_was_asked(ward: Ward) -> None:
    first, second = FakeProvider("sms"), FakeProvider("twilio")
    ward.providers = Providers(Channel.SMS, [first, second], FakeProviderStandings(), ward.clock)
    plain, named = text(1), text(2, provider="twilio")
    ward.hand(plain, named)
    assert [ward.record_of(each).attempts[0].provider for each in (plain, named)] == ["sms", "twilio"]
    assert (first.calls, second.calls) == ([plain], [named])


def test_a_text_whose_answer_was_lost_is_sent_by_the_other_provider_only_after_unknown_is_stored(ward: Ward) -> None:
    first, second = FakeProvider("sms"), FakeProvider("twilio")
    first.always_answer(Unknown("timed_out"))
    ward.providers = Providers(Channel.SMS, [first, second], FakeProviderStandings(), ward.clock)
    delivery = text()
    for _ in range(ENOUGH + 1):
        wait = ward.hand_one(delivery)
        ward.clock.advance(wait.total_seconds() if wait else 0)
    assert (first.calls_for(delivery), second.calls_for(delivery)) == (ENOUGH, 1)
    assert ward.states_of(delivery) == [State.SENDING, State.UNKNOWN] * ENOUGH + [State.SENDING, State.ACCEPTED]


# Who is demoted


def test_a_provider_that_fails_again_and_again_is_demoted_and_the_next_text_goes_by_the_other(region: Region) -> None:
    region.first.always_answer(DOWN)
    assert region.try_out(region.worker(), ENOUGH + 2) == ["sms"] * ENOUGH + ["twilio"] * 2
    (standing,) = region.standings.history
    assert standing == Standing("sms", NOON + SHORTEST, times=1, revision=1)
    assert region.told == ["sms"]


def test_a_provider_that_answers_too_slowly_is_demoted(region: Region) -> None:
    region.first.always_answer(Accepted("p-1", SLOWLY))
    assert region.try_out(region.worker(), ENOUGH + 1)[-1] == "twilio"


def test_a_provider_that_refuses_phones_for_good_is_not_demoted(region: Region) -> None:
    region.first.always_answer(NeverRetry("opted_out"))
    assert region.try_out(region.worker(), 30) == ["sms"] * 30


def test_a_flood_that_is_throttled_does_not_demote_the_provider_for_stats(region: Region) -> None:
    region.first.always_answer(RetryLater("throttled"))
    assert region.try_out(region.worker(), 30, Priority.ROUTINE) == ["sms"] * 30
    assert region.try_out(region.worker(), ENOUGH + 1)[-1] == "twilio"


def test_a_single_failure_among_many_successes_demotes_nobody(region: Region) -> None:
    worker = region.worker()
    region.try_out(worker, 10)
    region.first.answer(DOWN, DOWN)
    assert region.try_out(worker, 10) == ["sms"] * 10


def test_a_provider_that_fails_after_a_busy_good_minute_is_soon_demoted(region: Region) -> None:
    worker = region.worker()
    region.try_out(worker, 500)
    region.first.always_answer(DOWN)
    assert "twilio" in region.try_out(worker, 12)


def test_other_workers_of_the_region_follow_within_seconds(region: Region) -> None:
    other = region.worker()
    region.try_out(other)
    region.first.always_answer(DOWN)
    region.try_out(region.worker(), ENOUGH)
    region.clock.advance(KNOWN_FOR.total_seconds())
    assert region.try_out(other) == ["twilio"]


def test_the_standings_are_read_every_few_seconds_and_not_for_every_text(region: Region) -> None:
    region.try_out(region.worker(), 50)
    assert region.standings.reads == 1


def test_a_channel_with_one_provider_asks_no_table(region: Region) -> None:
    alone = Providers(Channel.VOICE, [region.first], region.standings, region.clock)
    region.first.always_answer(DOWN)
    assert region.try_out(alone, 10) == ["sms"] * 10
    assert region.standings.reads == 0


def test_two_workers_that_find_out_at_once_demote_once(region: Region) -> None:
    other = region.worker()

    def meanwhile(_: Standing) -> None:
        region.standings.before_write = lambda _: None
        region.try_out(other, ENOUGH)

    region.first.always_answer(DOWN)
    region.standings.before_write = meanwhile
    region.try_out(region.worker(), ENOUGH)
    assert [standing.times for standing in region.standings.history] == [1]


def test_while_both_are_demoted_the_first_one_is_taken(region: Region) -> None:
    region.first.always_answer(DOWN)
    region.second.always_answer(DOWN)
    worker = region.worker()
    assert region.try_out(worker, 2 * ENOUGH + 2)[-2:] == ["sms", "sms"]


def test_without_the_table_texts_go_by_what_was_known_last(region: Region) -> None:
    region.first.always_answer(DOWN)
    worker = region.worker()
    region.try_out(worker, ENOUGH)
    region.standings.away = True
    region.clock.advance(KNOWN_FOR.total_seconds())
    assert region.try_out(worker) == ["twilio"]
    assert region.try_out(region.worker(), ENOUGH + 1) == ["sms"] * (ENOUGH + 1)


# Who is raised again


def test_a_demoted_provider_is_taken_again_by_itself(region: Region) -> None:
    worker = region.worker()
    region.first.always_answer(DOWN)
    region.try_out(worker, ENOUGH)
    region.first.always_answer(Accepted("p-1"))
    region.clock.advance(SHORTEST.total_seconds())
    assert region.try_out(worker, 10) == ["sms"] * 10


def test_a_provider_that_still_fails_is_demoted_for_twice_as_long(region: Region) -> None:
    worker = region.worker()
    region.first.always_answer(DOWN)
    region.try_out(worker, ENOUGH)
    region.clock.advance(SHORTEST.total_seconds())
    assert region.try_out(worker, ENOUGH + 1)[-1] == "twilio"
    _, again = region.standings.history
    assert (again.times, again.until) == (2, region.clock() + 2 * SHORTEST)


# The rules


@pytest.mark.parametrize(
    ("outcome", "priority", "meaning"),
    [
        (Accepted("p"), Priority.STAT, False),
        (Accepted("p", SLOWLY), Priority.STAT, True),
        (REHEARSED, Priority.STAT, None),
        (NeverRetry("opted_out"), Priority.STAT, False),
        (Unknown("timed_out"), Priority.ROUTINE, True),
        (RetryLater("not_connected"), Priority.ROUTINE, True),
        (RetryLater("spend_limit"), Priority.ROUTINE, True),
        (RetryLater("throttled"), Priority.ROUTINE, None),
        (RetryLater("throttled"), Priority.STAT, True),
    ],
)
def test_what_an_answer_says_of_its_provider(outcome: Outcome, priority: Priority, meaning: bool | None) -> None:
    assert speaks_against(outcome, priority) is meaning


def test_old_answers_are_forgotten() -> None:
    heard = [Heard(NOON, bad=True)] * ENOUGH
    assert is_failing(heard, NOON + REMEMBERED)
    assert not is_failing(heard, NOON + REMEMBERED + timedelta(seconds=1))


def test_few_answers_judge_nobody() -> None:
    assert not is_failing([Heard(NOON, bad=True)] * (ENOUGH - 1), NOON)


def test_demotions_grow_up_to_the_longest_and_are_forgiven() -> None:
    standing, now, lasted = demoted("sms", None, NOON), NOON, []
    for _ in range(8):
        lasted.append(standing.until - now)
        now = standing.until
        standing = demoted("sms", standing, now)
    assert lasted[:4] == [SHORTEST, 2 * SHORTEST, 4 * SHORTEST, 8 * SHORTEST]
    assert lasted[-1] == LONGEST
    later = demoted("sms", standing, standing.until + FORGIVEN)
    assert (later.times, later.revision) == (1, standing.revision + 1)


def test_the_first_that_is_not_demoted_is_preferred() -> None:
    until = NOON + SHORTEST
    both = {name: Standing(name, until, 1, 1) for name in ("sms", "twilio")}
    assert preferred(["sms", "twilio"], {"sms": both["sms"]}, NOON) == "twilio"
    assert preferred(["sms", "twilio"], both, NOON) == "sms"
    assert preferred(["sms", "twilio"], both, until) == "sms"
