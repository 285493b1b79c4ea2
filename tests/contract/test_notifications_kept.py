"""What every `Notifications` keeps: the same cases on the fake and on DynamoDB (moto)."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import pytest

from functions.core.adapters.queues.event_bus import BYTES_PER_CALL
from functions.core.adapters.state.notification_items import (
    REFUSAL_KEPT,
    item_of_refusal,
    items_of,
    plan_in,
    refusal_in,
    routed_in,
)
from functions.core.adapters.state.notification_table import NotificationTable
from functions.core.adapters.state.plan_packing import pack, unpack
from functions.core.adapters.state.stream import event_of
from functions.core.domain.delivering.record import KEPT_AFTER_EXPIRY
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.ports.routing import Notifications
from functions.core.domain.routing.plan import Plan, RecipientTrouble, Trouble
from functions.core.domain.routing.planning import MOST_TROUBLES, plan_of
from functions.core.domain.routing.refusals import Fault, Reason, Refusal
from functions.core.domain.routing.watching import watch_of
from functions.core.services.route import read_snapshot
from statline.contract.directory import DirectoryChange
from statline.contract.events import NotificationRouted
from statline.contract.words import Channel
from tests.contract.tables import a_table
from tests.fakes.clock import NOON
from tests.fakes.directory import FakeDirectory
from tests.fakes.directory_changes import a_device, a_phone, a_policy, a_shift, a_team, a_user
from tests.fakes.messages import a_notification
from tests.fakes.notifications import FakeNotifications

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "delivery-state"


def a_plan(
    people: int = 1, token: str = "t" * 163, second_providers: Mapping[Channel, str] | None = None, **fields: Any
) -> Plan:
    """A plan as the router makes it, for so many people."""
    names = [f"u-{number}" for number in range(people)]
    changes: list[DirectoryChange] = [a_policy()]
    for name in names:
        changes += [
            a_user(name),
            a_device(name, token=f"{name}{token}"[:163]),
            a_phone(name),
            a_phone(name, "two", rank=2),
        ]
    recipients = [{"type": "user", "id": name} for name in names]
    notification = a_notification(**{"recipients": recipients} | fields)
    snapshot = read_snapshot(FakeDirectory(changes), [notification], NOON)
    others = second_providers or {}
    return plan_of(notification, snapshot, producer="ward-app", now=NOON, second_providers=others)


def rehearsed(plan: Plan) -> Plan:
    """The same, to endpoints where nobody is reached."""
    deliveries = [
        delivery.model_copy(
            update={
                "rehearsed": True,
                "fallbacks": tuple(
                    way.model_copy(update={"endpoint": way.endpoint.model_copy(update={"rehearsed": True})})
                    for way in delivery.fallbacks
                ),
            }
        )
        for delivery in plan.deliveries
    ]
    return plan.model_copy(update={"deliveries": tuple(deliveries)})


def a_refusal(message_id: str = "m-1", **fields: Any) -> Refusal:
    return replace(Refusal(message_id=message_id, reason=Reason.NOT_JSON, at=NOON, lane="routine"), **fields)


@dataclass(frozen=True)
class Subject:
    """The port, and a way to see what it recorded of refusals."""

    notifications: Notifications
    refusals: Callable[[], list[Refusal]]


@pytest.fixture(params=["fake", "table"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    if request.param == "fake":
        fake = FakeNotifications()
        yield Subject(fake, lambda: list(fake.refusals.values()))
        return
    with a_table(TABLE) as client:
        yield Subject(NotificationTable(client, TABLE), lambda: [refusal_in(item) for item in items(client)])


@pytest.fixture
def notifications(subject: Subject) -> Notifications:
    return subject.notifications


@pytest.mark.parametrize(
    "plan",
    [
        a_plan(),
        a_plan(priority="stat", kind="code"),
        a_plan(40, priority="stat", kind="code"),
        a_plan(recipients=[{"type": "user", "id": "u-0"}, {"type": "pager", "number": "4471"}], kind="page"),
        rehearsed(a_plan(priority="stat", kind="code")),
    ],
    ids=["routine", "stat", "large", "with troubles", "rehearsed"],
)
def test_a_plan_is_found_as_it_was_kept(notifications: Notifications, plan: Plan) -> None:
    assert notifications.find(plan.tenant, plan.notification) is None
    assert notifications.keep(plan) == plan
    assert notifications.find(plan.tenant, plan.notification) == plan


def test_the_first_plan_stays_and_is_answered(notifications: Notifications) -> None:
    first, second = a_plan(), a_plan(2, priority="urgent")
    notifications.keep(first)
    assert notifications.keep(second) == first
    assert notifications.find(first.tenant, first.notification) == first


def test_plans_of_other_ids_and_tenants_are_others(notifications: Notifications) -> None:
    plans = [a_plan(), a_plan(id="n-2"), a_plan().model_copy(update={"tenant": "lakeside", "deliveries": ()})]
    for plan in plans:
        assert notifications.keep(plan) == plan
    assert [notifications.find(plan.tenant, plan.notification) for plan in plans] == plans


def test_a_second_refusal_of_a_message_is_no_error(subject: Subject) -> None:
    first = [a_refusal(), a_refusal("m-2")]
    subject.notifications.refuse(first)
    subject.notifications.refuse([a_refusal(at=NOON + timedelta(seconds=30))])
    assert sorted(subject.refusals(), key=lambda each: each.message_id) == first


# the table only


@pytest.fixture
def client() -> Iterator["DynamoDBClient"]:
    with a_table(TABLE) as client:
        yield client


def items(client: "DynamoDBClient") -> list[Any]:
    return list(client.scan(TableName=TABLE)["Items"])


def test_a_refusal_is_read_as_it_was_recorded_and_its_second_copy_changes_nothing(client: "DynamoDBClient") -> None:
    table = NotificationTable(client, TABLE)
    refusal = a_refusal(
        producer="ward-app",
        tenant="northshore",
        notification="n-1",
        faults=(Fault("content.title", "is required"),),
        troubles=(("user:u-9", "unknown_recipient"),),
    )
    table.refuse([refusal])
    table.refuse([a_refusal(at=NOON + timedelta(seconds=30))])
    (item,) = items(client)
    assert refusal_in(item) == refusal
    assert item["ttl"] == {"N": str(int((NOON + REFUSAL_KEPT).timestamp()))}


def test_a_bare_refusal_is_read_as_it_was_recorded() -> None:
    assert refusal_in(item_of_refusal(a_refusal())) == a_refusal()


def test_a_plan_outlives_its_expiry_by_the_window_in_which_an_id_is_known(client: "DynamoDBClient") -> None:
    plan = a_plan()
    NotificationTable(client, TABLE).keep(plan)
    (item,) = items(client)
    assert item["ttl"] == {"N": str(int((plan.expires_at + KEPT_AFTER_EXPIRY).timestamp()))}


def test_meta_alone_tells_how_many_are_reached_and_how() -> None:
    *_, meta = items_of(a_plan(7, priority="stat", kind="code"))
    routed = routed_in(meta)
    assert (routed.people, routed.deliveries) == (7, dict.fromkeys(Channel, 7))
    whole = a_plan(7, priority="stat", kind="code")
    assert routed.header == whole.model_copy(update={"deliveries": (), "activation": None})
    assert whole.activation is not None
    assert (routed.code, routed.roles) == (whole.activation.code, (("*", 7),))


def test_a_plan_of_before_activations_is_read_as_one_without() -> None:
    plan = a_plan(priority="stat", kind="message")
    packed = json.loads(pack(plan))
    packed["d"] = [row[:8] for row in packed["d"]]
    assert "a" not in packed
    assert unpack(json.dumps(packed), plan.model_copy(update={"deliveries": ()})) == plan


def test_providers_and_senders_are_kept_with_a_plan() -> None:
    plan = a_plan(priority="stat", kind="code", second_providers={Channel.SMS: "twilio"})
    (first, *rest) = plan.deliveries
    plan = plan.model_copy(update={"deliveries": (first.model_copy(update={"sender": "+14165550199"}), *rest)})
    assert {way.endpoint.provider for way in first.fallbacks} == {"", "twilio"}
    *parts, meta = items_of(plan)
    assert plan_in(meta, parts) == plan


@pytest.mark.parametrize("watched", [False, True])
def test_a_routine_pushs_plan_is_one_write_unit(watched: bool) -> None:
    long_names: dict[str, Any] = {
        "tenant": "t" + "x" * 31,
        "id": "0b7c2b2e-8f5e-4a3c-9d7e-2f3a4b5c6d7e",
        "recipients": [{"type": "user", "id": "1f0c8f2e-3a51-4b7e-bb0a-9f1c2d3e4f50"}],
    }
    user = long_names["recipients"][0]["id"]
    known: list[DirectoryChange] = [a_user(user, tenant=long_names["tenant"])]
    known.append(a_device(user, "6b1e5a60-5d0f-4d8e-9a57-3a1b2c3d4e5f", token="f" * 163, tenant=long_names["tenant"]))
    notification = a_notification(**long_names)
    snapshot = read_snapshot(FakeDirectory(known), [notification], NOON)
    plan = plan_of(notification, snapshot, producer="patient-portal-west", now=NOON)
    (item,) = items_of(next(each for each in _renamed(plan) if (watch_of(each) is not None) is watched))
    assert ("due_shard" in item) is watched
    assert _size(item) <= 1024


def _renamed(plan: Plan) -> Iterator[Plan]:
    """The same plan under other ids of the same length: of one in so many, the notification is watched."""
    for number in range(10_000):
        yield plan.model_copy(update={"notification": f"{number:04}{plan.notification[4:]}"})


def _size(item: dict[str, Any]) -> int:
    """An item's size as DynamoDB bills it, for texts, numbers, and maps of them."""
    return sum(len(name.encode()) + _size_of(attribute) for name, attribute in item.items())


def _size_of(attribute: dict[str, Any]) -> int:
    match attribute:
        case {"S": text}:
            return len(text.encode())
        case {"N": number}:
            return len(number) // 2 + 2
        case {"M": inner}:
            return _size(inner) + 3 + len(inner)
        case _:
            raise AssertionError(attribute)


def test_a_plan_beyond_one_item_lies_in_parts_before_its_commit_mark(
    client: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.core.adapters.state.notification_items.PART_BYTES", 500)
    plan = a_plan(40, priority="stat", kind="code")
    table = NotificationTable(client, TABLE)
    *parts, meta = items_of(plan)
    assert len(parts) > 2
    for part in parts:  # a worker that died before META
        client.put_item(TableName=TABLE, Item=part)
    assert table.find(plan.tenant, plan.notification) is None

    assert table.keep(plan) == plan
    assert table.find(plan.tenant, plan.notification) == plan
    assert plan_in(meta, parts) == plan


def test_a_worker_that_comes_second_leaves_the_parts_of_the_first_alone(
    client: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have the same message, and so the same digest, but a shift changed between their readings."""
    monkeypatch.setattr("functions.core.adapters.state.notification_items.PART_BYTES", 500)
    table = NotificationTable(client, TABLE)
    first = a_plan(40, priority="stat", kind="code")
    second = a_plan(39, priority="stat", kind="code").model_copy(update={"digest": first.digest})
    table.keep(first)
    assert table.keep(second) == first
    assert table.find(first.tenant, first.notification) == first


def test_an_activation_of_five_hundred_people_fits_into_one_item() -> None:
    assert len(items_of(a_plan(500, priority="stat", kind="code"))) == 1


def test_a_page_that_finds_thousands_without_a_phone_fits_into_its_item_and_its_event() -> None:
    """Beyond an item's size it would never be routed; beyond an event's, it would hold up all events behind it."""
    people = [f"{'u' * 122}{number:06}" for number in range(3_000)]
    on_shift = [change for user in people for change in (a_user(user, name="Somebody"), a_shift(user, id=user))]
    directory = FakeDirectory([a_user(), a_device(), a_team(), *on_shift])
    page = a_notification(recipients=[{"type": "user", "id": "u-1"}, {"type": "team", "id": "stroke"}])

    plan = plan_of(page, read_snapshot(directory, [page], NOON), producer="ward-app", now=NOON)

    (meta,) = items_of(plan)
    told = event_of({"NewImage": meta})
    assert isinstance(told, NotificationRouted)
    assert len(told.troubles) == MOST_TROUBLES
    assert len(told.model_dump_json()) < BYTES_PER_CALL
    assert len(json.dumps(meta)) < 400_000


def test_a_large_plan_beside_as_many_troubles_as_there_may_be_is_kept() -> None:
    """Of one item of more than 400 KB DynamoDB takes nothing, however often it is tried."""
    plan = a_plan(400, priority="stat")
    deliveries = [
        each.model_copy(update={"address": token_hex(225_000 // len(plan.deliveries))}) for each in plan.deliveries
    ]
    troubles = [
        RecipientTrouble(recipient=f"user:{'u' * 122}{number:06}", trouble=Trouble.NO_ENDPOINT)
        for number in range(MOST_TROUBLES)
    ]
    large = plan.model_copy(update={"deliveries": tuple(deliveries), "troubles": tuple(troubles)})

    items = items_of(large)
    *parts, meta = items
    names = len(json.dumps({name: value for name, value in meta.items() if name != "p"}))
    assert names + (len(meta["p"]["B"]) if "p" in meta else 0) < 330_000, "500 roles of a roll call take the rest"
    assert all(len(part["p"]["B"]) < 390_000 for part in parts)
    assert plan_in(meta, parts) == large


def test_what_a_newer_router_stored_behind_a_plans_rows_is_passed_over() -> None:
    """While a deployment shifts, an older router may have to send a newer one's plan."""
    plan = a_plan(people=2, priority="stat")
    packed = json.loads(pack(plan))
    for rows in (packed["s"], packed["y"], packed["d"], *(row[7] for row in packed["d"])):
        for row in rows:
            row.append("of tomorrow")

    assert unpack(json.dumps(packed), plan.model_copy(update={"deliveries": ()})) == plan


def test_a_table_that_is_not_there_is_a_temporary_trouble(client: "DynamoDBClient") -> None:
    table = NotificationTable(client, "elsewhere")
    calls: list[Callable[[], object]] = [
        lambda: table.keep(a_plan()),
        lambda: table.find("a", "b"),
        lambda: table.refuse([a_refusal()]),
    ]
    for call in calls:
        with pytest.raises(StoreUnavailableError):
            call()
