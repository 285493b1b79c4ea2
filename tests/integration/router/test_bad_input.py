"""Every bad input on moto: its answer is a refusal on record and the body in quarantine, and nothing of it gets out."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.core.domain.routing.refusals import SENTENCES, Fault, Reason
from statline.contract.words import Priority
from tests.fakes.directory_changes import TENANT, a_device, a_phone, a_policy, a_user
from tests.fakes.messages import a_body, message
from tests.integration.router.conftest import Region

PLANTED = "Zebulon Quux MRN-QX4711"
CONTENT = {"title": PLANTED, "body": f"Potassium {PLANTED}", "callback": "+14165550188"}


@dataclass(frozen=True)
class Bad:
    """A body that breaks one rule, and what its refusal says."""

    body: str
    reason: Reason
    faults: tuple[Fault, ...] = ()
    troubles: tuple[tuple[str, str], ...] = ()
    lane: Priority = Priority.ROUTINE
    sender: str = "AROAEXAMPLE:app"
    names: tuple[str, str] = field(default=(TENANT, "n-1"))
    producer: str = "ward-app"


def body(**fields: Any) -> str:
    return a_body(**{"content": CONTENT} | fields)


UNNAMED = ("", "")
NOBODY = [{"type": "user", "id": "u-9"}]
BAD = {
    "not JSON": Bad(f"{PLANTED} is in bed 12", Reason.NOT_JSON, names=UNNAMED),
    "cut JSON": Bad(body()[:-1], Reason.NOT_JSON, names=UNNAMED),
    "JSON, but no object": Bad(json.dumps([PLANTED]), Reason.NOT_JSON, names=UNNAMED),
    "wrong type": Bad(body(recipients=PLANTED), Reason.INVALID, (Fault("recipients", "must be a list"),)),
    "wrong tenant's type": Bad(
        body(tenant={PLANTED: PLANTED}), Reason.INVALID, (Fault("tenant", "must be a text"),), names=("", "n-1")
    ),
    "unknown field": Bad(
        body(**{PLANTED: PLANTED}), Reason.INVALID, (Fault("(unknown)", "is not a field of the contract"),)
    ),
    "unknown version": Bad(body(version=9), Reason.UNKNOWN_VERSION),
    "unknown tenant": Bad(body(tenant="nowhere"), Reason.UNKNOWN_TENANT, names=("nowhere", "n-1")),
    "wrong lane": Bad(body(priority="routine"), Reason.WRONG_LANE, lane=Priority.STAT),
    "stat in the routine lane": Bad(body(priority="stat"), Reason.WRONG_LANE),
    "lane that the sender may not use": Bad(
        body(priority="stat"), Reason.WRONG_LANE, lane=Priority.STAT, sender="AIDAROUTINE", producer="portal"
    ),
    "wrong sender": Bad(body(), Reason.UNKNOWN_SENDER, sender="AROASTRANGER:app", producer=""),
    "unknown recipient": Bad(
        body(recipients=NOBODY), Reason.NOBODY_REACHABLE, troubles=(("user:u-9", "unknown_recipient"),)
    ),
    "past expires_at": Bad(body(sent_at="2026-01-10T10:00:00Z", expires_at="2026-01-10T12:00:00Z"), Reason.EXPIRED),
    "body beyond the limit": Bad(
        json.dumps(message(content=CONTENT | {"body": PLANTED * 4000})), Reason.TOO_LARGE, names=UNNAMED
    ),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_a_bad_message_is_answered_and_kept_and_nothing_of_it_gets_out(region: Region, bad: Bad) -> None:
    region.learn(a_user(), a_device(), a_phone())

    assert region.route(bad.body, lane=bad.lane, sender=bad.sender) == []

    (refusal,) = region.refusals()
    assert (refusal.reason, refusal.faults, refusal.troubles) == (bad.reason, bad.faults, bad.troubles)
    assert (refusal.tenant, refusal.notification) == bad.names
    assert (refusal.message_id, refusal.lane, refusal.producer) == ("m-0", bad.lane, bad.producer)
    assert region.quarantined() == [bad.body]
    assert region.outgoing() == []
    assert len(region.rows()) == 1
    assert_nothing_got_out(region)


def test_an_id_with_another_body_is_answered_and_the_first_one_stands(region: Region) -> None:
    region.learn(a_user(), a_device())
    other = body(content=CONTENT | {"body": f"{PLANTED} is better"})

    assert region.route(body(), other) == []

    (refusal,) = region.refusals()
    assert (refusal.reason, refusal.message_id, refusal.notification) == (Reason.ID_TAKEN, "m-1", "n-1")
    assert region.quarantined() == [other]
    assert len(region.outgoing()) == 1
    assert_nothing_got_out(region)


def test_bad_messages_of_every_sort_in_one_batch_leave_the_good_one_alone(region: Region) -> None:
    region.learn(a_user(), a_device())
    in_lane = [bad for bad in BAD.values() if bad.lane is Priority.ROUTINE and bad.sender == "AROAEXAMPLE:app"]
    assert region.route(*(bad.body for bad in in_lane), body(id="good")) == []
    assert len(region.refusals()) == len(region.quarantined()) == len(in_lane)
    (push,) = region.outgoing()
    assert json.loads(push)["key"]["notification"] == "good"


@pytest.mark.parametrize("priority", Priority)
def test_a_good_message_about_a_patient_says_nothing_of_them_on_its_way(region: Region, priority: Priority) -> None:
    region.learn(a_user(), a_device(), a_phone())
    assert region.route(body(priority=priority, channels=["push", "sms", "voice"]), lane=priority) == []
    sent = region.outgoing()
    assert len(sent) == 3
    assert not [text for text in sent if "Zebulon" in text or "QX4711" in text or "5550188" in text]
    assert_nothing_got_out(region)


def test_a_message_about_a_patient_is_in_the_payload_only_of_the_channel_that_the_tenant_names(region: Region) -> None:
    region.learn(a_user(), a_device(), a_phone(), a_policy(patient_content=["push"]))
    region.route(body(channels=["push", "sms", "voice"]))
    telling = [json.loads(text)["key"]["channel"] for text in region.outgoing() if PLANTED in text]
    assert telling == ["push"]
    assert "Zebulon" not in region.log.getvalue()


def test_every_reason_has_a_sentence_for_its_producer() -> None:
    assert set(SENTENCES) == set(Reason)


def assert_nothing_got_out(region: Region) -> None:
    """Nothing that was planted is in the log or in any row of the table."""
    written = region.log.getvalue() + json.dumps(region.rows(), default=str)
    assert region.log.getvalue()
    for planted in ("Zebulon", "Quux", "QX4711", "Potassium", "5550188"):
        assert planted not in written
