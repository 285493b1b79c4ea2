"""The events function's handler: from the stream's batch to the bus, and from a refusal back to the right row."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from functions.core.adapters.state.items import to_item
from functions.core.adapters.state.ladder_items import item_of_ladder
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.delivering.record import Worker, first_claim
from functions.core.domain.delivering.states import State
from functions.events import handler
from functions.events.entrance import StreamEntrance
from statline.contract.events import Event
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery
from tests.fakes.queues import FakeQuarantine
from tests.fakes.stream import changes, rows
from tests.unit.events.test_activation_events import LADDER


class FakeBus:
    """Takes the first so many events. ``lost``: what was put aside."""

    def __init__(self) -> None:
        self.takes = 1000
        self.taken: list[Event] = []
        self.lost = FakeQuarantine()

    def put(self, events: Sequence[Event]) -> int:
        taken = events[: self.takes]
        self.taken += taken
        return len(taken)


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> FakeBus:
    bus = FakeBus()
    entrance = StreamEntrance(bus, bus.lost, Log("events-under-test"))
    monkeypatch.setattr(handler, "wire", lambda: entrance)
    return bus


def a_batch() -> dict[str, Any]:
    """Rows 100 and 101 move a delivery, 102 opens a ladder, 103 a note, 104 moves another delivery."""
    claim = first_claim(a_delivery(), Worker("w-1", "fcm", NOON))
    accepted = claim.moved(State.ACCEPTED, NOON)
    noted = accepted.with_outcome("accepted", "p-1").noted(NOON)
    other = first_claim(a_delivery(recipient="u-2"), Worker("w-1", "fcm", NOON))
    items = [to_item(claim), to_item(accepted), item_of_ladder(LADDER), to_item(noted), to_item(other)]
    return {"Records": rows(list(changes(items)))}


def test_a_batch_is_told_in_its_order(bus: FakeBus) -> None:
    assert handler.handle(a_batch(), None) == {"batchItemFailures": []}
    told = [event.model_dump()["recipient"] for event in bus.taken]
    assert told == ["u-17", "u-17", "u-2"]


@pytest.mark.parametrize(("takes", "row"), [(0, "100"), (1, "101"), (2, "104")])
def test_lambda_resumes_at_the_first_row_whose_event_was_not_taken(bus: FakeBus, takes: int, row: str) -> None:
    """Rows that make no event lie in between: they are not where it resumes."""
    bus.takes = takes
    assert handler.handle(a_batch(), None) == {"batchItemFailures": [{"itemIdentifier": row}]}
    assert len(bus.taken) == takes


def test_a_batch_without_news_is_done(bus: FakeBus) -> None:
    bus.takes = 0
    batch = {"Records": [row for row in a_batch()["Records"] if row["dynamodb"]["SequenceNumber"] in {"102", "103"}]}
    assert handler.handle(batch, None) == {"batchItemFailures": []}


def spoil(row: dict[str, Any], **attributes: Any) -> None:
    """As a later version, or a person, may have written it. An attribute that is None is not there."""
    image = row["dynamodb"]["NewImage"] = {**row["dynamodb"]["NewImage"], **attributes}
    row["dynamodb"]["NewImage"] = {name: value for name, value in image.items() if value is not None}


@pytest.mark.parametrize(
    "attributes",
    [
        {"st": {"S": "TELEPORTED"}},
        {"st": None},
        {"tr": {"S": "no JSON"}},
        {"tr": {"S": "[7]"}},
        {"pk": {"S": "T#northshore"}},
        {"at": {"S": "noon"}},
    ],
)
def test_a_row_that_nobody_can_read_keeps_nothing_behind_it_from_being_told(
    bus: FakeBus, attributes: dict[str, Any]
) -> None:
    batch = a_batch()
    spoil(batch["Records"][1], **attributes)
    assert handler.handle(batch, None) == {"batchItemFailures": []}
    assert [event.model_dump()["recipient"] for event in bus.taken] == ["u-17", "u-2"]
    ((body, reason),) = bus.lost.kept
    assert reason == "unreadable_row"
    assert json.loads(body)["sequence"] == "101"
    assert json.loads(body)["keys"] == batch["Records"][1]["dynamodb"]["Keys"]


def test_where_a_row_cannot_be_put_aside_lambda_resumes_at_it(bus: FakeBus) -> None:
    """Its names are all that is left of it for people: they are kept before the stream goes on."""
    batch = a_batch()
    spoil(batch["Records"][1], st=None)
    bus.lost.away = True
    assert handler.handle(batch, None) == {"batchItemFailures": [{"itemIdentifier": "101"}]}
    assert [event.model_dump()["recipient"] for event in bus.taken] == ["u-17"]


def test_an_event_that_was_not_taken_comes_before_a_row_that_is_held_up(bus: FakeBus) -> None:
    batch = a_batch()
    spoil(batch["Records"][1], st=None)
    bus.lost.away, bus.takes = True, 0
    assert handler.handle(batch, None) == {"batchItemFailures": [{"itemIdentifier": "100"}]}
