"""What every plan keeps to, whatever the message and the directory say."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from functions.core.adapters.state.notification_items import items_of, plan_in
from functions.core.domain.delivering.sms_text import segments_of, sms_text
from functions.core.domain.directory.entries import EntryKey, EntryKind, Snapshot, User
from functions.core.domain.escalation.activation import MOST_RUNGS
from functions.core.domain.routing.plan import Plan, Trouble
from functions.core.domain.routing.planning import digest_of, endpoints_of, plan_of
from functions.core.domain.routing.recipients import wants_answer
from functions.core.services.route import read_snapshot
from statline.contract.directory import DirectoryChange, EscalationPolicyChange, TenantPolicyChange
from statline.contract.notification import Notification
from statline.contract.words import Channel, Kind, Priority, Sensitivity
from tests.fakes.clock import NOON
from tests.fakes.directory import FakeDirectory
from tests.fakes.directory_changes import (
    TENANT,
    a_device,
    a_pager,
    a_phone,
    a_policy,
    a_shift,
    a_step,
    a_team,
    a_user,
    an_escalation_policy,
)
from tests.fakes.messages import a_notification

PLANTED = "Zebulon"
"""Stands in every field of the content, and in no text of ours."""
USERS = ["u-1", "u-2", "u-3"]
TEAMS = ["t-1", "t-2"]
PAGERS = ["4471", "4472"]
POLICIES = ["p-1", "p-2", "p-3"]

channel_sets = st.lists(st.sampled_from(Channel), min_size=1, max_size=3, unique=True)
quiet_hours = st.none() | st.fixed_dictionaries(
    {
        "starts": st.times().map(str),
        "ends": st.times().map(str),
        "zone": st.sampled_from(["America/Toronto", "America/St_Johns", "UTC"]),
    }
)
duties = st.sampled_from(["primary", "primary", "backup"])
uses = st.sampled_from([["sms"], ["voice"], ["sms", "voice"]])


@st.composite
def directories(draw: st.DrawFn) -> list[DirectoryChange]:
    """Some people with some devices and phones, teams with shifts (also of strangers), pagers, a policy."""
    changes: list[DirectoryChange] = []
    for user in USERS:
        if draw(st.booleans()):
            changes.append(
                a_user(user, quiet_hours=draw(quiet_hours), deleted=draw(st.sampled_from([False] * 4 + [True])))
            )
        changes += [a_device(user, f"d-{n}") for n in range(draw(st.integers(0, 2)))]
        changes += [
            a_phone(user, f"p-{n}", rank=draw(st.integers(1, 3)), uses=draw(uses))
            for n in range(draw(st.integers(0, 2)))
        ]
    for team in draw(st.lists(st.sampled_from(TEAMS), unique=True)):
        roles = draw(st.lists(st.sampled_from(["lead", "imaging"]), unique=True))
        changes.append(a_team(team, roles=roles, policy=draw(st.none() | st.sampled_from(POLICIES))))
        on_shift = draw(
            st.lists(st.tuples(st.sampled_from([*USERS, "u-9"]), st.sampled_from(["lead", "nurse"])), unique=True)
        )
        changes += [a_shift(user, role, team, duty=draw(duties)) for user, role in on_shift]
    changes += [draw(climbs(name)) for name in draw(st.lists(st.sampled_from(POLICIES), unique=True))]
    for pager in draw(st.lists(st.sampled_from(PAGERS), unique=True)):
        kind = draw(st.sampled_from(["user", "team"]))
        changes.append(a_pager(pager, kind, draw(st.sampled_from(USERS if kind == "user" else TEAMS))))
    if draw(st.booleans()):
        changes.append(draw(policies()))
    return draw(st.permutations(changes))


@st.composite
def climbs(draw: st.DrawFn, name: str) -> EscalationPolicyChange:
    """Any policy, also one that goes on with one that comes back to it: the import refuses that, the queue cannot."""
    target = st.sampled_from(["shift", "backup", {"type": "user", "id": "u-1"}, {"type": "team", "id": "t-1"}])
    step = st.builds(
        lambda who, wait: a_step(*who, wait=wait), st.lists(target, min_size=1, max_size=4), st.integers(15, 900)
    )
    return an_escalation_policy(
        name,
        *draw(st.lists(step, min_size=1, max_size=10)),
        repeats=draw(st.integers(0, 5)),
        final=draw(st.none() | step),
        then=draw(st.none() | st.sampled_from([other for other in POLICIES if other != name])),
        one_is_enough=draw(st.booleans()),
    )


@st.composite
def policies(draw: st.DrawFn) -> TenantPolicyChange:
    rule = st.fixed_dictionaries(
        {"priority": st.sampled_from(Priority), "kind": st.none() | st.sampled_from(Kind), "channels": channel_sets}
    )
    return a_policy(
        rules=draw(st.lists(rule, max_size=3)),
        patient_content=draw(st.lists(st.sampled_from(Channel), unique=True)),
        critical_sound=draw(st.booleans()),
        sms_segments=draw(st.integers(1, 6)),
    )


@st.composite
def notifications(draw: st.DrawFn) -> Notification:
    everybody = [
        *({"type": "user", "id": user} for user in USERS),
        *({"type": "team", "id": team} for team in TEAMS),
        *({"type": "pager", "number": pager} for pager in PAGERS),
    ]
    text = st.text(st.characters(codec="utf-8"), max_size=300)
    content: dict[str, Any] = {
        "sensitivity": draw(st.sampled_from(Sensitivity)),
        "title": f"{PLANTED} {draw(text)}"[:120],
        "body": f"{draw(text)} {PLANTED}",
        "callback": draw(st.sampled_from([None, "+14165550188"])),
    }
    return a_notification(
        kind=draw(st.sampled_from(Kind)),
        priority=draw(st.sampled_from(Priority)),
        recipients=draw(st.lists(st.sampled_from(everybody), min_size=1, max_size=5, unique_by=str)),
        content=content,
        sent_at=(NOON - timedelta(seconds=draw(st.integers(0, 600)))).isoformat(),
        channels=draw(st.none() | channel_sets),
        collapse_key=draw(st.sampled_from([None, "k"])),
        policy=draw(st.none() | st.sampled_from(POLICIES)),
    )


def routed(notification: Notification, changes: list[DirectoryChange]) -> tuple[Plan, Snapshot]:
    snapshot = read_snapshot(FakeDirectory(changes), [notification], NOON)
    return plan_of(notification, snapshot, producer="ward-app", now=NOON), snapshot


def user_of(snapshot: Snapshot, recipient: str) -> User:
    user = snapshot.entries[EntryKey(TENANT, EntryKind.USER, recipient)]
    assert isinstance(user, User)
    return user


@given(notifications(), directories())
def test_every_delivery_and_every_other_way_is_an_endpoint_of_its_recipient(
    notification: Notification, changes: list[DirectoryChange]
) -> None:
    plan, snapshot = routed(notification, changes)
    for delivery in plan.deliveries:
        known = {
            (endpoint.channel, endpoint.id, endpoint.address)
            for endpoints in endpoints_of(user_of(snapshot, delivery.key.recipient)).values()
            for endpoint in endpoints
        }
        own = (delivery.key.channel, delivery.key.endpoint, delivery.address)
        others = [(way.endpoint.channel, way.endpoint.id, way.endpoint.address) for way in delivery.fallbacks]
        assert {own, *others} <= known
        assert own not in others


@given(notifications(), directories())
def test_no_delivery_is_planned_twice(notification: Notification, changes: list[DirectoryChange]) -> None:
    plan, _ = routed(notification, changes)
    ids = [delivery.key.id for delivery in plan.deliveries]
    assert len(set(ids)) == len(ids)


@given(notifications(), directories())
def test_a_stat_reaches_everybody_whom_anything_reaches_and_by_a_phone_where_there_is_one(
    notification: Notification, changes: list[DirectoryChange]
) -> None:
    stat = notification.model_copy(update={"priority": Priority.STAT})
    plan, snapshot = routed(stat, changes)
    people = {delivery.key.recipient for delivery in plan.deliveries}
    unreached = [t.recipient for t in plan.troubles if t.trouble is Trouble.NO_ENDPOINT]
    silent = {named.removeprefix("user:") for named in unreached if not named.startswith("role:")}
    assert not people & silent
    for person in people:
        channels = {delivery.key.channel for delivery in plan.deliveries if delivery.key.recipient == person}
        if user_of(snapshot, person).phones:
            assert channels - {Channel.PUSH}
        else:
            assert f"user:{person}" in {t.recipient for t in plan.troubles if t.trouble is Trouble.PUSH_ONLY}
    for person in silent:
        assert not endpoints_of(user_of(snapshot, person))


@given(notifications(), directories())
def test_a_stat_has_every_endpoint_of_its_people_planned_or_in_reserve(
    notification: Notification, changes: list[DirectoryChange]
) -> None:
    plan, snapshot = routed(notification.model_copy(update={"priority": Priority.STAT}), changes)
    planned = {(d.key.recipient, d.key.channel, d.key.endpoint) for d in plan.deliveries}
    for delivery in plan.deliveries:
        mine = {(channel, point) for person, channel, point in planned if person == delivery.key.recipient}
        reserve = {(way.endpoint.channel, way.endpoint.id) for way in delivery.fallbacks}
        everything = {
            (endpoint.channel, endpoint.id)
            for endpoints in endpoints_of(user_of(snapshot, delivery.key.recipient)).values()
            for endpoint in endpoints
        }
        assert mine | reserve == everything
        assert not mine & reserve


@given(notifications(), directories())
def test_quiet_hours_change_nothing_but_routine(notification: Notification, changes: list[DirectoryChange]) -> None:
    all_day = {"starts": "00:00", "ends": "00:00", "zone": "UTC"}
    quiet = [
        a_user(change.id, quiet_hours=all_day, deleted=change.deleted) if change.kind == "user" else change
        for change in changes
    ]
    loud = [a_user(change.id, deleted=change.deleted) if change.kind == "user" else change for change in changes]
    (in_quiet, _), (in_peace, _) = routed(notification, quiet), routed(notification, loud)
    if notification.priority is not Priority.ROUTINE:
        assert in_quiet == in_peace
    else:
        assert {d.key.recipient for d in in_quiet.deliveries} >= {d.key.recipient for d in in_peace.deliveries}


@given(notifications(), directories())
def test_no_text_of_a_message_is_shown_where_it_may_hold_patient_content_and_the_policy_does_not_allow_it(
    notification: Notification, changes: list[DirectoryChange]
) -> None:
    plan, snapshot = routed(notification, changes)
    policy = snapshot.entries.get(EntryKey(TENANT, EntryKind.POLICY))
    allowed = set(policy.patient_content) if isinstance(policy, TenantPolicyChange) else set()
    shown = [(d.key.channel, d.screen) for d in plan.deliveries]
    shown += [(way.endpoint.channel, way.screen) for d in plan.deliveries for way in d.fallbacks]
    for channel, screen in shown:
        told = PLANTED in screen.title + screen.body
        may = notification.content.sensitivity is Sensitivity.OPERATIONAL or channel in allowed
        assert told == may
        if not may:
            assert "4165550188" not in (screen.title + screen.body).replace(" ", "")


@given(notifications(), directories())
def test_a_text_keeps_to_the_tenants_segments_and_says_when_it_was_cut(
    notification: Notification, changes: list[DirectoryChange]
) -> None:
    plan, snapshot = routed(notification, changes)
    policy = snapshot.entries.get(EntryKey(TENANT, EntryKind.POLICY))
    limit = policy.sms_segments if isinstance(policy, TenantPolicyChange) else 3
    for delivery in plan.deliveries:
        if delivery.key.channel is Channel.SMS:
            assert segments_of(delivery.screen.body) <= limit
            assert delivery.screen.cut == ("(cut)" in delivery.screen.body)


@given(notifications(), directories())
def test_whoever_is_to_answer_has_a_ladder_and_every_ladder_is_its_own_and_ends(
    notification: Notification, changes: list[DirectoryChange]
) -> None:
    plan, _ = routed(notification, changes)
    ladders = plan.activation.ladders if plan.activation else ()
    names = [ladder.role for ladder in ladders]
    assert len(set(names)) == len(names)
    paged = {(delivery.key.recipient, role) for delivery in plan.deliveries for role in delivery.roles}
    assert paged == {(person, ladder.role) for ladder in ladders for person in ladder.people}
    asked = wants_answer(plan.kind, plan.priority)
    assert all(bool(delivery.roles) == asked for delivery in plan.deliveries)
    for ladder in ladders:
        steps = [ladder.name(at) for at in range(1, len(ladder.rungs) + 1)]
        assert len(set(steps)) == len(steps) <= MOST_RUNGS


@given(notifications(), directories(), st.randoms())
def test_the_same_message_over_the_same_directory_is_the_same_plan(
    notification: Notification, changes: list[DirectoryChange], order: Any
) -> None:
    shuffled = list(changes)
    order.shuffle(shuffled)
    assert routed(notification, changes)[0] == routed(notification, shuffled)[0]


@given(notifications(), directories())
def test_a_plan_is_stored_and_read_without_a_loss(notification: Notification, changes: list[DirectoryChange]) -> None:
    plan, _ = routed(notification, changes)
    *parts, meta = items_of(plan)
    assert plan_in(meta, parts) == plan


@given(notifications())
def test_a_message_that_is_read_again_has_the_same_digest(notification: Notification) -> None:
    assert digest_of(Notification.model_validate_json(notification.model_dump_json())) == digest_of(notification)


@given(st.text(), st.integers(1, 6), st.sampled_from(["", "\nRef 1a2b3c4d"]))
def test_a_fitted_text_fits_and_is_the_text_or_its_start(text: str, segments: int, tail: str) -> None:
    found = sms_text(text * 4, segments=segments, tail=tail)
    assert segments_of(found.text) <= segments
    assert found.text.endswith(tail)
    if not found.cut:
        assert found.text == text * 4 + tail
    else:
        start = found.text.removesuffix(tail).removesuffix(" ...(cut)")
        assert (text * 4).startswith(start)
        assert segments_of(text * 4 + tail) > segments
