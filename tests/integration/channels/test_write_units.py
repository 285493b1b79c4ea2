"""What one routine push costs in DynamoDB's write units: most of the price of a notification, so it is counted."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.core.adapters.aws import clients
from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.aws.dynamodb_values import AttributeValue, Item
from functions.core.adapters.queues.outbox import SqsOutbox
from functions.core.adapters.queues.quarantine import QuarantineQueue
from functions.core.adapters.state.notification_table import NotificationTable
from functions.core.adapters.state.watch_table import WatchTable
from functions.core.domain.delivering.delivery import trace_of
from functions.core.domain.delivering.states import State
from functions.core.domain.routing.admission import Ingress
from functions.core.domain.routing.producers import Producer
from functions.core.domain.routing.watching import ONE_OF
from functions.core.services.route import RouteBatch
from functions.push import handler as push
from statline.contract.words import Channel, Priority
from tests.fakes.acknowledgements import FakeAcknowledgements
from tests.fakes.directory import FakeDirectory
from tests.fakes.directory_changes import TENANT, a_device, a_policy, a_user
from tests.fakes.escalation import FakeEscalation
from tests.fakes.messages import a_body
from tests.integration.channels.region import SERVED_AT, STATE, Region

USUAL, MOST = 3, 4
"""Of a routine push that goes well, indexes included: what docs/state.md says of it, and what none may cost that is not
of the sample that is watched."""
WATCHED = 6
"""Of one of the sample: it is put into the index, and taken off again."""
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
    """The write units of a new item: one for each kilobyte begun, and one more where it comes into the index ``due``.

    Taking it off the index again costs as much: DynamoDB bills an update by the larger of what was and what is.
    """
    size = sum(len(name.encode()) + size_of(value) for name, value in item.items())
    return -(-size // UNIT) + (1 if "due_shard" in item else 0)


@dataclass
class Meter:
    """Every item that the functions' own clients write, or update. A refused condition costs as much as a write."""

    written: list[Item] = field(default_factory=list)
    updated: list[Item] = field(default_factory=list)

    def __call__(self, **call: Any) -> None:
        match call["model"].name:
            case "PutItem":
                self.written.append(call["params"]["Item"])
            case "UpdateItem":
                self.updated.append(call["params"]["Key"])
            case other:
                assert other in READS, f"{other} is not known to the meter"


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
        escalation=FakeEscalation(),
        acknowledgements=FakeAcknowledgements(),
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


def test_with_the_watch_on_a_sample_a_routine_push_stays_below_four_write_units(region: Region, meter: Meter) -> None:
    bodies = (a_body(**IDS | {"id": f"7d0f2b64-5c1e-4b8e-9a53-{number:012}"}) for number in range(1000))
    device = a_device("dr.amelia.okafor-17", "iphone-15-2f9c", token=TOKEN)
    watch_list = WatchTable(create_client("dynamodb"), STATE)

    send(region, next(filter(is_watched, bodies)), FakeDirectory([a_policy(), a_user("dr.amelia.okafor-17"), device]))
    (watched,) = watch_list.since(Priority.ROUTINE)
    watch_list.release([watched])

    meta, *_ = meter.written
    assert [key["sk"]["S"] for key in meter.updated] == ["META"]
    assert sum(units_of(item) for item in meter.written) + units_of(meta) == WATCHED
    assert USUAL + (WATCHED - USUAL) / ONE_OF[Priority.ROUTINE] < MOST


def is_watched(body: str) -> bool:
    """Whether this routine message is one of the sample."""
    message = json.loads(body)
    return int(trace_of(message["tenant"], message["id"]), 16) % ONE_OF[Priority.ROUTINE] == 0


def test_the_meter_counts_as_dynamodb_does() -> None:
    plain = {"pk": {"S": "x" * 1022}}
    assert units_of(plain) == 1
    assert units_of(plain | {"y": {"S": ""}}) == 2
    assert units_of(plain | {"due_shard": {"S": "1"}}) == 3
    assert size_of({"M": {"ab": {"L": [{"BOOL": True}, {"N": "1768046400012"}]}}}) == 3 + 1 + 2 + 3 + 1 + 1 + 1 + 8
