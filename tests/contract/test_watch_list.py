"""What every `WatchList` does: the same cases on the fake and on DynamoDB (moto)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from functions.core.adapters.state import watch_table
from functions.core.adapters.state.notification_items import items_of, meta_key, watch_shard
from functions.core.adapters.state.notification_table import NotificationTable
from functions.core.adapters.state.watch_table import WatchTable
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.ports.routing import Notifications, WatchList
from functions.core.domain.routing.plan import Plan
from functions.core.domain.routing.watching import ONE_OF, SHARDS, Watched, watch_of, watch_of_delivery
from statline.contract.words import Priority
from tests.contract.tables import a_table
from tests.contract.test_notifications_kept import a_plan
from tests.fakes.clock import NOON
from tests.fakes.notifications import FakeNotifications
from tests.fakes.watch_list import FakeWatchList

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "delivery-state"


@dataclass
class Subject:
    """Where plans are kept, and the list that they are watched on."""

    notifications: Notifications
    watch_list: WatchList

    def keep(self, number: int, *, seconds: float = 0, priority: str = "stat") -> Watched:
        """A plan sent so many seconds after noon."""
        moment = NOON + timedelta(seconds=seconds)
        plan = a_plan(id=f"n-{number}", priority=priority, sent_at=moment.isoformat())
        plan = plan.model_copy(update={"routed_at": max(moment, NOON)})
        self.notifications.keep(plan)
        watched = watch_of(plan)
        assert watched is not None
        return watched

    def listed(self, lane: Priority = Priority.STAT, **moment: Any) -> list[Watched]:
        return list(self.watch_list.since(lane, **moment))


@pytest.fixture(params=["fake", "table"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    if request.param == "fake":
        kept = FakeNotifications()
        yield Subject(kept, FakeWatchList(kept))
        return
    with a_table(TABLE) as client:
        yield Subject(NotificationTable(client, TABLE), WatchTable(client, TABLE))


def test_a_kept_notification_is_on_its_lanes_list_with_its_plan(subject: Subject) -> None:
    stat, urgent = subject.keep(1), subject.keep(2, priority="urgent")
    assert subject.listed() == [stat]
    assert subject.listed(Priority.URGENT) == [urgent]
    assert subject.listed(Priority.ROUTINE) == []
    (plan,) = subject.watch_list.plans([stat])
    assert plan == subject.notifications.find(stat.tenant, stat.notification)


def test_the_earliest_comes_first_wherever_it_lies(subject: Subject) -> None:
    kept = [subject.keep(number, seconds=37 * number % 60) for number in range(40)]
    assert len({watched.shard for watched in kept}) == SHARDS
    assert subject.listed() == sorted(kept, key=lambda watched: watched.since)


def test_the_list_can_be_read_from_a_moment_on(subject: Subject) -> None:
    kept = [subject.keep(number, seconds=number) for number in range(10)]
    assert subject.listed(moment=NOON + timedelta(seconds=6)) == kept[6:]
    assert subject.listed(moment=NOON + timedelta(seconds=6.001)) == kept[7:]


def test_what_is_released_is_on_the_list_no_longer_and_stays_a_notification(subject: Subject) -> None:
    first, second = subject.keep(1), subject.keep(2, seconds=1)
    assert subject.watch_list.release([first]) == 0
    assert subject.listed() == [second]
    plans = subject.watch_list.plans([first, second])
    assert [plan is not None for plan in plans] == [False, True]
    assert subject.notifications.find(first.tenant, first.notification) is not None


def test_two_that_release_the_same_do_no_harm(subject: Subject) -> None:
    watched = subject.keep(1)
    assert [subject.watch_list.release([watched]) for _ in range(2)] == [0, 0]


def test_keeping_a_plan_again_does_not_put_it_back(subject: Subject) -> None:
    watched = subject.keep(1)
    subject.watch_list.release([watched])
    subject.keep(1)
    assert subject.listed() == []


def test_of_routine_notifications_a_sample_is_watched(subject: Subject) -> None:
    plans = [a_plan(id=f"n-{number}") for number in range(400)]
    sample = [watched for plan in plans if (watched := watch_of(plan))]
    assert 2 < len(sample) < 40
    for plan in plans:
        if watch_of(plan) in sample[:2] or plan is plans[0]:
            subject.notifications.keep(plan)
    assert sorted(subject.listed(Priority.ROUTINE), key=repr) == sorted(sample[:2], key=repr)


# the table only


@pytest.fixture
def client() -> Iterator["DynamoDBClient"]:
    with a_table(TABLE) as client:
        yield client


def test_more_than_a_page_of_a_shard_is_read(client: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_table, "PAGE", 3)
    subject = Subject(NotificationTable(client, TABLE), WatchTable(client, TABLE))
    kept = [subject.keep(number, seconds=number) for number in range(60)]
    assert subject.listed() == kept


def test_a_plan_in_parts_is_read_whole(client: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.core.adapters.state.notification_items.PART_BYTES", 500)
    plan = a_plan(40, priority="stat", kind="code")
    NotificationTable(client, TABLE).keep(plan)
    watched = watch_of(plan)
    assert watched
    assert WatchTable(client, TABLE).plans([watched]) == [plan]


def test_a_plan_whose_parts_have_gone_before_it_is_what_is_left_of_it(
    client: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    """DynamoDB deletes what has expired in no order: one such row must not blind the watch for all the others."""
    monkeypatch.setattr("functions.core.adapters.state.notification_items.PART_BYTES", 500)
    plan = a_plan(40, priority="stat", kind="code")
    NotificationTable(client, TABLE).keep(plan)
    part, *_ = items_of(plan)
    client.delete_item(TableName=TABLE, Key={name: part[name] for name in ("pk", "sk")})
    watched = watch_of(plan)
    assert watched
    left = plan.model_copy(update={"deliveries": (), "activation": None})
    assert WatchTable(client, TABLE).plans([watched]) == [left]


def test_what_stands_in_the_index_for_another_reason_is_left_there(client: "DynamoDBClient") -> None:
    subject = Subject(NotificationTable(client, TABLE), WatchTable(client, TABLE))
    watched = subject.keep(1)
    other = replace(watched, shard=(watched.shard + 1) % SHARDS)
    assert subject.watch_list.release([other]) == 0
    assert subject.listed() == [watched]


def test_releasing_what_the_table_has_forgotten_makes_no_row(client: "DynamoDBClient") -> None:
    watched = Watched("northshore", "n-1", Priority.STAT, 0, NOON)
    assert WatchTable(client, TABLE).release([watched]) == 0
    assert client.scan(TableName=TABLE)["Items"] == []


def test_a_released_plan_keeps_all_that_it_said(client: "DynamoDBClient") -> None:
    plan = a_plan(priority="urgent")
    table, watched = NotificationTable(client, TABLE), watch_of(plan)
    assert watched
    table.keep(plan)
    WatchTable(client, TABLE).release([watched])
    row: Any = client.get_item(TableName=TABLE, Key=meta_key(plan.tenant, plan.notification))["Item"]
    (kept,) = items_of(plan)
    assert row == {name: value for name, value in kept.items() if not name.startswith("due_")}
    assert table.find(plan.tenant, plan.notification) == plan


def test_a_table_that_is_not_there_is_a_temporary_trouble(client: "DynamoDBClient") -> None:
    table = WatchTable(client, "elsewhere")
    watched = Watched("northshore", "n-1", Priority.STAT, 0, NOON)
    calls: list[Callable[[], object]] = [lambda: next(table.since(Priority.STAT)), lambda: table.plans([watched])]
    for call in calls:
        with pytest.raises(StoreUnavailableError):
            call()
    assert table.release([watched, watched]) == 2


# the rule


def of_trace_number(number: int) -> Plan:
    return a_plan(id=f"n-{number}", priority=Priority.ROUTINE.value)


def test_a_lane_is_watched_in_the_share_that_its_rule_says() -> None:
    plans = [of_trace_number(number) for number in range(200)]
    for lane in (Priority.STAT, Priority.URGENT):
        watched = [watch_of(plan.model_copy(update={"priority": lane})) for plan in plans]
        assert ONE_OF[lane] == 1
        assert None not in watched


def test_the_sample_lies_in_every_partition() -> None:
    tenants = [f"t-{number}" for number in range(3000)]
    plan = of_trace_number(0)
    sample = [each for tenant in tenants if (each := watch_of(plan.model_copy(update={"tenant": tenant})))]
    assert len(tenants) / 64 < len(sample) < len(tenants) / 16
    assert {each.shard for each in sample} == set(range(SHARDS))


def test_a_producers_clock_that_runs_ahead_hides_no_wait() -> None:
    plan = a_plan(priority="stat", sent_at=(NOON + timedelta(minutes=5)).isoformat())
    watched = watch_of(plan)
    assert watched
    assert watched.since == plan.routed_at == NOON


def test_a_watch_stands_in_the_index_by_its_lane_and_its_moment() -> None:
    plan = a_plan(priority="stat", sent_at=(NOON - timedelta(seconds=1.5)).isoformat())
    (meta,) = items_of(plan)
    watched = watch_of(plan)
    assert watched
    assert meta["due_shard"] == {"S": watch_shard(Priority.STAT, watched.shard)}
    assert meta["due_at"] == {"N": str(int(NOON.timestamp() * 1000) - 1500)}


def test_what_was_released_is_watched_again_as_it_was_and_again_changes_nothing(subject: Subject) -> None:
    first, second = subject.keep(1), subject.keep(2, seconds=1)
    subject.watch_list.release([first, second])

    for _ in range(2):
        subject.watch_list.put_back(first)

    assert subject.listed() == [first]
    (plan,) = subject.watch_list.plans([first])
    assert plan is not None
    assert subject.watch_list.release([first]) == 0
    assert subject.listed() == []


def test_a_delivery_tells_which_entry_its_notification_has(subject: Subject) -> None:
    watched = subject.keep(1)
    plan = subject.notifications.find(watched.tenant, watched.notification)
    assert plan is not None
    assert {watch_of_delivery(delivery) for delivery in plan.deliveries} == {watched}


def test_a_notification_whose_row_is_gone_is_not_watched_again() -> None:
    with a_table(TABLE) as client:
        WatchTable(client, TABLE).put_back(Watched("t", "n", Priority.STAT, 0, NOON))
        assert client.scan(TableName=TABLE)["Items"] == []
        with pytest.raises(StoreUnavailableError):
            WatchTable(client, "elsewhere").put_back(Watched("t", "n", Priority.STAT, 0, NOON))
