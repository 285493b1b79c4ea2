"""Two providers of texts, from SQS's event to the phone: a late receipt, a failing provider, a failing delivery."""

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.core.domain.delivering.delivery import Delivery, Endpoint, Fallback, Screen, next_way
from functions.core.domain.delivering.failover import ENOUGH
from functions.core.domain.delivering.receipt_deadlines import RECEIPT_LATE, WAITS
from functions.core.domain.delivering.states import State
from functions.late_receipts import handler as late_receipts
from functions.late_receipts import wiring as late_wiring
from functions.outstanding import handler as outstanding
from functions.sms import handler as sms
from local.sandbox.modes import Mode
from statline.contract.words import Channel, Priority
from tests.fakes.deliveries import a_delivery
from tests.integration.channels.region import SERVED_AT, Region

NUMBER = "+14165550123"
WORDS = Screen(title="", body="CODE BLUE. Reply 1 to accept.")
STAT = a_delivery(
    Channel.SMS,
    Priority.STAT,
    screen=WORDS,
    roles=("leader",),
    fallbacks=(
        Fallback(
            endpoint=Endpoint(channel=Channel.SMS, id="e-1~twilio", address=NUMBER, provider="twilio"), screen=WORDS
        ),
    ),
)
WAY = next_way(STAT)
assert WAY is not None


def deliver(region: Region) -> list[dict[str, str]]:
    answer = sms.handle(region.batch(Channel.SMS, Priority.STAT), region.context())
    return list(answer["batchItemFailures"])


def called(region: Region) -> list[tuple[str, str | None]]:
    return [(call.provider, call.message_id) for call in region.sandbox.calls()]


def strike(delivery: Delivery) -> Any:
    body = delivery.model_dump_json(exclude_defaults=True)
    return late_receipts.handle({"Records": [{"messageId": "m-1", "body": body}]}, None)


def looks(region: Region) -> list[dict[str, Any]]:
    return [json.loads(body) for body in region.bodies(region.escalation)]


def test_a_stat_whose_receipt_does_not_come_goes_by_the_second_provider(
    region: Region, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert WAY is not None
    region.put(STAT)
    assert deliver(region) == []
    assert region.bodies(region.receipt_deadlines) == []  # not before its time

    monkeypatch.setattr(late_wiring, "utc_now", lambda: SERVED_AT + WAITS[Channel.SMS])
    late_wiring.wire.cache_clear()
    assert strike(STAT) == {"batchItemFailures": []}
    assert deliver(region) == []

    assert called(region) == [("sms", STAT.key.id), ("twilio", WAY.key.id)]
    assert [arrived.body for arrived in region.sandbox.phone(NUMBER).received] == [WORDS.body] * 2
    records = region.records()
    first, second = records[STAT.key.id], records[WAY.key.id]
    assert (first.state, first.reason) == (State.ACCEPTED, RECEIPT_LATE)
    assert (second.state, second.attempts[0].provider) == (State.ACCEPTED, "twilio")
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert [(line["ReceiptsLate"], line["Channel"]) for line in told if "ReceiptsLate" in line] == [(1, "sms")]


def test_while_the_first_provider_fails_texts_go_by_the_second(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    region.sandbox.set_modes(Mode(provider="sms", mode="error500"))
    failing = [a_delivery(Channel.SMS, Priority.STAT, recipient=f"u-{number}") for number in range(ENOUGH)]
    region.put(*failing)
    deliver(region)

    later = a_delivery(Channel.SMS, Priority.STAT, recipient="u-99")
    region.put(later)
    assert deliver(region) == []

    assert [provider for provider, _ in called(region)] == ["sms"] * ENOUGH + ["twilio"]
    assert region.records()[later.key.id].attempts[0].provider == "twilio"
    assert "provider demoted" in region.log.getvalue()
    outstanding.handle({"Records": [{}]}, None)
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "ProviderDemoted" in line]
    assert {line["Provider"]: line["ProviderDemoted"] for line in told} == {"sms": 1, "twilio": 0}


def test_an_activation_is_looked_at_when_a_phone_has_opted_out_and_the_other_way_is_opened(region: Region) -> None:
    region.sandbox.set_modes(Mode(provider="sms", mode="opted_out"))
    region.put(STAT)
    assert deliver(region) == []

    (look,) = looks(region)
    assert (look["tenant"], look["activation"]) == ("northshore", "n-1")
    assert region.records()[STAT.key.id].state is State.FAILED
    assert deliver(region) == []
    assert [provider for provider, _ in called(region)] == ["sms", "twilio"]


def test_an_acknowledged_stat_goes_no_other_way_for_want_of_a_receipt(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    region.put(STAT)
    deliver(region)
    region.dynamodb.put_item(
        TableName="statline-delivery-state", Item={"pk": {"S": "T#northshore#N#n-1"}, "sk": {"S": "ACK#leader"}}
    )
    monkeypatch.setattr(late_wiring, "utc_now", lambda: SERVED_AT + timedelta(minutes=2))
    late_wiring.wire.cache_clear()
    assert strike(STAT) == {"batchItemFailures": []}
    assert deliver(region) == []
    assert len(called(region)) == 1
