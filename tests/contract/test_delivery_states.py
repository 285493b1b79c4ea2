"""What every `DeliveryStates` keeps: the same cases on the fake and on the table."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from functions.core.adapters.aws.batch_reads import ROUNDS
from functions.core.adapters.state.items import acknowledgement_key, from_item, to_item
from functions.core.adapters.state.table import StateTable
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.record import DeliveryRecord, Worker, first_claim, first_record
from functions.core.domain.delivering.states import State
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.escalation.step_name import activation_of
from functions.core.domain.ports.delivering import DeliveryStates
from statline.contract.words import Channel, Priority
from tests.contract.tables import Reluctant, a_table
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery
from tests.fakes.delivery_states import FakeDeliveryStates

Acknowledge = Callable[[Delivery], None]
TABLE = "delivery-state"


@pytest.fixture(params=["fake", "table"])
def table(request: pytest.FixtureRequest) -> Iterator[tuple[DeliveryStates, Acknowledge]]:
    if request.param == "fake":
        fake = FakeDeliveryStates()
        yield fake, fake.acknowledge
        return
    with a_table(TABLE) as client:

        def acknowledge(delivery: Delivery) -> None:
            assert delivery.roles
            for role in delivery.roles:
                key = acknowledgement_key(delivery.key.tenant, activation_of(delivery.key.notification), role)
                client.put_item(TableName=TABLE, Item=key)

        yield StateTable(client, TABLE), acknowledge


@pytest.fixture
def states(table: tuple[DeliveryStates, Acknowledge]) -> DeliveryStates:
    return table[0]


def a_claim(delivery: Delivery, worker: str = "w-1") -> DeliveryRecord:
    return first_claim(delivery, Worker(worker, "fcm", NOON))


def test_a_record_is_read_as_it_was_written(states: DeliveryStates) -> None:
    claim = a_claim(a_delivery())
    accepted = claim.with_outcome("accepted", "p-1").moved(State.ACCEPTED, NOON)
    retrying = a_claim(a_delivery(recipient="u-18")).with_outcome("throttled")
    retrying = retrying.moved(State.RETRYING, NOON, reason="throttled", not_before=NOON)
    cut = replace(first_record(a_delivery(recipient="u-19"), State.EXPIRED, NOON, reason="late"), cut=True)

    assert states.write([claim, cut]) == [claim, cut]
    assert states.write([accepted]) == [accepted]
    assert states.write([a_claim(a_delivery(recipient="u-18"))])
    assert states.write([retrying]) == [retrying]
    assert states.read([accepted.key, retrying.key, cut.key]) == [accepted, retrying, cut]


def test_what_was_never_written_is_none(states: DeliveryStates) -> None:
    assert states.read([a_delivery().key]) == [None]
    assert states.read([]) == []
    assert states.write([]) == []


def test_of_two_first_claims_one_wins_and_the_other_is_told_who(states: DeliveryStates) -> None:
    mine, theirs = a_claim(a_delivery(), "w-1"), a_claim(a_delivery(), "w-2")

    assert states.write([mine]) == [mine]
    assert states.write([theirs]) == [mine]


def test_a_write_whose_answer_was_lost_knows_its_own_record_when_it_is_repeated(states: DeliveryStates) -> None:
    """The client repeats it behind our back, and finds the first. A producer's clock has microseconds."""
    claim = a_claim(a_delivery(expires_at=NOON + timedelta(hours=1, microseconds=123_456)))
    accepted = claim.with_outcome("accepted", "p-1").moved(State.ACCEPTED, NOON)

    for record in (claim, claim, accepted, accepted):
        assert states.write([record]) == [record]


def test_a_write_on_an_outdated_record_changes_nothing(states: DeliveryStates) -> None:
    claim = a_claim(a_delivery())
    unknown = claim.moved(State.UNKNOWN, NOON, reason="lease_ran_out")
    accepted = claim.with_outcome("accepted", "p-1").moved(State.ACCEPTED, NOON)
    states.write([claim])
    states.write([unknown])

    assert states.write([accepted]) == [unknown]
    assert states.read([claim.key]) == [unknown]


def test_many_records_keep_their_order(states: DeliveryStates) -> None:
    claims = [a_claim(a_delivery(recipient=f"u-{n}")) for n in range(130)]
    missing = a_delivery(recipient="u-none").key

    assert states.write(claims) == claims
    keys = [claim.key for claim in claims]
    assert states.read([*keys[::-1], missing]) == [*claims[::-1], None]


def test_an_acknowledgement_counts_for_its_role_and_notification_only(
    table: tuple[DeliveryStates, Acknowledge],
) -> None:
    states, acknowledge = table
    leader = a_delivery(roles=("leader",))
    same_role_on_the_phone = a_delivery(Channel.VOICE, Priority.STAT, roles=("leader",))
    airway = a_delivery(recipient="u-18", roles=("airway",))
    other_notification = a_delivery(notification="n-2", roles=("leader",))
    without_role = a_delivery(recipient="u-20")

    acknowledge(leader)

    asked = [airway, leader, other_notification, same_role_on_the_phone, without_role]
    assert states.acknowledged(asked) == [False, True, False, True, False]


@pytest.mark.parametrize("kind", ["fake", "table"])
def test_a_table_that_is_away_answers_for_no_write_and_for_no_read(kind: str) -> None:
    """For no write: what was written of a batch counts, so one that was not must not hide it."""
    with a_table(TABLE) as client:
        fake = FakeDeliveryStates()
        states: DeliveryStates = fake if kind == "fake" else StateTable(client, TABLE)
        fake.away = True
        client.delete_table(TableName=TABLE)

        assert states.write([a_claim(a_delivery()), a_claim(a_delivery(recipient="u-2"))]) == [None, None]
        assert states.write([a_claim(a_delivery())]) == [None]
        with pytest.raises(StoreUnavailableError):
            states.read([a_delivery().key])
        with pytest.raises(StoreUnavailableError):
            states.acknowledged([a_delivery(roles=("leader",))])


def test_acknowledgements_that_stay_unread_are_given_up_before_the_functions_time_is() -> None:
    """Asked for without an end, a throttled table would cost a claim its call: killed, it is UNKNOWN."""
    pauses: list[float] = []
    with a_table(TABLE) as client:
        reluctant: Any = Reluctant(client, answers=False)
        with pytest.raises(StoreUnavailableError):
            StateTable(reluctant, TABLE, pause=pauses.append).acknowledged([a_delivery(roles=("leader",))])
    assert reluctant.calls == ROUNDS
    assert sum(pauses) < 1


def test_records_that_were_left_unread_are_asked_for_again() -> None:
    claims = [a_claim(a_delivery(recipient=f"u-{number}")) for number in range(3)]
    with a_table(TABLE) as client:
        StateTable(client, TABLE).write(claims)
        reluctant: Any = Reluctant(client)
        assert StateTable(reluctant, TABLE, pause=lambda _: None).read([claim.key for claim in claims]) == claims


def test_a_write_that_the_table_does_not_take_leaves_its_neighbours_alone() -> None:
    """DynamoDB throttles one partition and not the next."""
    with a_table(TABLE) as client:
        throttled, other = a_claim(a_delivery(recipient="u-1")), a_claim(a_delivery(recipient="u-2"))

        def refuse(params: dict[str, Any], **_: Any) -> None:
            if params["Item"]["sk"]["S"].startswith("D#u-1#"):
                raise EndpointConnectionError(endpoint_url="dynamodb")

        client.meta.events.register("provide-client-params.dynamodb.PutItem", refuse)

        causes: list[tuple[DeliveryRecord, Exception]] = []
        table = StateTable(client, TABLE, untaken=lambda record, cause: causes.append((record, cause)))
        assert table.write([throttled, other]) == [None, other]
        assert [(record, type(cause)) for record, cause in causes] == [(throttled, EndpointConnectionError)]


def test_what_a_newer_worker_stored_behind_an_attempt_is_passed_over() -> None:
    """While a deployment shifts, an older worker may be handed what a newer one began."""
    claim = a_claim(a_delivery())
    item = to_item(claim)
    item["tr"]["S"] = json.dumps([[*attempt, "of tomorrow"] for attempt in json.loads(item["tr"]["S"])])

    assert from_item(item) == claim


def test_a_routine_push_that_goes_well_fits_one_write_unit_a_write() -> None:
    accepted = a_claim(a_delivery(recipient="u" * 60, notification="n" * 60)).with_outcome("accepted", "p" * 100)

    size = sum(len(name) + len(str(next(iter(value.values())))) for name, value in to_item(accepted).items())
    assert size < 1024
