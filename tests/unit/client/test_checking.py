import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from statline.client import (
    InvalidNotificationError,
    TooLargeError,
    WouldBeCutError,
    new_notification,
    parse,
    refuse_cut_sms,
    user,
)
from statline.client.checking import body_of
from statline.client.errors import faults_of
from statline.contract.directory import DIRECTORY_CHANGE
from statline.contract.words import Priority, Sensitivity

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


@given(
    title=st.text(min_size=1, max_size=120),
    body=st.text(max_size=400),
    priority=st.sampled_from(Priority),
    lives=st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=2)),
)
def test_what_is_sent_reads_back_as_what_was_built(title: str, body: str, priority: Priority, lives: timedelta) -> None:
    built = new_notification(
        tenant="northshore", to=[user("u-1")], title=title, body=body, priority=priority, lives=lives, now=NOW
    )
    assert parse(body_of(built)) == built


@pytest.mark.parametrize("body", ["", "Jane Doe", "[]", '{"tenant": "Jane Doe"}'])
def test_a_body_that_is_no_notification_is_refused_without_being_quoted(body: str) -> None:
    with pytest.raises(InvalidNotificationError) as caught:
        parse(body)
    assert "Jane" not in str(caught.value)


def test_a_body_beyond_the_limit_is_refused_by_its_size() -> None:
    with pytest.raises(TooLargeError, match="65,536 is the most"):
        parse(json.dumps({"body": "x" * 70_000}))


def test_an_sms_that_fits_passes_and_one_that_does_not_is_refused() -> None:
    def built(characters: int) -> None:
        refuse_cut_sms(
            new_notification(
                tenant="northshore",
                to=[user("u-1")],
                title="Title",
                body="x" * characters,
                sensitivity=Sensitivity.OPERATIONAL,
            ),
            segments=2,
        )

    built(200)
    with pytest.raises(WouldBeCutError):
        built(400)


def test_patient_content_is_counted_where_the_tenant_lets_it_into_sms() -> None:
    long = new_notification(tenant="northshore", to=[user("u-1")], title="Title", body="x" * 1000)
    refuse_cut_sms(long)
    with pytest.raises(WouldBeCutError):
        refuse_cut_sms(long, patient_content=True)


def test_a_list_that_only_holds_a_faulty_entry_is_not_called_empty_as_well() -> None:
    policy = {"kind": "escalation_policy", "tenant": "northshore", "revision": 1, "id": "p", "name": "P"}
    too_soon = policy | {"steps": [{"who": [{"type": "shift"}], "wait": 10}]}

    def faults(change: dict[str, object]) -> list[str]:
        with pytest.raises(ValidationError) as caught:
            DIRECTORY_CHANGE.validate_python(change)
        return [f"{fault.path}: {fault.rule}" for fault in faults_of(caught.value)]

    assert [fault.partition(":")[0] for fault in faults(too_soon)] == ["escalation_policy.steps.0.wait"]
    assert faults(policy | {"steps": []}) == ["escalation_policy.steps: must not be empty"]
