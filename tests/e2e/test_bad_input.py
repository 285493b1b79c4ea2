"""Every bad input is answered with an event on the bus, and its body is kept in the quarantine queue."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.cloud import create_producer
from statline.contract.notification import MAXIMUM_BODY_BYTES
from statline.contract.words import Priority, RefusalReason
from tests.e2e.cast import ALL
from tests.e2e.region import Region
from tests.e2e.waiting import SOON, await_value

URGENT = Priority.URGENT
STRANGER = "stranger"
Message = dict[str, Any]


@dataclass(frozen=True)
class Bad:
    """What is done to a good urgent message, the reason of its refusal, and who sends it where."""

    spoil: Callable[[Message], object]
    reason: RefusalReason
    lane: Priority = URGENT
    sender: str = ""


def _past() -> dict[str, str]:
    now = datetime.now(UTC)
    return {
        "sent_at": (now - timedelta(hours=2)).isoformat(),
        "expires_at": (now - timedelta(hours=1)).isoformat(),
    }


BAD = {
    "not JSON": Bad(lambda message: f"{message['id']} is not JSON", RefusalReason.NOT_JSON),
    "wrong type": Bad(lambda message: message | {"recipients": "u-all"}, RefusalReason.INVALID),
    "unknown field": Bad(lambda message: message | {"colour": "red"}, RefusalReason.INVALID),
    "unknown version": Bad(lambda message: message | {"version": 9}, RefusalReason.UNKNOWN_VERSION),
    "unknown tenant": Bad(lambda message: message | {"tenant": "nowhere"}, RefusalReason.UNKNOWN_TENANT),
    "another's tenant": Bad(lambda message: message | {"tenant": "lakeside"}, RefusalReason.UNKNOWN_TENANT),
    "wrong lane": Bad(lambda message: message, RefusalReason.WRONG_LANE, lane=Priority.ROUTINE),
    "wrong sender": Bad(lambda message: message, RefusalReason.UNKNOWN_SENDER, sender=STRANGER),
    "another region's sender": Bad(lambda message: message, RefusalReason.UNKNOWN_SENDER, sender="harborview-ehr"),
    "unknown recipient": Bad(
        lambda message: message | {"recipients": [{"type": "user", "id": "u-nobody"}]}, RefusalReason.NOBODY_REACHABLE
    ),
    "past expires_at": Bad(lambda message: message | _past(), RefusalReason.EXPIRED),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_a_bad_message_is_told_to_its_producer_and_kept(home: Region, bad: Bad) -> None:
    if bad.sender:
        create_producer(home.cloud, bad.sender)
    message = home.message(priority=URGENT, to=[ALL])
    spoilt = bad.spoil(message)
    body = spoilt if isinstance(spoilt, str) else json.dumps(spoilt)

    message_id = home.send(body, bad.lane, bad.sender)

    told = home.bus.wait(lambda: home.bus.refusal(message_id), SOON, "the refusal's event")
    assert told.reason is bad.reason
    assert told.producer == ("" if bad.sender else home.producer)
    assert told.lane is bad.lane
    await_value(lambda: body in home.quarantined(), SOON, "the body in quarantine")
    assert home.bus.routed(message["id"]) is None


def test_an_id_seen_before_with_another_body_is_refused_and_the_first_goes_on(home: Region) -> None:
    first = home.message(priority=URGENT, to=[ALL])
    other = first | {"content": {**first["content"], "body": "Another body"}}
    home.send(first, URGENT)
    home.bus.wait(lambda: home.bus.routed(first["id"]), SOON, "the routing")

    message_id = home.send(other, URGENT)

    told = home.bus.wait(lambda: home.bus.refusal(message_id), SOON, "the refusal's event")
    assert (told.reason, told.notification) == (RefusalReason.ID_TAKEN, first["id"])
    await_value(lambda: json.dumps(other) in home.quarantined(), SOON, "the body in quarantine")


def test_a_body_beyond_the_limit_is_refused_by_sqs(region: Region) -> None:
    with pytest.raises(ClientError) as refused:
        region.send("x" * (MAXIMUM_BODY_BYTES + 1), URGENT)

    assert refused.value.response["Error"]["Code"].endswith("InvalidParameterValue")
    assert str(MAXIMUM_BODY_BYTES) in refused.value.response["Error"]["Message"]


def test_a_body_of_just_the_limit_is_taken(home: Region) -> None:
    message_id = home.send("x" * MAXIMUM_BODY_BYTES, URGENT)

    told = home.bus.wait(lambda: home.bus.refusal(message_id), SOON, "the refusal's event")
    assert told.reason is RefusalReason.NOT_JSON
