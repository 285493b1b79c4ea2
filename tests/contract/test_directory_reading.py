"""What every `Directory` answers: the same cases on the fake and on DynamoDB (moto), written by the real writer."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from functions.core.adapters.aws.batch_reads import ROUNDS
from functions.core.adapters.directory.items import change_in, partition, value_of
from functions.core.adapters.directory.table import DirectoryTable
from functions.core.adapters.directory.writer import DirectoryTableWriter
from functions.core.domain.directory.entries import EntryKey, EntryKind, User
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.ports.directory import Directory
from statline.contract.directory import DirectoryChange
from tests.contract.tables import Reluctant, a_table
from tests.fakes.clock import NOON
from tests.fakes.directory import FakeDirectory
from tests.fakes.directory_changes import (
    TENANT,
    a_device,
    a_line,
    a_pager,
    a_phone,
    a_policy,
    a_service,
    a_shift,
    a_step,
    a_team,
    a_user,
    an_escalation_policy,
)

Knowing = Callable[..., Directory]
TABLE = "directory"


def key(kind: EntryKind, name: str = "", tenant: str = TENANT) -> EntryKey:
    return EntryKey(tenant, kind, name)


USER = key(EntryKind.USER, "u-1")


def nothing_unreadable(tenant: str, what: str) -> None:
    raise AssertionError(f"a {what} of {tenant} could not be read")


@pytest.fixture(params=["fake", "table"])
def knowing(request: pytest.FixtureRequest) -> Iterator[Knowing]:
    """Makes a directory that knows the given changes."""
    if request.param == "fake":
        yield lambda *changes: FakeDirectory(list(changes))
        return
    with a_table(TABLE) as client:
        writer = DirectoryTableWriter(client, TABLE)

        def on_the_table(*changes: DirectoryChange) -> Directory:
            for change in changes:
                writer.apply(change)
            return DirectoryTable(client, TABLE, nothing_unreadable)

        yield on_the_table


def test_a_user_comes_with_everything_that_reaches_them(knowing: Knowing) -> None:
    profile = a_user(quiet_hours={"starts": "22:00", "ends": "07:00", "zone": "America/Toronto"})
    desk, mobile, device = a_phone(phone="desk"), a_phone(phone="mobile"), a_device()
    found = knowing(profile, desk, mobile, device).find([USER])[USER]
    assert isinstance(found, User)
    assert found.profile == profile
    assert sorted(found.phones, key=lambda phone: phone.id) == [desk, mobile]
    assert found.devices == (device,)


def test_a_phone_is_reached_whose_number_the_plans_of_today_no_longer_have(knowing: Knowing) -> None:
    phone = a_phone().model_copy(update={"number": "+19995550123456"})
    with pytest.raises(ValidationError, match="not a phone number"):
        a_phone(number=phone.number)
    found = knowing(a_user(), phone).find([USER])[USER]
    assert isinstance(found, User)
    assert found.phones == (phone,)


def test_every_kind_of_entry_is_found_and_the_unknown_are_left_out(knowing: Knowing) -> None:
    team, pager, policy = a_team(), a_pager(), a_policy(sms_segments=2)
    keys = [
        key(EntryKind.TEAM, "stroke"),
        key(EntryKind.PAGER, "4471"),
        key(EntryKind.POLICY),
        key(EntryKind.TEAM, "u-1"),
        key(EntryKind.USER, "nobody"),
        key(EntryKind.POLICY, tenant="lakeside"),
    ]
    assert knowing(team, pager, policy, a_user()).find(keys) == dict(zip(keys, [team, pager, policy], strict=False))


def test_what_an_activation_climbs_by_and_what_a_caller_reaches_are_found(knowing: Knowing) -> None:
    final = a_step({"type": "user", "id": "u-9"}, wait=120, channels=["voice"])
    policy = an_escalation_policy(final=final, then="hospital", repeats=2)
    service, line = a_service(otherwise="stroke"), a_line()
    keys = [key(EntryKind.ESCALATION, "climb"), key(EntryKind.SERVICE, "cardiology")]
    number = key(EntryKind.LINE, "+14165550199", tenant="")
    found = knowing(policy, service, line).find([*keys, number, key(EntryKind.LINE, "+14165550199")])
    assert found == {keys[0]: policy, keys[1]: service, number: line}


def test_a_shift_says_whether_it_is_the_backup(knowing: Knowing) -> None:
    found = knowing(a_shift("u-1"), a_shift("u-2", duty="backup")).on_shift(TENANT, "stroke", NOON)
    assert [(shift.user, shift.backup) for shift in found] == [("u-1", False), ("u-2", True)]


def test_more_keys_than_one_call_takes_are_found_and_each_once(knowing: Knowing) -> None:
    names = [f"t-{number}" for number in range(130)]
    keys = [key(EntryKind.TEAM, name) for name in names]
    assert list(knowing(*map(a_team, names)).find([*keys, *keys[:7]])) == keys


def test_nothing_asked_is_nothing_found(knowing: Knowing) -> None:
    assert knowing(a_user()).find([]) == {}


@pytest.mark.parametrize("kind", ["user", "team", "pager", "tenant_policy", "line", "service", "policy"])
def test_what_was_deleted_is_not_there(knowing: Knowing, kind: str) -> None:
    make: dict[str, Callable[..., DirectoryChange]] = {
        "user": a_user,
        "team": a_team,
        "pager": a_pager,
        "tenant_policy": a_policy,
        "line": a_line,
        "service": a_service,
        "policy": an_escalation_policy,
    }
    gone = make[kind](deleted=True, revision=2)
    keys = [USER, key(EntryKind.TEAM, "stroke"), key(EntryKind.PAGER, "4471"), key(EntryKind.POLICY)]
    keys += [key(EntryKind.LINE, "+14165550199", tenant=""), key(EntryKind.SERVICE, "cardiology")]
    keys += [key(EntryKind.ESCALATION, "climb")]
    assert knowing(gone).find(keys) == {}


def test_a_deleted_phone_or_device_reaches_nobody(knowing: Knowing) -> None:
    found = knowing(a_user(), a_phone(deleted=True), a_device(deleted=True), a_phone(phone="desk")).find([USER])[USER]
    assert isinstance(found, User)
    assert found.phones == (a_phone(phone="desk"),)
    assert found.devices == ()


def test_a_phone_that_came_before_its_user_makes_somebody(knowing: Knowing) -> None:
    found = knowing(a_phone()).find([USER])[USER]
    assert isinstance(found, User)
    assert (found.profile.id, found.profile.quiet_hours, found.phones) == ("u-1", None, (a_phone(),))


def test_a_deleted_user_stays_deleted_whatever_phones_are_left(knowing: Knowing) -> None:
    assert knowing(a_phone(), a_user(deleted=True)).find([USER]) == {}


def test_who_is_on_shift_comes_in_the_order_of_roles_and_people(knowing: Knowing) -> None:
    shifts = [a_shift("u-3", "nurse"), a_shift("u-2", "nurse"), a_shift("u-9", "lead")]
    elsewhere = [a_shift("u-5", "lead", "other"), a_shift("u-6", "lead", tenant="lakeside")]
    found = knowing(*shifts, *elsewhere).on_shift(TENANT, "stroke", NOON)
    assert [(shift.role, shift.user) for shift in found] == [("lead", "u-9"), ("nurse", "u-2"), ("nurse", "u-3")]


@pytest.mark.parametrize(
    ("hours", "present"),
    [
        ({"starts_at": NOON, "ends_at": NOON + timedelta(milliseconds=1)}, True),
        ({"starts_at": NOON + timedelta(milliseconds=1), "ends_at": NOON + timedelta(hours=1)}, False),
        ({"starts_at": NOON - timedelta(hours=1), "ends_at": NOON}, False),
        ({"starts_at": NOON - timedelta(hours=1), "ends_at": NOON + timedelta(milliseconds=1)}, True),
    ],
)
def test_a_shift_is_on_from_its_start_until_just_before_its_end(
    knowing: Knowing, hours: dict[str, Any], present: bool
) -> None:
    assert bool(knowing(a_shift(**hours)).on_shift(TENANT, "stroke", NOON)) is present


@pytest.mark.parametrize("zone", ["+00:00", "-05:00"])
def test_a_shift_that_a_source_ends_with_the_calendar_is_on(knowing: Knowing, zone: str) -> None:
    forever = datetime.fromisoformat(f"9999-12-31T23:59:59{zone}")
    assert knowing(a_shift(ends_at=forever)).on_shift(TENANT, "stroke", NOON)


def test_a_deleted_shift_is_not_on(knowing: Knowing) -> None:
    assert knowing(a_shift(deleted=True)).on_shift(TENANT, "stroke", NOON) == []


# the table only


def test_a_table_that_is_not_there_is_a_temporary_trouble() -> None:
    with a_table("another") as client:
        table = DirectoryTable(client, TABLE, nothing_unreadable)
        with pytest.raises(StoreUnavailableError):
            table.find([USER])
        with pytest.raises(StoreUnavailableError):
            table.on_shift(TENANT, "stroke", NOON)


def test_what_cannot_be_read_is_reported_and_the_rest_still_reaches_the_person() -> None:
    told: list[tuple[str, str]] = []
    with a_table(TABLE) as client:
        for change in (a_user(), a_phone(), a_device()):
            DirectoryTableWriter(client, TABLE).apply(change)
        for name in ("self", "phone#mobile"):
            client.update_item(
                TableName=TABLE,
                Key={"pk": {"S": partition(USER)}, "sk": {"S": "SELF"}},
                UpdateExpression="SET #name.entry = :broken",
                ExpressionAttributeNames={"#name": name},
                ExpressionAttributeValues={":broken": {"S": '{"kind": "of another world"}'}},
            )
        found = DirectoryTable(client, TABLE, lambda *what: told.append(what)).find([USER])[USER]
    assert isinstance(found, User)
    assert (found.phones, found.devices) == ((), (a_device(),))
    assert sorted(told) == [(TENANT, "phone"), (TENANT, "self")]


def test_a_field_of_a_later_version_is_passed_over() -> None:
    stored = value_of(a_phone(), NOON)
    stored["M"]["entry"]["S"] = stored["M"]["entry"]["S"].replace("{", '{"pronouns": "they", ', 1)
    assert change_in(stored) == a_phone()


def test_keys_that_dynamodb_left_unread_are_asked_for_again_after_a_pause() -> None:
    keys = [key(EntryKind.TEAM, name) for name in ("t-1", "t-2", "t-3")]
    pauses: list[float] = []
    with a_table(TABLE) as client:
        for team in ("t-1", "t-2", "t-3"):
            DirectoryTableWriter(client, TABLE).apply(a_team(team))
        reluctant: Any = Reluctant(client)
        assert list(DirectoryTable(reluctant, TABLE, nothing_unreadable, pauses.append).find(keys)) == keys
    assert pauses == [0.02, 0.04]


def test_a_table_that_leaves_keys_unread_for_good_is_a_temporary_trouble() -> None:
    pauses: list[float] = []
    with a_table(TABLE) as client:
        reluctant: Any = Reluctant(client, answers=False)
        with pytest.raises(StoreUnavailableError):
            DirectoryTable(reluctant, TABLE, nothing_unreadable, pauses.append).find([USER])
    assert reluctant.calls == ROUNDS
    assert sum(pauses) < 1
