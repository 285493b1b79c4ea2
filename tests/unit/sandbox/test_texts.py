"""What comes back of texts by End User Messaging: to the topics that a deployment set up, and to no other."""

import json
from typing import Any

import pytest

from local.sandbox.end_user_messaging.texts import Texts
from local.sandbox.people.lines import Line
from local.sandbox.records import Arrival
from local.sandbox.world import World
from tests.unit.sandbox.conftest import NUMBER, PHONE, lived, used
from tests.unit.sandbox.provider_cloud import FakeProviderCloud

REGION = "ca-central-1"
EVENTS, INBOUND = (f"arn:aws:sns:{REGION}:000000000000:{name}" for name in ("events", "inbound"))
ARRIVAL = Arrival(
    phone=PHONE,
    channel="sms",
    sender="phone-1",
    body="Code blue",
    data={"statline_delivery": "d-1"},
    provider_id="m-1",
    payload={"Region": REGION, "ConfigurationSetName": "statline"},
)
LINE = Line(provider="sms", region=REGION, identity="phone-1", topic=INBOUND)


@pytest.fixture
def texts(world: World, cloud: FakeProviderCloud) -> Texts:
    cloud.known = {"AWS::SMSVOICE::ConfigurationSet": [configuration_set(["TEXT_DELIVERED", "TEXT_UNREACHABLE"])]}
    world.lines.current = {NUMBER: (LINE,)}
    return Texts(world)


def configuration_set(types: list[str], **settings: Any) -> dict[str, Any]:
    destination = {"Enabled": True, "MatchingEventTypes": types, "SnsDestination": {"TopicArn": EVENTS}, **settings}
    properties = {"ConfigurationSetName": "statline", "EventDestinations": [destination]}
    return {"region": REGION, "id": "statline", "properties": properties}


def messages(cloud: FakeProviderCloud) -> list[tuple[str, dict[str, Any]]]:
    return [(wish["arn"], json.loads(wish["message"])) for wish in cloud.published]


def test_a_carriers_word_comes_with_what_we_gave_the_text_on_its_way(
    world: World, cloud: FakeProviderCloud, texts: Texts
) -> None:
    lived(world, lambda: texts.sent(ARRIVAL, NUMBER))

    [(topic, event)] = messages(cloud)
    assert topic == EVENTS
    assert (event["eventType"], event["messageStatus"], event["isFinal"]) == ("TEXT_DELIVERED", "DELIVERED", True)
    assert (event["messageId"], event["context"]) == ("m-1", {"statline_delivery": "d-1"})
    assert cloud.published[0]["source_arn"].endswith("configuration-set/statline")


@pytest.mark.parametrize(
    "resource",
    [
        configuration_set(["TEXT_BLOCKED"]),
        configuration_set(["ALL"], Enabled=False),
        {**configuration_set(["ALL"]), "region": "us-east-1"},
    ],
)
def test_an_event_that_nobody_subscribed_to_is_not_told(
    world: World, cloud: FakeProviderCloud, texts: Texts, resource: dict[str, Any]
) -> None:
    cloud.known = {"AWS::SMSVOICE::ConfigurationSet": [resource]}

    lived(world, lambda: texts.sent(ARRIVAL, NUMBER))

    assert cloud.published == []


def test_a_silent_carrier_never_says(world: World, cloud: FakeProviderCloud, texts: Texts) -> None:
    used(world, text_fate="silence")

    lived(world, lambda: texts.sent(ARRIVAL, NUMBER))

    assert cloud.published == []


def test_somebody_texts_back(world: World, cloud: FakeProviderCloud, texts: Texts) -> None:
    used(world, text_fate="silence", texts_back="1")

    lived(world, lambda: texts.sent(ARRIVAL, NUMBER))

    [(topic, text)] = messages(cloud)
    assert topic == INBOUND
    assert (text["originationNumber"], text["destinationNumber"], text["messageBody"]) == (PHONE, NUMBER, "1")


def test_somebody_who_has_answered_does_not_answer_the_answer(
    world: World, cloud: FakeProviderCloud, texts: Texts
) -> None:
    used(world, text_fate="silence", texts_back="1")

    lived(world, lambda: texts.sent(ARRIVAL, NUMBER), lambda: texts.sent(ARRIVAL, NUMBER))

    assert len(messages(cloud)) == 1


@pytest.mark.parametrize("word", ["STOP", " arret ", "Cancel"])
def test_a_carriers_word_opts_the_phone_out(world: World, texts: Texts, word: str) -> None:
    lived(world, lambda: world.switchboard.run(texts.inbound(PHONE, NUMBER, word, LINE)))

    assert world.identities.current.opted_out_numbers == {PHONE}
