"""What a worker says of its calls, and what the channel's function measures by it: numbers, and of whom nothing."""

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.core.adapters.channel.entrance import ChannelEntrance
from functions.core.adapters.channel.log import DeliveryLog
from functions.core.adapters.channel.metrics import DeliveryMetrics
from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.outcomes import REHEARSED, Accepted, NeverRetry, Outcome, RetryLater, Unknown
from functions.core.services.verdicts import Answered, Verdict
from statline.contract.words import Channel, Priority
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery
from tests.fakes.queues import FakeInbox
from tests.unit.delivering.ward import Ward

SENT_AT = NOON - timedelta(seconds=2)
ANSWERS = (Accepted("p-1"), RetryLater("throttled"), NeverRetry("opted_out"), Unknown("timed_out"))


def deliveries(number: int, lane: Priority = Priority.URGENT) -> list[Delivery]:
    return [a_delivery(priority=lane, recipient=f"u-{each}", sent_at=SENT_AT) for each in range(number)]


# The use case


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_verdict_says_what_the_provider_answered_and_when(ward: Ward, answer: Outcome) -> None:
    ward.provider.answer(answer)
    ward.meanwhile = lambda _: ward.clock.advance(0.5)
    (verdict,) = ward.hand(*deliveries(1))
    assert verdict.answered == Answered(answer, NOON + timedelta(seconds=0.5), "fcm")


def test_an_answer_that_the_table_did_not_take_was_given_all_the_same(ward: Ward) -> None:
    (delivery,) = deliveries(1)
    ward.meanwhile = lambda each: ward.states.unanswered.add(each.key)
    (verdict,) = ward.hand(delivery)
    assert verdict.record is None
    assert verdict.answered == Answered(Accepted("fcm-1"), NOON, "fcm")


def test_who_was_not_called_answered_nothing(ward: Ward) -> None:
    expired, again = a_delivery(recipient="u-1", expires_at=NOON), a_delivery(recipient="u-2")
    ward.hand(again)
    assert [verdict.answered for verdict in ward.hand(expired, again)] == [None, None]


def test_of_two_copies_in_a_batch_one_is_answered(ward: Ward) -> None:
    verdicts = ward.hand(a_delivery(), a_delivery())
    assert sum(verdict.answered is not None for verdict in verdicts) == 1


# The function's lines


def measured(*verdicts: Verdict, channel: Channel = Channel.PUSH) -> list[dict[str, Any]]:
    lines: list[str] = []
    DeliveryMetrics(EmbeddedMetrics("ca-central-1", write=lines.append), channel).verdicts(verdicts)
    return [json.loads(line) for line in lines]


def a_verdict(
    answer: Outcome | None, delivery: Delivery | None = None, after: float = 0.25, provider: str = "fcm"
) -> Verdict:
    heard = Answered(answer, SENT_AT + timedelta(seconds=after), provider) if answer else None
    return Verdict(delivery or deliveries(1)[0], None, None, answered=heard)


def test_a_batch_is_one_line_of_its_lane_and_one_of_its_provider() -> None:
    accepted, provider = measured(
        a_verdict(Accepted("p-1")), a_verdict(RetryLater("throttled")), a_verdict(Accepted("p-2"), after=1.5)
    )
    assert (accepted["Region"], accepted["Lane"], accepted["Channel"]) == ("ca-central-1", "urgent", "push")
    assert accepted["AcceptedSeconds"] == [0.25, 1.5]
    assert (provider["Provider"], provider["ProviderAccepted"], provider["ProviderPutOff"]) == ("fcm", 2, 1)


@pytest.mark.parametrize(
    ("answer", "name"),
    list(zip(ANSWERS, ("ProviderAccepted", "ProviderPutOff", "ProviderRefused", "ProviderUnknown"), strict=True)),
)
def test_each_kind_of_answer_is_counted_as_what_it_is(answer: Outcome, name: str) -> None:
    *_, provider = measured(a_verdict(answer))
    assert provider[name] == 1
    assert [each for each in provider if each.startswith("Provider") and each != "Provider"] == [name]


def test_the_providers_of_a_channel_are_told_apart() -> None:
    _, *lines = measured(
        a_verdict(Accepted("p-1"), provider="sms"),
        a_verdict(Accepted("p-2"), provider="twilio"),
        a_verdict(Unknown("timed_out"), provider="sms"),
    )
    assert [(line["Provider"], line.get("ProviderAccepted"), line.get("ProviderUnknown")) for line in lines] == [
        ("sms", 1, 1),
        ("twilio", 1, None),
    ]


def test_nothing_is_measured_where_nobody_was_called() -> None:
    assert measured(a_verdict(None)) == []


def test_lanes_that_share_a_batch_are_told_apart() -> None:
    routine, stat = deliveries(1, Priority.ROUTINE)[0], deliveries(1, Priority.STAT)[0]
    lines = measured(a_verdict(Accepted("p-1"), routine), a_verdict(Accepted("p-2"), stat, after=3))
    assert {line["Lane"]: line["AcceptedSeconds"] for line in lines if "Lane" in line} == {
        "routine": [0.25],
        "stat": [3],
    }


def test_a_producers_clock_that_runs_ahead_makes_no_time_negative() -> None:
    accepted, _ = measured(a_verdict(Accepted("p-1"), after=-60))
    assert accepted["AcceptedSeconds"] == [0.0]


def test_a_rehearsed_call_that_nobody_was_asked_for_is_no_answer_of_the_provider() -> None:
    """With few real calls, four a minute that always succeed would drown the ones that fail."""
    (accepted,) = measured(a_verdict(REHEARSED), channel=Channel.VOICE)
    assert accepted["AcceptedSeconds"] == [0.25]


def test_the_entrance_measures_what_it_delivered_and_names_nobody(ward: Ward) -> None:
    lines: list[str] = []
    (delivery,) = deliveries(1)
    entrance = ChannelEntrance(
        deliver=ward.use_case(),
        inboxes=lambda _: FakeInbox(),
        log=DeliveryLog(Log("measuring-under-test")),
        metrics=DeliveryMetrics(EmbeddedMetrics("ca-central-1", write=lines.append), Channel.PUSH),
    )
    entrance([{"messageId": "m-1", "receiptHandle": "r-1", "body": delivery.model_dump_json()}], "worker-1")
    accepted, provider = (json.loads(line) for line in lines)
    assert accepted["AcceptedSeconds"] == [2.0]
    assert provider["ProviderAccepted"] == 1
    for name in ("northshore", "n-1", "u-0", "e-1", delivery.key.trace, delivery.key.id):
        assert name not in "".join(lines)
