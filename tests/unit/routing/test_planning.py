"""From a notification to its plan, over a directory in memory."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from functions.core.domain.routing.channels import DEFAULTS
from functions.core.domain.routing.plan import Plan, Trouble
from functions.core.domain.routing.planning import digest_of, plan_of
from functions.core.services.route import read_snapshot
from statline.contract.directory import CANARY_TENANT, DirectoryChange
from statline.contract.words import Channel, Kind, Priority
from tests.fakes.clock import NOON
from tests.fakes.directory import FakeDirectory
from tests.fakes.directory_changes import (
    a_device,
    a_pager,
    a_phone,
    a_policy,
    a_service,
    a_shift,
    a_team,
    a_user,
)
from tests.fakes.messages import a_notification

PUSH, SMS, VOICE = Channel.PUSH, Channel.SMS, Channel.VOICE
REACHABLE: list[DirectoryChange] = [a_user(), a_device(), a_phone()]
TEAM = {"type": "team", "id": "stroke"}
PAGER = {"type": "pager", "number": "4471"}


def plan(*changes: DirectoryChange, second_providers: Mapping[Channel, str] | None = None, **fields: Any) -> Plan:
    notification = a_notification(**fields)
    snapshot = read_snapshot(FakeDirectory(list(changes)), [notification], NOON)
    others = second_providers or {}
    return plan_of(notification, snapshot, producer="ward-app", now=NOON, second_providers=others)


def user(name: str) -> dict[str, str]:
    return {"type": "user", "id": name}


def ways(found: Plan) -> list[tuple[str, Channel, str]]:
    return [(d.key.recipient, d.key.channel, d.key.endpoint) for d in found.deliveries]


def channels(found: Plan) -> list[Channel]:
    return [delivery.key.channel for delivery in found.deliveries]


def troubles(found: Plan) -> list[tuple[str, Trouble]]:
    return [(each.recipient, each.trouble) for each in found.troubles]


# channels


def test_every_priority_and_kind_has_default_channels() -> None:
    assert set(DEFAULTS) == {(priority, kind) for priority in Priority for kind in Kind}


@pytest.mark.parametrize(
    ("priority", "kind", "expected"),
    [
        ("stat", "code", [PUSH, SMS, VOICE]),
        ("stat", "message", [PUSH, SMS]),
        ("urgent", "page", [PUSH, SMS]),
        ("urgent", "message", [PUSH]),
        ("routine", "page", [PUSH]),
    ],
)
def test_without_any_word_the_defaults_name_the_channels(priority: str, kind: str, expected: list[Channel]) -> None:
    assert channels(plan(*REACHABLE, priority=priority, kind=kind)) == expected


def test_the_tenants_first_rule_that_fits_names_the_channels() -> None:
    rules = [
        {"priority": "urgent", "kind": "page", "channels": ["voice"]},
        {"priority": "urgent", "channels": ["sms"]},
    ]
    policy = a_policy(rules=rules)
    assert channels(plan(*REACHABLE, policy, priority="urgent", kind="page")) == [VOICE]
    assert channels(plan(*REACHABLE, policy, priority="urgent", kind="message")) == [SMS]
    assert channels(plan(*REACHABLE, policy, priority="routine")) == [PUSH]


def test_the_messages_channels_come_before_the_tenants_rules() -> None:
    policy = a_policy(rules=[{"priority": "routine", "channels": ["voice"]}])
    assert channels(plan(*REACHABLE, policy, channels=["sms", "sms"])) == [SMS]


@pytest.mark.parametrize("said_by", ["message", "tenant"])
def test_a_stat_never_goes_by_push_alone(said_by: str) -> None:
    rule = a_policy(rules=[{"priority": "stat", "channels": ["push"]}])
    fields: dict[str, Any] = {"channels": ["push"]} if said_by == "message" else {}
    found = plan(*REACHABLE, *([rule] if said_by == "tenant" else []), priority="stat", **fields)
    assert channels(found) == [PUSH, SMS]


def test_a_call_stands_beside_the_push_of_a_stat_where_the_phone_takes_no_texts() -> None:
    found = plan(a_user(), a_device(), a_phone(uses=["voice"]), priority="stat", channels=["push"])
    assert channels(found) == [PUSH, VOICE]


def test_a_stat_to_somebody_without_a_phone_goes_by_push_and_says_so() -> None:
    found = plan(a_user(), a_device(), priority="stat", kind="code")
    assert channels(found) == [PUSH]
    assert troubles(found) == [("user:u-1", Trouble.PUSH_ONLY)]


def test_a_push_of_a_lesser_priority_may_go_alone() -> None:
    assert plan(a_user(), a_device(), priority="urgent").troubles == ()


@pytest.mark.parametrize(
    ("priority", "fields", "expected"),
    [
        ("stat", {"channels": ["voice"]}, [SMS]),
        ("urgent", {}, [SMS]),
        ("urgent", {"channels": ["push"]}, []),
        ("routine", {}, []),
    ],
)
def test_who_has_none_of_the_channels_is_reached_otherwise_the_sooner_it_matters(
    priority: str, fields: dict[str, Any], expected: list[Channel]
) -> None:
    found = plan(a_user(), a_phone(uses=["sms"]), priority=priority, **fields)
    assert channels(found) == expected
    assert troubles(found) == ([] if expected else [("user:u-1", Trouble.NO_ENDPOINT)])


# endpoints


def test_a_push_goes_to_every_device_a_text_to_the_first_phone() -> None:
    phones = [a_phone(phone="desk", rank=2), a_phone(phone="mobile", rank=1), a_phone(phone="home", rank=3)]
    found = plan(a_user(), a_device(device="d-2"), a_device(device="d-1"), *phones, channels=["push", "sms"])
    assert ways(found) == [("u-1", PUSH, "d-1"), ("u-1", PUSH, "d-2"), ("u-1", SMS, "mobile")]


def test_a_phone_is_used_only_for_what_it_is_for() -> None:
    phones = [a_phone(phone="desk", uses=["voice"], rank=1), a_phone(phone="mobile", uses=["sms"], rank=2)]
    found = plan(a_user(), *phones, priority="stat", kind="code")
    assert ways(found) == [("u-1", SMS, "mobile"), ("u-1", VOICE, "desk")]


def test_a_stat_carries_every_other_way_to_the_person_in_order() -> None:
    phones = [a_phone(phone="one"), a_phone(phone="two", rank=2, number="+14165550124")]
    found = plan(a_user(), a_device(), *phones, priority="stat", kind="message")
    assert ways(found) == [("u-1", PUSH, "d-1"), ("u-1", SMS, "one")]
    for delivery in found.deliveries:
        others = [(way.endpoint.channel, way.endpoint.id, way.endpoint.address) for way in delivery.fallbacks]
        assert others == [(SMS, "two", "+14165550124"), (VOICE, "one", "+14165550123"), (VOICE, "two", "+14165550124")]


def test_a_stat_by_text_may_fall_back_to_push_in_the_right_style() -> None:
    (delivery,) = plan(*REACHABLE, priority="stat", channels=["sms"]).deliveries
    assert [way.endpoint.channel for way in delivery.fallbacks] == [VOICE, PUSH]
    assert delivery.push is not None
    assert delivery.push.interruption == "time-sensitive"


@pytest.mark.parametrize("priority", ["urgent", "routine"])
def test_only_a_stat_has_other_ways(priority: str) -> None:
    found = plan(*REACHABLE, a_phone(phone="two"), priority=priority, channels=["push", "sms"])
    assert {delivery.fallbacks for delivery in found.deliveries} == {()}
    assert [delivery.push is not None for delivery in found.deliveries] == [True, False]


# recipients


def test_a_team_is_who_is_on_shift_now() -> None:
    shifts = [
        a_shift("u-1", "lead"),
        a_shift("u-2", "nurse"),
        a_shift("u-3", "lead", starts_at=NOON - timedelta(hours=9), ends_at=NOON),
        a_shift("u-4", "lead", starts_at=NOON + timedelta(seconds=1)),
    ]
    people = [each for name in ("u-1", "u-2", "u-3", "u-4") for each in (a_user(name), a_device(name))]
    found = plan(a_team(), *shifts, *people, recipients=[TEAM])
    assert [delivery.key.recipient for delivery in found.deliveries] == ["u-1", "u-2"]


def test_the_backup_of_a_shift_is_not_notified_with_it() -> None:
    people = [each for name in ("u-1", "u-2") for each in (a_user(name), a_device(name))]
    shifts = [a_shift("u-1", "lead"), a_shift("u-2", "lead", duty="backup")]
    assert [way[0] for way in ways(plan(a_team(), *shifts, *people, recipients=[TEAM]))] == ["u-1"]


def test_a_team_that_has_only_a_backup_has_nobody_on_shift() -> None:
    found = plan(*REACHABLE, a_team(), a_shift("u-1", duty="backup"), recipients=[TEAM])
    assert troubles(found) == [("team:stroke", Trouble.NOBODY_ON_SHIFT)]


def test_who_comes_by_several_ways_comes_once() -> None:
    found = plan(*REACHABLE, a_team(), a_shift("u-1", "lead"), a_pager(), recipients=[user("u-1"), TEAM, PAGER])
    assert ways(found) == [("u-1", PUSH, "d-1")]


def test_a_pager_of_a_service_reaches_whoever_holds_it_now() -> None:
    """NOON is a Saturday, seven in the morning in Toronto."""
    held: list[DirectoryChange] = [a_pager(holder="service", holder_id="cardiology"), a_team(), a_shift("u-1")]
    saturday = {"days": [6], "starts": "06:00", "ends": "08:00", "holder": "team", "holder_id": "stroke"}
    assert ways(plan(*REACHABLE, *held, a_service(hours=[saturday]), recipients=[PAGER])) == [("u-1", PUSH, "d-1")]
    by_night = a_service(hours=[], otherwise="stroke")
    assert ways(plan(*REACHABLE, *held, by_night, recipients=[PAGER])) == [("u-1", PUSH, "d-1")]


def test_a_pager_of_a_service_that_nobody_holds_now_says_so() -> None:
    held = a_pager(holder="service", holder_id="cardiology")
    assert troubles(plan(held, a_service(), recipients=[PAGER])) == [("pager:4471", Trouble.NOBODY_ON_SHIFT)]
    assert troubles(plan(held, recipients=[PAGER])) == [("pager:4471", Trouble.UNKNOWN_RECIPIENT)]


def test_the_last_way_of_a_stat_is_the_first_phone_by_another_provider() -> None:
    second = {SMS: "twilio"}
    (delivery,) = plan(*REACHABLE[:1], a_phone(uses=["sms"]), priority="stat", second_providers=second).deliveries
    (way,) = delivery.fallbacks
    assert (way.endpoint.id, way.endpoint.provider) == ("mobile~twilio", "twilio")
    assert way.endpoint.address == delivery.address
    assert plan(*REACHABLE, priority="urgent", kind="page", second_providers=second).deliveries[0].fallbacks == ()


@pytest.mark.parametrize("holder", [("user", "u-1"), ("team", "stroke")])
def test_a_pager_reaches_its_holder(holder: tuple[str, str]) -> None:
    found = plan(
        *REACHABLE, a_team(), a_shift("u-1"), a_pager(holder=holder[0], holder_id=holder[1]), recipients=[PAGER]
    )
    assert ways(found) == [("u-1", PUSH, "d-1")]


def test_recipients_that_lead_to_nobody_are_troubles_and_the_others_are_reached() -> None:
    recipients = [user("u-1"), user("u-9"), TEAM, PAGER, {"type": "pager", "number": "999"}, user("u-2")]
    found = plan(*REACHABLE, a_team(), a_pager(holder_id="u-8"), a_user("u-2"), recipients=recipients)
    assert ways(found) == [("u-1", PUSH, "d-1")]
    assert troubles(found) == [
        ("user:u-9", Trouble.UNKNOWN_RECIPIENT),
        ("team:stroke", Trouble.NOBODY_ON_SHIFT),
        ("pager:4471", Trouble.UNKNOWN_RECIPIENT),
        ("pager:999", Trouble.UNKNOWN_RECIPIENT),
        ("user:u-2", Trouble.NO_ENDPOINT),
    ]


def test_a_person_on_shift_whom_the_directory_does_not_know_is_a_trouble() -> None:
    found = plan(a_team(), a_shift("u-7"), recipients=[TEAM])
    assert troubles(found) == [("user:u-7", Trouble.UNKNOWN_RECIPIENT)]


def test_a_phone_that_came_before_its_user_makes_somebody_reachable() -> None:
    assert channels(plan(a_phone(), priority="stat")) == [SMS]


def test_another_tenants_person_of_the_same_name_is_not_reached() -> None:
    assert plan(a_user(tenant="lakeside"), a_device(tenant="lakeside")).deliveries == ()


# styles and quiet hours

QUIET: dict[str, Any] = {"quiet_hours": {"starts": "06:00", "ends": "18:00", "zone": "UTC"}}


@pytest.mark.parametrize(
    ("priority", "critical_sound", "interruption"),
    [
        ("stat", True, "critical"),
        ("stat", False, "time-sensitive"),
        ("urgent", True, "time-sensitive"),
        ("routine", True, "passive"),
    ],
)
def test_only_routine_keeps_quiet_hours(priority: str, critical_sound: bool, interruption: str) -> None:
    found = plan(
        a_user(**QUIET), a_device(), a_phone(), a_policy(critical_sound=critical_sound), priority=priority, kind="page"
    )
    push = found.deliveries[0].push
    assert push is not None
    assert push.interruption == interruption
    assert len(found.deliveries) == (1 if priority == "routine" else len(DEFAULTS[Priority(priority), Kind.PAGE]))


def test_in_quiet_hours_a_silent_push_stands_for_texts_and_calls() -> None:
    found = plan(a_user(**QUIET), a_device(), a_phone(), channels=["sms", "voice"])
    assert channels(found) == [PUSH]


def test_in_quiet_hours_who_has_no_device_still_gets_the_text() -> None:
    assert channels(plan(a_user(**QUIET), a_phone(), channels=["sms"])) == [SMS]


def test_outside_quiet_hours_a_routine_push_is_an_ordinary_one() -> None:
    push = plan(*REACHABLE).deliveries[0].push
    assert push is not None
    assert push.interruption == "active"


def test_a_collapse_key_is_one_name_within_its_tenant_only() -> None:
    def collapse(**fields: Any) -> str:
        tenant = fields.get("tenant", "northshore")
        push = plan(a_user(tenant=tenant), a_device(tenant=tenant), **fields).deliveries[0].push
        assert push is not None
        return push.collapse_id

    assert collapse(id="n-1", collapse_key="bed-12") == collapse(id="n-2", collapse_key="bed-12")
    assert collapse(collapse_key="bed-12") != collapse(tenant="lakeside", collapse_key="bed-12")
    assert collapse(id="n-1") != collapse(id="n-2")


# the digest


def test_the_digest_is_of_the_meaning_not_of_the_spelling() -> None:
    plain = a_notification(sent_at="2026-01-10T12:00:00Z")
    assert digest_of(plain) == digest_of(a_notification(sent_at="2026-01-10T07:00:00-05:00"))
    assert digest_of(plain) == digest_of(a_notification(sent_at="2026-01-10T12:00:00Z", version=1, channels=None))


@pytest.mark.parametrize(
    "change",
    [
        {"priority": "urgent"},
        {"kind": "page"},
        {"content": {"title": "Consult requested", "body": "Please see the chart!"}},
        {"content": {"title": "Consult requested", "body": "Please see the chart.", "sensitivity": "operational"}},
        {"recipients": [user("u-2")]},
        {"expires_at": (NOON + timedelta(hours=2)).isoformat()},
        {"sent_at": (NOON - timedelta(seconds=1)).isoformat()},
        {"channels": ["push"]},
        {"collapse_key": "k"},
        {"tenant": "lakeside"},
        {"id": "n-2"},
    ],
)
def test_every_field_is_part_of_the_digest(change: dict[str, Any]) -> None:
    assert digest_of(a_notification()) != digest_of(a_notification(**change))


def test_a_delivery_to_a_rehearsed_endpoint_is_rehearsed_and_its_neighbours_are_not() -> None:
    canary: dict[str, Any] = {"tenant": CANARY_TENANT}
    people = (a_user(**canary), a_device(**canary, rehearsed=True), a_device(**canary, device="d-2"))
    found = plan(*people, a_phone(**canary, rehearsed=True), **canary, priority="stat")
    told = {(d.key.channel, d.key.endpoint): d.rehearsed for d in found.deliveries}
    assert told == {(PUSH, "d-1"): True, (PUSH, "d-2"): False, (SMS, "mobile"): True}
    assert [way.endpoint.rehearsed for way in found.deliveries[0].fallbacks] == [True]
