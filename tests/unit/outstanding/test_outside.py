"""What goes out of the function: metrics and log lines; and what wakes it."""

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from functions.core.adapters.queues.ticks import MalformedTickError, tick_of
from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.delivering.failover import Standing
from functions.core.domain.delivering.standing import Waiting
from functions.core.domain.routing.lanes import LANES
from functions.core.services.outstanding import FindOutstanding, Found
from functions.outstanding.demotions import Demotions
from functions.outstanding.entrance import OFFSETS, OutstandingEntrance
from functions.outstanding.figures import OutstandingFigures
from statline.contract.words import Channel, Priority
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.deliveries import a_delivery
from tests.fakes.provider_standings import FakeProviderStandings
from tests.unit.outstanding.scene import Scene

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

REGIONS_CHANNELS = (Channel.PUSH, Channel.SMS)
PATIENCE = LANES[Priority.STAT].visibility.total_seconds()


@dataclass
class Door:
    """The function's log and metrics."""

    log: io.StringIO
    metrics: list[str] = field(default_factory=list)

    def tell(self, found: Found) -> None:
        figures = OutstandingFigures(
            EmbeddedMetrics("ca-central-1", clock=FakeClock(), write=self.metrics.append),
            Log("outstanding-under-test"),
            REGIONS_CHANNELS,
        )
        figures.outstanding(found)

    def ages(self) -> dict[tuple[str, str], float]:
        lines = [json.loads(line) for line in self.metrics]
        return {(line["Lane"], line["Channel"]): line["OldestOutstandingSeconds"] for line in lines}

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


@pytest.fixture
def door() -> Iterator[Door]:
    Log("outstanding-under-test")  # the first one makes the handler
    (handler,) = logging.getLogger("outstanding-under-test").handlers
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    before = handler.setStream(written)
    yield Door(written)
    handler.setStream(before)


def found(seconds: float = 0, *, whole: bool = True) -> Found:
    waiting = Waiting(a_delivery(Channel.PUSH, Priority.STAT).key, NOON - timedelta(seconds=seconds))
    return Found(Priority.STAT, NOON, {Channel.PUSH: waiting} if seconds else {}, whole)


def test_every_channel_of_the_region_is_a_figure_and_0_where_nothing_waits(door: Door) -> None:
    door.tell(found(12.3456))
    assert door.ages() == {("stat", "push"): 12.346, ("stat", "sms"): 0.0}


def test_the_figures_are_kept_by_the_second(door: Door) -> None:
    door.tell(found())
    for line in map(json.loads, door.metrics):
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        (metric,) = directive["Metrics"]
        assert metric["StorageResolution"] == 1
        assert directive["Dimensions"] == [["Region", "Lane", "Channel"]]


def test_a_delivery_that_has_only_begun_to_wait_is_not_named(door: Door) -> None:
    door.tell(found(PATIENCE))
    assert door.lines() == []


def test_the_delivery_that_holds_a_channel_up_is_named_by_its_trace(door: Door) -> None:
    key = a_delivery(Channel.PUSH, Priority.STAT).key
    door.tell(found(PATIENCE + 1))
    (line,) = door.lines()
    assert (line["trace"], line["delivery"]) == (key.trace, key.id)
    assert (line["lane"], line["channel"], line["milliseconds"]) == ("stat", "push", (PATIENCE + 1) * 1000)
    for name in ("northshore", "n-1", "u-17"):
        assert name not in door.log.getvalue() + "".join(door.metrics)


def test_a_list_that_was_not_read_to_its_end_is_told_of(door: Door) -> None:
    door.tell(found(whole=False))
    assert [(line["message"], line["lane"]) for line in door.lines()] == [
        ("watch list not read to its end", "stat"),
    ]


# What wakes it


@dataclass
class Post:
    """SQS, as far as the function uses it."""

    entries: list[dict[str, Any]] = field(default_factory=list)

    def send_message_batch(self, **call: Any) -> dict[str, Any]:
        self.entries += call["Entries"]
        return {"Successful": call["Entries"]}


def entrance(
    scene: Scene,
    post: Post,
    standings: FakeProviderStandings | None = None,
    lines: list[str] | None = None,
) -> OutstandingEntrance:
    log = Log("outstanding-under-test")
    find = FindOutstanding(scene.watch_list, scene.states, scene.told, REGIONS_CHANNELS, scene.clock)
    metrics = EmbeddedMetrics("ca-central-1", clock=scene.clock, write=(lines if lines is not None else []).append)
    beside = {Channel.SMS: ("sms", "twilio")}
    demotions = Demotions(standings or FakeProviderStandings(), beside, metrics, log, scene.clock)
    return OutstandingEntrance(find, demotions, cast("SQSClient", post), "ticks", log, scene.clock)


def test_an_event_at_the_end_of_its_minute_leaves_no_ten_seconds_without_a_look() -> None:
    scene, post = Scene(), Post()
    scene.clock.advance(55)
    entrance(scene, post)({"time": "2026-01-10T12:00:00Z", "source": "aws.events"})
    assert [entry["DelaySeconds"] for entry in post.entries] == [5, 15, 25, 35, 45, 55]


def test_a_minutes_event_becomes_a_tick_each_ten_seconds_and_no_look() -> None:
    scene, post = Scene(), Post()
    entrance(scene, post)({"time": "2026-01-10T12:00:00Z", "source": "aws.events"})
    assert [entry["DelaySeconds"] for entry in post.entries] == [60, 70, 80, 90, 100, 110]
    assert [tick_of({"body": entry["MessageBody"]}) - NOON for entry in post.entries] == list(OFFSETS)
    assert scene.told.found == {}


def test_ticks_that_come_together_are_one_look() -> None:
    scene, post = Scene(), Post()
    assert entrance(scene, post)({"Records": [{"body": "{}"}] * 3}) == {"batchItemFailures": []}
    assert scene.told.order == [Priority.STAT, Priority.URGENT, Priority.ROUTINE]
    assert post.entries == []


def test_an_event_of_neither_kind_is_an_error() -> None:
    with pytest.raises(MalformedTickError):
        entrance(Scene(), Post())({"what": "is this"})


def demotions_at(scene: Scene, standings: FakeProviderStandings) -> dict[str, int]:
    lines: list[str] = []
    entrance(scene, Post(), standings, lines)({"Records": [{}]})
    return {line["Provider"]: line["ProviderDemoted"] for line in map(json.loads, lines)}


def test_a_demoted_provider_is_told_of_with_every_tick_until_it_is_raised_again() -> None:
    scene, standings = Scene(), FakeProviderStandings()
    assert demotions_at(scene, standings) == {"sms": 0, "twilio": 0}

    standings.write(Channel.SMS, Standing("sms", NOON + timedelta(seconds=60), times=1, revision=1))
    assert demotions_at(scene, standings) == {"sms": 1, "twilio": 0}
    scene.clock.advance(59.9)
    assert demotions_at(scene, standings) == {"sms": 1, "twilio": 0}
    scene.clock.advance(0.1)
    assert demotions_at(scene, standings) == {"sms": 0, "twilio": 0}


def test_while_the_standings_cannot_be_read_what_is_outstanding_is_told_all_the_same(door: Door) -> None:
    scene = Scene()
    assert demotions_at(scene, FakeProviderStandings(away=True)) == {}
    assert scene.told.order == [Priority.STAT, Priority.URGENT, Priority.ROUTINE]
    assert [(line["message"], line["channel"]) for line in door.lines()] == [("standings not read", "sms")]


def test_what_was_left_on_the_list_is_told_as_a_count(door: Door) -> None:
    scene = Scene()
    scene.accept(scene.send(1, Channel.PUSH), Channel.PUSH)
    scene.watch_list.reluctant = 1
    entrance(scene, Post())({"Records": [{}]})
    assert [(line["message"], line["count"]) for line in door.lines()] == [("left on the watch list", 1)]
