"""The seed is believable where it matters: everybody reachable, every team staffed at any hour, the same every time."""

from datetime import UTC, date, datetime, timedelta
from itertools import chain, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.seed.directory import directory_of
from local.seed.people import DEMO_USER
from local.seed.teams import DAYS, DEMO_TEAM, TEAMS
from local.seed.tenants import TENANTS, Tenant
from statline.client.references import faults_in
from statline.contract.directory import (
    DIRECTORY_CHANGE,
    ContactPointChange,
    DeviceChange,
    DirectoryChange,
    PagerChange,
    ShiftChange,
    UserChange,
)
from statline.contract.words import Channel
from tests.fakes.directory_writer import name_of

TODAY = date(2026, 11, 22)
EVERY_TENANT = list(chain.from_iterable(TENANTS.values()))
SEEDS: dict[str, list[DirectoryChange]] = {tenant.name: directory_of(tenant, TODAY) for tenant in EVERY_TENANT}

each_tenant = pytest.mark.parametrize("tenant", EVERY_TENANT, ids=[tenant.name for tenant in EVERY_TENANT])


@each_tenant
def test_the_same_day_gives_the_same_directory(tenant: Tenant) -> None:
    assert directory_of(tenant, TODAY) == SEEDS[tenant.name]


@each_tenant
def test_the_next_day_changes_nothing_that_was_there(tenant: Tenant) -> None:
    before = {name_of(change): change for change in SEEDS[tenant.name]}
    after = {name_of(change): change for change in directory_of(tenant, TODAY + timedelta(days=1))}
    assert all(after[name] == before[name] for name in before.keys() & after.keys())
    assert {type(after[name]) for name in after.keys() - before.keys()} == {ShiftChange}


@each_tenant
def test_every_change_is_one_that_the_contract_takes(tenant: Tenant) -> None:
    for change in SEEDS[tenant.name]:
        assert DIRECTORY_CHANGE.validate_json(change.model_dump_json(exclude_defaults=True)) == change


def test_no_number_token_or_entity_is_there_twice() -> None:
    changes = list(chain.from_iterable(SEEDS.values()))
    numbers = [change.number for change in changes if isinstance(change, ContactPointChange)]
    tokens = [change.token for change in changes if isinstance(change, DeviceChange)]
    assert len(set(numbers)) == len(numbers)
    assert len(set(tokens)) == len(tokens)
    assert len({name_of(change) for change in changes}) == len(changes)


def test_every_number_belongs_to_nobody() -> None:
    for change in chain.from_iterable(SEEDS.values()):
        if isinstance(change, ContactPointChange):
            assert change.number[5:10] == "55501"


@each_tenant
def test_everybody_has_a_device_and_a_phone_for_sms(tenant: Tenant) -> None:
    changes = SEEDS[tenant.name]
    users = {change.id for change in changes if isinstance(change, UserChange)}
    with_device = {change.user for change in changes if isinstance(change, DeviceChange)}
    with_sms = {
        change.user for change in changes if isinstance(change, ContactPointChange) and Channel.SMS in change.uses
    }
    assert users == with_device == with_sms
    assert len(users) == tenant.users + 1


@each_tenant
def test_u_demo_can_be_pushed_to_texted_and_called(tenant: Tenant) -> None:
    own = [change for change in SEEDS[tenant.name] if getattr(change, "user", "") == DEMO_USER]
    uses = {use for change in own if isinstance(change, ContactPointChange) for use in change.uses}
    assert any(isinstance(change, DeviceChange) for change in own)
    assert uses == {Channel.SMS, Channel.VOICE}


@each_tenant
@given(hours=st.floats(min_value=0, max_value=24 * (DAYS - 1)))
def test_every_team_has_every_role_on_shift_at_any_moment(tenant: Tenant, hours: float) -> None:
    moment = datetime.combine(TODAY, datetime.min.time(), UTC) + timedelta(hours=hours)
    on_shift = [
        change
        for change in SEEDS[tenant.name]
        if isinstance(change, ShiftChange) and change.starts_at <= moment < change.ends_at
    ]
    for team in (DEMO_TEAM, *TEAMS):
        crew = [shift for shift in on_shift if shift.team == team.id]
        paged_first = [shift for shift in crew if shift.duty == "primary"]
        assert sorted(shift.role for shift in paged_first) == sorted(team.roles)
        assert [shift.role for shift in crew if shift.duty == "backup"] == list(team.roles[:1] if team.backup else ())
        assert len({shift.user for shift in crew}) == len(crew)


@pytest.mark.parametrize("changed_on", [date(2026, 3, 8), date(2026, 11, 1)])
def test_a_change_of_the_clocks_leaves_no_gap_and_no_overlap(changed_on: date) -> None:
    tenant = EVERY_TENANT[0]
    shifts = [
        change
        for change in directory_of(tenant, changed_on - timedelta(days=2))
        if isinstance(change, ShiftChange)
        and (change.team, change.role, change.duty) == ("code-blue", "lead", "primary")
    ]
    shifts.sort(key=lambda shift: shift.starts_at)
    assert all(before.ends_at == after.starts_at for before, after in pairwise(shifts))


@each_tenant
def test_a_pager_is_held_by_somebody_who_exists(tenant: Tenant) -> None:
    changes = SEEDS[tenant.name]
    known = {(change.kind, change.id) for change in changes if change.kind in {"user", "team", "service"}}
    pagers = [change for change in changes if isinstance(change, PagerChange)]
    assert pagers
    assert all((pager.holder, pager.holder_id) in known for pager in pagers)


@each_tenant
def test_whatever_teams_policies_services_and_lines_name_is_there(tenant: Tenant) -> None:
    assert faults_in(SEEDS[tenant.name], lambda _: {}) == []


def test_no_phone_has_the_number_of_a_switchboard_or_a_line() -> None:
    numbers = {each.number for each in chain.from_iterable(SEEDS.values()) if isinstance(each, ContactPointChange)}
    assert not numbers & {number for tenant in EVERY_TENANT for number in (tenant.switchboard, tenant.line)}
