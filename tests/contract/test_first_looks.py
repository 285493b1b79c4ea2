"""What `Notifications` and `Ladders` keep together: an activation is due for a look until its ladders are open."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from functions.core.adapters.state.ladder_items import SHARDS, item_of_first_look
from functions.core.adapters.state.ladder_table import LadderTable
from functions.core.adapters.state.notification_items import meta_key
from functions.core.adapters.state.notification_table import NotificationTable
from functions.core.adapters.state.stream import event_of
from functions.core.adapters.state.watch_table import WatchTable
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.escalation.ladder import FIRST_LOOK_WITHIN
from functions.core.domain.ports.escalation import Ladders
from functions.core.domain.ports.routing import Notifications
from functions.core.domain.routing.plan import Plan
from functions.core.domain.routing.watching import watch_of
from statline.contract.words import Priority
from tests.contract.tables import a_table
from tests.contract.test_ladders_kept import a_ladder
from tests.contract.test_notifications_kept import a_plan
from tests.fakes.activations import an_activation
from tests.fakes.clock import NOON
from tests.fakes.escalation import FakeLadders
from tests.fakes.notifications import FakeNotifications

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "delivery-state"
MILLISECOND = timedelta(milliseconds=1)
DUE = NOON + FIRST_LOOK_WITHIN
LATER = DUE + timedelta(minutes=10)


@dataclass
class Subject:
    """Where plans are kept, and the ladders of the same table."""

    notifications: Notifications
    ladders: Ladders

    def due(self, before: datetime = LATER) -> list[tuple[str, str]]:
        return sorted(self.ladders.due(before))


@pytest.fixture(params=["fake", "table"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    if request.param == "fake":
        kept = FakeNotifications()
        yield Subject(kept, FakeLadders(notifications=kept))
        return
    with a_table(TABLE) as client:
        yield Subject(NotificationTable(client, TABLE), LadderTable(client, TABLE))


def name_of(plan: Plan) -> tuple[str, str]:
    return plan.tenant, plan.notification


def test_an_activation_is_due_from_its_moment_on(subject: Subject) -> None:
    plan = an_activation()
    subject.notifications.keep(plan)
    assert subject.due(DUE) == []
    assert subject.due(DUE + MILLISECOND) == [name_of(plan)]


def test_every_activation_is_found_wherever_it_lies(subject: Subject) -> None:
    plans = [an_activation(id=f"code-{number}") for number in range(20)]
    for plan in plans:
        subject.notifications.keep(plan)
    assert subject.due() == sorted(map(name_of, plans))
    assert len({item_of_first_look(plan)["due_shard"]["S"] for plan in plans}) == SHARDS


@pytest.mark.parametrize("priority", Priority)
def test_a_notification_that_nobody_is_to_answer_is_never_due(subject: Subject, priority: Priority) -> None:
    plan = a_plan(priority=priority.value)
    assert plan.activation is None
    subject.notifications.keep(plan)
    assert subject.due() == []


def test_an_activation_is_due_no_longer_when_its_ladders_are_open(subject: Subject) -> None:
    opened, other = an_activation(id="code-1"), an_activation(id="code-2")
    for plan in (opened, other):
        subject.notifications.keep(plan)
    for _ in range(2):
        subject.ladders.all_opened(*name_of(opened))
    assert subject.due() == [name_of(other)]
    assert subject.notifications.find(*name_of(opened)) == opened


def test_a_message_that_comes_to_the_router_again_does_not_make_it_due_again(subject: Subject) -> None:
    plan = an_activation()
    subject.notifications.keep(plan)
    subject.ladders.all_opened(*name_of(plan))
    assert subject.notifications.keep(plan) == plan
    assert subject.due() == []


def test_ladders_are_due_by_themselves_and_are_all_that_there_is(subject: Subject) -> None:
    plan = an_activation()
    subject.notifications.keep(plan)
    assert subject.ladders.of(*name_of(plan)) == []
    ladder = a_ladder("lead", plan.notification, tenant=plan.tenant)
    subject.ladders.write(ladder)
    subject.ladders.all_opened(*name_of(plan))
    assert subject.ladders.of(*name_of(plan)) == [ladder]
    assert subject.due() == [name_of(plan)]


def test_what_was_kept_before_there_was_such_a_row_stays_as_it_is(subject: Subject) -> None:
    subject.ladders.all_opened("northshore", "code-of-old")
    assert subject.due() == []


# the table only


@pytest.fixture
def client() -> Iterator["DynamoDBClient"]:
    with a_table(TABLE) as client:
        yield client


def rows(client: "DynamoDBClient") -> list[dict[str, Any]]:
    return list(client.scan(TableName=TABLE)["Items"])


def test_a_router_that_died_behind_its_plan_is_followed_by_one_that_makes_it_due(client: "DynamoDBClient") -> None:
    plan = an_activation()
    table = NotificationTable(client, TABLE)
    table.keep(plan)
    row = item_of_first_look(plan)
    client.delete_item(TableName=TABLE, Key={name: row[name] for name in ("pk", "sk")})
    assert table.keep(plan) == plan
    assert list(LadderTable(client, TABLE).due(LATER)) == [name_of(plan)]


def test_the_watch_over_an_activation_and_its_first_look_do_not_end_each_other(client: "DynamoDBClient") -> None:
    plan = an_activation()
    NotificationTable(client, TABLE).keep(plan)
    watch, ladders, watched = WatchTable(client, TABLE), LadderTable(client, TABLE), watch_of(plan)
    assert watched is not None
    assert list(watch.since(Priority.STAT)) == [watched]
    watch.release([watched])
    assert list(ladders.due(LATER)) == [name_of(plan)]
    watch.put_back(watched)
    ladders.all_opened(*name_of(plan))
    assert list(watch.since(Priority.STAT)) == [watched]
    assert list(ladders.due(LATER)) == []


def test_a_first_look_is_no_event_neither_when_it_is_due_nor_afterwards(client: "DynamoDBClient") -> None:
    plan = an_activation()
    NotificationTable(client, TABLE).keep(plan)
    due = [row for row in rows(client) if row["sk"] != meta_key(*name_of(plan))["sk"]]
    LadderTable(client, TABLE).all_opened(*name_of(plan))
    done = [row for row in rows(client) if row["sk"] == due[0]["sk"]]
    assert [event_of({"NewImage": due[0]}), event_of({"NewImage": done[0], "OldImage": due[0]})] == [None, None]
    assert done[0]["ttl"] == due[0]["ttl"], "time takes it away with its plan"


def test_a_table_that_is_not_there_is_a_temporary_trouble(client: "DynamoDBClient") -> None:
    with pytest.raises(StoreUnavailableError):
        LadderTable(client, "elsewhere").all_opened("northshore", "code-1")
