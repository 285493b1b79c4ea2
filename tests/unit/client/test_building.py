from datetime import UTC, datetime, timedelta

import pytest

from statline.client import InvalidNotificationError, new_notification, pager, team, user
from statline.contract.words import Kind, Priority, Sensitivity

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def test_what_is_not_said_is_on_the_safe_side() -> None:
    built = new_notification(tenant="northshore", to=[user("u-1")], title="Bed 12 is ready", now=NOW)
    assert built.content.sensitivity is Sensitivity.PATIENT
    assert (built.priority, built.kind) == (Priority.ROUTINE, Kind.MESSAGE)
    assert built.sent_at == NOW
    assert built.expires_at > NOW


def test_the_more_urgent_the_shorter_it_is_worth_delivering() -> None:
    lives = [
        new_notification(tenant="northshore", to=[user("u-1")], title="x", priority=priority, now=NOW).expires_at - NOW
        for priority in (Priority.STAT, Priority.URGENT, Priority.ROUTINE)
    ]
    assert lives == sorted(lives)


def test_a_life_that_is_said_is_kept() -> None:
    built = new_notification(
        tenant="northshore", to=[team("code-blue")], title="x", lives=timedelta(minutes=3), now=NOW
    )
    assert built.expires_at == NOW + timedelta(minutes=3)


def test_two_notifications_without_an_id_are_two() -> None:
    first, second = (new_notification(tenant="northshore", to=[pager("4471")], title="x") for _ in range(2))
    assert first.id != second.id


def test_a_fault_is_named_by_place_and_rule_without_what_was_written() -> None:
    with pytest.raises(InvalidNotificationError) as caught:
        new_notification(tenant="northshore", to=[user("u-1")], title="x", callback="Jane Doe")
    assert caught.value.faults[0].path == "callback"
    assert "Jane" not in str(caught.value)


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(InvalidNotificationError) as caught:
        new_notification(tenant="North Shore", to=[], title="x")
    assert {fault.path for fault in caught.value.faults} == {"tenant", "recipients"}
