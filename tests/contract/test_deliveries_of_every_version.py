"""SQS events that an earlier deployment's router left on the channels' queues stay readable, and mean the same."""

import json
from pathlib import Path
from typing import Any

import pytest

from functions.core.adapters.channel.entrance import read_delivery
from functions.core.domain.delivering.delivery import next_way
from statline.contract.words import Channel, Priority

FOLDER = Path(__file__).parent / "messages" / "deliveries"
EVENTS = sorted(FOLDER.glob("v*/*.json"))

IDS = {
    "push-routine": [
        "6ffa8522092faa728dc4aea2af320c30",
        "b9d3b75e5c07f67e9c2b3b8a7269ff3b",
        "cfc6b98ae7724d15dad19a4704c6fdd8",
    ],
    "push-stat": ["ae46b5d1aa06e1a036e770f7c91bab82", "c0a30859b13f357ea6f4d836418f2abb"],
    "sms-urgent": ["78c7f40b3e4aff88755a4beac3ad70c7", "4350513e1edd7875b0ea577317abd703"],
    "voice-stat": ["af6d721c9af706eede17464fc57ea87d", "2f8303499d11c48cf690f34f2fd40679"],
}


def bodies(path: Path) -> list[str]:
    return [record["body"] for record in json.loads(path.read_text(encoding="utf-8"))["Records"]]


def test_the_events_of_version_1_are_there() -> None:
    assert {path.stem for path in FOLDER.glob("v1/*.json")} == set(IDS)


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_delivery_of_an_earlier_day_is_read_as_it_was_meant(path: Path) -> None:
    channel, lane = path.stem.split("-")
    for body in bodies(path):
        said: dict[str, Any] = json.loads(body)
        delivery = read_delivery(body)
        assert (delivery.key.channel, delivery.priority) == (Channel(channel), Priority(lane))
        role = said.pop("role", None)  # there may be several by now
        assert delivery.model_dump(mode="json", exclude_defaults=True) == said | ({"roles": [role]} if role else {})


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_visible_message_id_of_a_delivery_stays_the_same_over_deployments(path: Path) -> None:
    """Or the second of two calls for it would not replace what the first one showed."""
    assert [read_delivery(body).key.id for body in bodies(path)] == IDS[path.stem]


def test_the_other_ways_of_an_earlier_days_stat_can_still_be_taken() -> None:
    first, _ = bodies(FOLDER / "v1" / "push-stat.json")
    sms = next_way(read_delivery(first))
    assert sms is not None
    voice = next_way(sms)
    assert voice is not None
    assert [(way.key.channel, way.address) for way in (sms, voice)] == [
        (Channel.SMS, "+14165550131"),
        (Channel.VOICE, "+14165550131"),
    ]
    assert next_way(voice) is None
