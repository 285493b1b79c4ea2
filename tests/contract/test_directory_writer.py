"""What every `DirectoryWriter` does: the same cases on the fake and on DynamoDB (moto)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from functions.core.adapters.aws.dynamodb_values import to_item
from functions.core.adapters.directory.items import change_in, place_of
from functions.core.adapters.directory.writer import DirectoryTableWriter
from functions.core.domain.delivering.delivery import digest
from functions.core.domain.directory.dead_address import DeadAddress
from functions.core.domain.errors import ChangeDoesNotFitError, StoreUnavailableError
from functions.core.domain.ports.directory import DirectoryWriter
from statline.contract.directory import CANARY_TENANT, DIRECTORY_CHANGE, DeviceChange, DirectoryChange
from tests.fakes.directory_writer import FakeDirectoryWriter, name_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TENANTS = (f"tenant-{number}" for number in count())
OLD_TOKEN, NEW_TOKEN = "token-of-the-old-app", "token-of-the-new-app"


@dataclass(frozen=True)
class Subject:
    """A writer, and a way to see what is stored of an entity: its change, or None for nothing and for a tombstone."""

    writer: DirectoryWriter
    stored: Callable[[DirectoryChange], DirectoryChange | None]


def _on_the_fake() -> Iterator[Subject]:
    fake = FakeDirectoryWriter()

    def stored(like: DirectoryChange) -> DirectoryChange | None:
        found = fake.changes.get(name_of(like))
        return None if found is None or found.deleted else found

    yield Subject(fake, stored)


def _table() -> "DynamoDBClient":
    client = boto3.client("dynamodb", region_name="ca-central-1")
    client.create_table(
        TableName="directory",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
    )
    return client


def _on_dynamodb() -> Iterator[Subject]:
    with mock_aws():
        client = _table()

        def stored(like: DirectoryChange) -> DirectoryChange | None:
            place = place_of(like)
            key = to_item({"pk": place.pk, "sk": place.sk})
            item: dict[str, Any] = dict(client.get_item(TableName="directory", Key=key).get("Item", {}))
            return change_in(item[place.attribute]) if place.attribute in item else None

        yield Subject(DirectoryTableWriter(client, "directory"), stored)


@pytest.fixture(params=[_on_the_fake, _on_dynamodb], ids=["fake", "dynamodb"])
def subject(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Subject]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    yield from request.param()


def _change(kind: str, revision: int, *, tenant: str = "northshore", **rest: Any) -> DirectoryChange:
    return DIRECTORY_CHANGE.validate_python({"kind": kind, "tenant": tenant, "revision": revision} | rest)


def _user(revision: int, **rest: Any) -> DirectoryChange:
    return _change("user", revision, **{"id": "u-1", "name": f"Name {revision}"} | rest)


def _phone(revision: int, **rest: Any) -> DirectoryChange:
    plain = {"user": "u-1", "id": "mobile", "number": f"+1416555{100 + revision:04}", "uses": ["sms"]}
    return _change("contact_point", revision, **plain | rest)


def _device(revision: int, **rest: Any) -> DeviceChange:
    plain = {"user": "u-1", "id": "d-1", "token": OLD_TOKEN, "platform": "ios"}
    change = _change("device", revision, **plain | rest)
    assert isinstance(change, DeviceChange)
    return change


def _shift(revision: int, **rest: Any) -> DirectoryChange:
    hours = {"starts_at": "2026-11-22T07:00:00Z", "ends_at": "2026-11-22T19:00:00Z"}
    return _change("shift", revision, **hours | {"team": "stroke", "id": "s-1", "user": "u-1", "role": "lead"} | rest)


def _pager(revision: int, **rest: Any) -> DirectoryChange:
    return _change("pager", revision, **{"number": "4471", "holder": "user", "holder_id": f"u-{revision}"} | rest)


def _team(revision: int, **rest: Any) -> DirectoryChange:
    return _change("team", revision, **{"id": "stroke", "name": f"Stroke {revision}"} | rest)


def _policy(revision: int, **rest: Any) -> DirectoryChange:
    return _change("tenant_policy", revision, **{"sms_segments": 1 + revision % 5} | rest)


EVERY_KIND = [_user, _phone, _device, _team, _shift, _pager, _policy]


def _apply_all(subject: Subject, changes: Sequence[DirectoryChange]) -> None:
    for change in changes:
        subject.writer.apply(change)


def _report(device: DeviceChange, token: str) -> DeadAddress:
    return DeadAddress(tenant=device.tenant, user=device.user, device=device.id, token_digest=digest(token))


@pytest.mark.parametrize("make", EVERY_KIND)
def test_a_change_is_stored_as_it_came(subject: Subject, make: Callable[[int], DirectoryChange]) -> None:
    assert subject.writer.apply(make(1))
    assert subject.stored(make(1)) == make(1)


@pytest.mark.parametrize("make", EVERY_KIND)
def test_a_newer_change_replaces_an_older_one(subject: Subject, make: Callable[[int], DirectoryChange]) -> None:
    subject.writer.apply(make(1))
    assert subject.writer.apply(make(2))
    assert subject.stored(make(2)) == make(2)


@pytest.mark.parametrize("make", EVERY_KIND)
def test_an_older_change_changes_nothing(subject: Subject, make: Callable[[int], DirectoryChange]) -> None:
    subject.writer.apply(make(5))
    assert not subject.writer.apply(make(4))
    assert subject.stored(make(5)) == make(5)


@pytest.mark.parametrize("make", EVERY_KIND)
def test_the_same_change_again_changes_nothing(subject: Subject, make: Callable[[int], DirectoryChange]) -> None:
    subject.writer.apply(make(5))
    assert not subject.writer.apply(make(5))


@pytest.mark.parametrize("make", EVERY_KIND)
def test_a_deletion_keeps_an_older_change_from_coming_back(
    subject: Subject, make: Callable[..., DirectoryChange]
) -> None:
    subject.writer.apply(make(5, deleted=True))
    subject.writer.apply(make(4))
    assert subject.stored(make(4)) is None
    subject.writer.apply(make(6))
    assert subject.stored(make(6)) == make(6)


def test_a_phone_may_come_before_its_user(subject: Subject) -> None:
    _apply_all(subject, [_phone(9), _user(1)])
    assert subject.stored(_phone(9)) == _phone(9)
    assert subject.stored(_user(1)) == _user(1)


def test_a_users_parts_have_revisions_of_their_own(subject: Subject) -> None:
    second = _phone(1, id="desk", uses=["voice"])
    _apply_all(subject, [_user(50), _phone(3), second, _device(2)])
    assert subject.writer.apply(_phone(4))
    assert subject.stored(second) == second
    assert subject.stored(_user(50)) == _user(50)


def test_one_tenants_change_leaves_another_tenant_alone(subject: Subject) -> None:
    elsewhere = _user(1, tenant="lakeside")
    _apply_all(subject, [elsewhere, _user(9, deleted=True)])
    assert subject.stored(elsewhere) == elsewhere


def test_a_dead_token_takes_its_device_out_of_the_directory(subject: Subject) -> None:
    subject.writer.apply(_device(3))
    assert subject.writer.drop_device(_report(_device(3), OLD_TOKEN))
    assert subject.stored(_device(3)) is None


def test_a_report_about_an_earlier_token_leaves_the_new_one(subject: Subject) -> None:
    renewed = _device(4, token=NEW_TOKEN)
    _apply_all(subject, [_device(3), renewed])
    assert not subject.writer.drop_device(_report(renewed, OLD_TOKEN))
    assert subject.stored(renewed) == renewed


def test_a_report_about_an_unknown_device_changes_nothing(subject: Subject) -> None:
    assert not subject.writer.drop_device(_report(_device(1), OLD_TOKEN))
    assert subject.stored(_device(1)) is None


def test_a_second_report_finds_nothing_to_drop(subject: Subject) -> None:
    subject.writer.apply(_device(3))
    subject.writer.drop_device(_report(_device(3), OLD_TOKEN))
    assert not subject.writer.drop_device(_report(_device(3), OLD_TOKEN))


def test_a_dead_device_does_not_come_back_by_the_same_change(subject: Subject) -> None:
    subject.writer.apply(_device(3))
    subject.writer.drop_device(_report(_device(3), OLD_TOKEN))
    subject.writer.apply(_device(3))
    assert subject.stored(_device(3)) is None


def test_a_dead_device_comes_back_when_the_app_registers_again(subject: Subject) -> None:
    renewed = _device(4, token=NEW_TOKEN)
    subject.writer.apply(_device(3))
    subject.writer.drop_device(_report(_device(3), OLD_TOKEN))
    subject.writer.apply(renewed)
    assert subject.stored(renewed) == renewed


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_token_that_moved_to_another_person_is_only_theirs(subject: Subject, newest_first: bool) -> None:
    before, after = _device(3), _device(8, user="u-2", id="d-9")
    _apply_all(subject, [after, before] if newest_first else [before, after])
    assert subject.stored(before) is None
    assert subject.stored(after) == after


def test_the_loser_of_a_token_keeps_a_newer_token(subject: Subject) -> None:
    renewed = _device(9, token=NEW_TOKEN)
    _apply_all(subject, [_device(3), renewed, _device(8, user="u-2", id="d-9")])
    assert subject.stored(renewed) == renewed


def test_two_tenants_may_know_the_same_token(subject: Subject) -> None:
    elsewhere = _device(8, tenant="lakeside")
    _apply_all(subject, [_device(3), elsewhere])
    assert subject.stored(_device(3)) == _device(3)
    assert subject.stored(elsewhere) == elsewhere


@st.composite
def _histories(draw: st.DrawFn) -> list[DirectoryChange]:
    """Changes of a few entities, every revision once for each, some of them deletions, in any order."""
    changes: list[DirectoryChange] = []
    for make in EVERY_KIND:
        for revision in range(1, draw(st.integers(1, 4))):
            changes.append(make(revision, deleted=draw(st.booleans())))
    return draw(st.permutations(changes))


UNHURRIED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
"""Each example has a tenant of its own; and see tests/conftest.py."""


@settings(max_examples=40, suppress_health_check=UNHURRIED)
@given(history=_histories())
def test_in_any_order_the_newest_of_each_entity_is_what_stays(subject: Subject, history: list[DirectoryChange]) -> None:
    tenant = next(TENANTS)
    changes = [change.model_copy(update={"tenant": tenant}) for change in history]
    _apply_all(subject, changes)
    for change in changes:
        newest = max((c for c in changes if name_of(c) == name_of(change)), key=lambda c: c.revision)
        assert subject.stored(change) == (None if newest.deleted else newest)


_MOVES = st.lists(
    st.tuples(st.sampled_from(["u-1", "u-2", "u-3"]), st.sampled_from([OLD_TOKEN, NEW_TOKEN]), st.booleans()),
    max_size=6,
)


@settings(max_examples=40, suppress_health_check=UNHURRIED)
@given(moves=_MOVES, data=st.data())
def test_in_any_order_a_token_ends_with_the_newest_device_that_named_it(
    subject: Subject, moves: list[tuple[str, str, bool]], data: st.DataObject
) -> None:
    tenant = next(TENANTS)
    changes = [
        _device(number, user=user, token=token, deleted=deleted, tenant=tenant)
        for number, (user, token, deleted) in enumerate(moves, start=1)
    ]
    _apply_all(subject, data.draw(st.permutations(changes)))
    for user in {change.user for change in changes}:
        newest = max((c for c in changes if c.user == user), key=lambda c: c.revision)
        claims = [c for c in changes if c.token == newest.token and not c.deleted]
        mine = bool(claims) and max(claims, key=lambda c: c.revision).user == user
        assert subject.stored(newest) == (newest if mine and not newest.deleted else None)


def test_a_change_that_outgrows_its_item_is_refused_for_good() -> None:
    with mock_aws():
        client = _table()
        place = place_of(_user(1))
        full = {"pk": place.pk, "sk": place.sk, "device#d-0": "x" * 404_700}
        client.put_item(TableName="directory", Item=to_item(full))
        writer = DirectoryTableWriter(client, "directory")
        with pytest.raises(ChangeDoesNotFitError):
            writer.apply(_device(1, token="t" * 400))


def test_a_table_that_is_not_there_is_a_temporary_trouble() -> None:
    with mock_aws():
        writer = DirectoryTableWriter(boto3.client("dynamodb", region_name="ca-central-1"), "elsewhere")
        with pytest.raises(StoreUnavailableError):
            writer.apply(_user(1))
        with pytest.raises(StoreUnavailableError):
            writer.drop_device(_report(_device(1), OLD_TOKEN))


def test_a_rehearsed_device_and_a_real_one_may_name_the_same_token(subject: Subject) -> None:
    real, newer = (_device(revision, tenant=CANARY_TENANT) for revision in (5, 6))
    rehearsed = _device(9, tenant=CANARY_TENANT, user="u-2", rehearsed=True)
    _apply_all(subject, [real, rehearsed, newer])
    assert subject.stored(real) == newer
    assert subject.stored(rehearsed) == rehearsed
