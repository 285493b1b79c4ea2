"""What each channel shows, and what it must not."""

from typing import Any

import pytest

from functions.core.domain.delivering.delivery import DeliveryKey, Screen
from functions.core.domain.delivering.neutral_texts import NEUTRAL_TEXTS
from functions.core.domain.delivering.rendering import PUSH_BODY_BYTES, Renderer
from functions.core.domain.delivering.sms_text import segments_of
from statline.contract.words import Channel, Kind, Priority
from tests.fakes.directory_changes import TENANT, a_policy
from tests.fakes.messages import a_notification

PATIENT = {"title": "Smith, Jane", "body": "K 6.9, bed 12", "callback": "+14165550188"}


def screen(channel: Channel, content: dict[str, Any], policy: dict[str, Any] | None = None, **fields: Any) -> Screen:
    key = DeliveryKey(tenant=TENANT, notification="n-1", recipient="u-1", channel=channel, endpoint="e-1")
    return Renderer(a_notification(content=content, **fields), a_policy(**policy or {})).screen(key)


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("priority", Priority)
def test_patient_content_is_replaced_by_a_neutral_text(channel: Channel, kind: Kind, priority: Priority) -> None:
    shown = screen(channel, PATIENT, kind=kind, priority=priority)
    for word in ("Smith", "Jane", "6.9", "bed", "4165550188", "4 1 6"):
        assert word not in shown.title + shown.body


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("priority", Priority)
def test_a_neutral_sms_is_one_segment(kind: Kind, priority: Priority) -> None:
    shown = screen(Channel.SMS, PATIENT, kind=kind, priority=priority)
    assert segments_of(shown.body) == 1
    assert not shown.cut


def test_every_kind_has_a_neutral_text() -> None:
    assert set(NEUTRAL_TEXTS) == set(Kind)


@pytest.mark.parametrize("channel", Channel)
def test_a_channel_that_the_policy_names_carries_patient_content(channel: Channel) -> None:
    shown = screen(channel, PATIENT, {"patient_content": [channel]})
    assert "Smith, Jane" in shown.body + shown.title
    assert "bed 12" in shown.body


@pytest.mark.parametrize("channel", Channel)
def test_leave_for_one_channel_is_no_leave_for_another(channel: Channel) -> None:
    others = [other for other in Channel if other is not channel]
    shown = screen(channel, PATIENT, {"patient_content": others})
    assert "Smith" not in shown.title + shown.body


def test_operational_content_is_shown_with_the_number_to_call() -> None:
    content = {"sensitivity": "operational", "title": "Page from 4471", "body": "ICU", "callback": "+14165550188"}
    assert screen(Channel.PUSH, content) == Screen(title="Page from 4471", body="Call back +14165550188\nICU")
    sms = screen(Channel.SMS, content).body
    assert sms.startswith("Page from 4471\nCall back +14165550188\nICU\nRef ")
    assert "Call back 1 4 1 6 5 5 5 0 1 8 8. ICU" in screen(Channel.VOICE, content).body


def test_an_sms_carries_the_start_of_its_deliverys_id() -> None:
    key = DeliveryKey(tenant=TENANT, notification="n-1", recipient="u-1", channel=Channel.SMS, endpoint="e-1")
    assert screen(Channel.SMS, PATIENT).body.endswith(f"\nRef {key.id[:8]}")


def test_a_long_sms_is_cut_at_the_tenants_segments_and_says_so() -> None:
    content = {"sensitivity": "operational", "title": "Downtime", "body": "x" * 4000, "callback": "+14165550188"}
    shown = screen(Channel.SMS, content, {"sms_segments": 2})
    assert shown.cut
    assert segments_of(shown.body) == 2
    assert "...(cut)\nRef " in shown.body
    assert "+14165550188" in shown.body


def test_a_long_push_is_cut_below_what_fcm_takes_and_says_so() -> None:
    shown = screen(Channel.PUSH, {"sensitivity": "operational", "title": "t" * 120, "body": "\u4f60" * 4000})
    assert shown.cut
    assert shown.body.endswith("...")
    assert PUSH_BODY_BYTES - 3 <= len(shown.body.encode()) <= PUSH_BODY_BYTES


def test_a_long_call_is_cut_and_says_so() -> None:
    shown = screen(Channel.VOICE, {"sensitivity": "operational", "title": "t", "body": "word " * 700})
    assert shown.cut
    assert shown.body.endswith("... The rest is in the app.")
    assert len(shown.body) < 800


def test_a_call_says_who_calls_and_how_urgent_it_is() -> None:
    spoken = screen(Channel.VOICE, PATIENT, kind="code", priority="stat").body
    assert spoken.startswith("This is Statline, calling for the person who carries this phone.")
    assert "stat" in spoken
    assert "a code activation" in spoken
