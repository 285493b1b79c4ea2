"""The event bus on EventBridge: moto for what arrives, a recorder for what EventBridge refuses."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from functions.core.adapters.queues import event_bus
from functions.core.adapters.queues.event_bus import ENTRIES_PER_CALL, EventBus
from statline.contract.events import DeliveryStateChanged
from tests.contract.tables import CREDENTIALS, REGION
from tests.fakes.clock import NOON


def an_event(number: int = 0, **fields: Any) -> DeliveryStateChanged:
    plain: dict[str, Any] = {
        "tenant": "northshore",
        "notification": f"n-{number}",
        "delivery": "0" * 32,
        "recipient": "u-17",
        "channel": "push",
        "priority": "routine",
        "state": "ACCEPTED",
        "previous": "SENDING",
        "revision": 2,
        "attempt": 1,
        "at": NOON,
    }
    return DeliveryStateChanged.model_validate(plain | fields)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield


@pytest.mark.usefixtures("aws")
def test_eventbridge_takes_what_the_adapter_makes_of_an_event() -> None:
    client = boto3.client("events", region_name=REGION)
    client.create_event_bus(Name="statline")
    assert EventBus(client, "statline").put([an_event(number) for number in range(12)]) == 12


def test_a_bus_that_does_not_exist_takes_nothing() -> None:
    class Gone:
        def put_events(self, **_: Any) -> Any:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "PutEvents")

    client: Any = Gone()
    assert EventBus(client, "statline").put([an_event()]) == 0


class Recorder:
    """Stands for the EventBridge client: takes everything but ``refused``, and fails from ``away_from`` on."""

    def __init__(self, *, refused: frozenset[str] = frozenset(), away_from: int = 1000) -> None:
        self.calls: list[list[dict[str, Any]]] = []
        self._refused = refused
        self._away_from = away_from

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.calls.append(Entries)
        if len(self.calls) > self._away_from:
            raise EndpointConnectionError(endpoint_url="events")
        names = [json.loads(entry["Detail"])["notification"] for entry in Entries]
        answers = [
            {"ErrorCode": "ThrottlingException"} if name in self._refused else {"EventId": "1"} for name in names
        ]
        return {"Entries": answers, "FailedEntryCount": len(self._refused & set(names))}

    def put(self, events: Sequence[DeliveryStateChanged]) -> int:
        client: Any = self
        return EventBus(client, "statline").put(events)

    @property
    def sizes(self) -> list[int]:
        return [len(call) for call in self.calls]


def test_events_go_ten_at_a_time_in_their_order() -> None:
    client = Recorder()

    assert client.put([an_event(number) for number in range(23)]) == 23

    assert client.sizes == [ENTRIES_PER_CALL, ENTRIES_PER_CALL, 3]
    names = [json.loads(entry["Detail"])["notification"] for call in client.calls for entry in call]
    assert names == [f"n-{number}" for number in range(23)]


def test_an_entry_names_the_bus_the_source_the_detail_type_and_the_moment() -> None:
    client = Recorder()
    client.put([an_event()])
    ((entry,),) = client.calls
    detail = entry.pop("Detail")
    assert entry == {
        "EventBusName": "statline",
        "Source": "statline",
        "DetailType": "Delivery State Changed",
        "Time": NOON,
    }
    assert DeliveryStateChanged.model_validate_json(detail) == an_event()


@pytest.mark.parametrize(("first_refused", "calls"), [(0, 1), (4, 1), (9, 1), (10, 2), (14, 2), (22, 3)])
def test_the_first_event_that_the_bus_refuses_ends_what_was_taken(first_refused: int, calls: int) -> None:
    client = Recorder(refused=frozenset({f"n-{first_refused}", "n-22"}))

    assert client.put([an_event(number) for number in range(23)]) == first_refused

    assert len(client.calls) == calls


@pytest.mark.parametrize("answered", [0, 1, 2])
def test_a_bus_that_stops_answering_has_taken_what_it_answered(answered: int) -> None:
    client = Recorder(away_from=answered)
    assert client.put([an_event(number) for number in range(23)]) == answered * ENTRIES_PER_CALL
    assert len(client.calls) == answered + 1


def test_nothing_to_tell_is_no_call() -> None:
    client = Recorder()
    assert client.put([]) == 0
    assert client.calls == []


def test_events_too_large_for_one_call_go_in_several() -> None:
    """Ten refusals that each list five hundred recipients are more than EventBridge takes in one call."""
    client = Recorder()
    limit = event_bus.BYTES_PER_CALL

    assert client.put([an_event(number, reason="é" * (limit // 5)) for number in range(10)]) == 10

    assert client.sizes == [2, 2, 2, 2, 2]
    assert max(sum(len(entry["Detail"].encode()) for entry in call) for call in client.calls) <= limit
