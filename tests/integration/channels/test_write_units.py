"""What one routine push costs in DynamoDB's write units: most of the price of a notification, so it is counted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.core.adapters import clients
from functions.core.adapters.clients import create_client
from functions.core.adapters.dynamodb_values import AttributeValue, Item
from functions.core.adapters.notification_table import NotificationTable
from functions.core.adapters.outbox import SqsOutbox
from functions.core.adapters.quarantine import QuarantineQueue
from functions.core.domain.producers import Producer
from functions.core.domain.states import State
from functions.core.services.route import Ingress, RouteBatch
from functions.push import handler as push
from statline.contract.words import Channel, Priority
from tests.fakes.directory import FakeDirectory
from tests.fakes.directory_changes import TENANT, a_device, a_policy, a_user
from tests.fakes.messages import a_body
from tests.integration.channels.region import SERVED_AT, STATE, Region

USUAL, MOST = 3, 4
"""Of a routine push that goes well, indexes included: what docs/state.md says of it, and what none may cost."""
UNIT = 1024
READS = {"GetItem", "BatchGetItem", "Query"}
TOKEN = "f8Qm0cXkT0mW1q5RzB2nYd:" + "APA91bHq3" * 16
"""As long as FCM's tokens are."""


def size_of(value: AttributeValue) -> int:
    """The bytes that DynamoDB counts for one attribute's value."""
    ((kind, held),) = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "B":
            return len(held)
        case "N":
            return len(held.lstrip("-")) // 2 + 2
        case "L":
            return 3 + sum(1 + size_of(each) for each in held)
        case "M":
            return 3 + sum(1 + len(name.encode()) + size_of(each) for name, each in held.items())
        case _:
            return 1


def units_of(item: Item) -> int:
    """The write units of a PutItem: one for each kilobyte begun, and two more where it moves in the index ``due``."""
    size = sum(len(name.encode()) + size_of(value) for name, value in item.items())
    return -(-size // UNIT) + (2 if "due_shard" in item else 0)


@dataclass
class Meter:
    """Every item that the functions' own clients write. A refused condition costs as much as a write."""

    written: list[Item] = field(default_factory=list)

    def __call__(self, **call: Any) -> None:
        if call["model"].name not in READS:
            assert call["model"].name == "PutItem", "only PutItem is known to the meter"
            self.written.append(call["params"]["Item"])


@pytest.fixture
def meter(region: Region) -> Iterator[Meter]:
    meter = Meter()
    clients._session().register("provide-client-params.dynamodb.*", meter)
    yield meter
    clients._session().unregister("provide-client-params.dynamodb.*", meter)


def send(region: Region, body: str, directory: FakeDirectory) -> None:
    """Route one message and deliver what comes of it."""
    queues = create_client("sqs")
    route = RouteBatch(
        directory,
        NotificationTable(create_client("dynamodb"), STATE),
        SqsOutbox(queues, region.queues),
        QuarantineQueue(queues, region.quarantine),
        {"AROAWARD": Producer("ward-app", frozenset({TENANT}), frozenset(Priority))},
        lambda: SERVED_AT,
    )
    route([Ingress("m-1", body, "AROAWARD:ward", Priority.ROUTINE)])
    push.handle(region.batch(Channel.PUSH, Priority.ROUTINE), region.context())


IDS = {"id": "7d0f2b64-5c1e-4b8e-9a53-0f6f4f5d2c11", "recipients": [{"type": "user", "id": "dr.amelia.okafor-17"}]}
WORDS = " ".join(f"{number * 2654435761 % 2**32:x}" for number in range(1000))
"""A text that hardly gets shorter by compression."""
SHORT = {"sensitivity": "operational", "title": WORDS[:60], "body": WORDS[:240]}
LONG = {"sensitivity": "operational", "title": WORDS[:120], "body": WORDS[:4000]}
MESSAGES = {
    "about a patient": (a_body(**IDS), USUAL),
    "about nobody": (a_body(**IDS, content=SHORT), USUAL),
    "as long as can be": (a_body(**IDS, content=LONG), MOST),
}


@pytest.mark.parametrize(("body", "most"), MESSAGES.values(), ids=MESSAGES.keys())
def test_a_routine_push_that_goes_well_costs_at_most_four_write_units(
    region: Region, meter: Meter, body: str, most: int
) -> None:
    device = a_device("dr.amelia.okafor-17", "iphone-15-2f9c", token=TOKEN)

    send(region, body, FakeDirectory([a_policy(), a_user("dr.amelia.okafor-17"), device]))

    assert [record.state for record in region.records().values()] == [State.ACCEPTED]
    assert [item["sk"]["S"].split("#")[0] for item in meter.written] == ["META", "D", "D"]
    assert sum(units_of(item) for item in meter.written) <= most


def test_the_meter_counts_as_dynamodb_does() -> None:
    plain = {"pk": {"S": "x" * 1022}}
    assert units_of(plain) == 1
    assert units_of(plain | {"y": {"S": ""}}) == 2
    assert units_of(plain | {"due_shard": {"S": "1"}}) == 4
    assert size_of({"M": {"ab": {"L": [{"BOOL": True}, {"N": "1768046400012"}]}}}) == 3 + 1 + 2 + 3 + 1 + 1 + 1 + 8
