"""What every `Ladders` does: the same cases on the fake and on DynamoDB (moto)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from functions.core.adapters.state.ladder_items import SHARDS, item_of_ladder
from functions.core.adapters.state.ladder_table import LadderTable
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.escalation.ladder import Ladder
from functions.core.domain.ports.escalation import Ladders
from statline.contract.words import LadderState
from tests.contract.tables import a_table
from tests.fakes.clock import NOON
from tests.fakes.escalation import FakeLadders

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "delivery-state"
MILLISECOND = timedelta(milliseconds=1)


def a_ladder(role: str = "leader", activation: str = "code-1", **changes: Any) -> Ladder:
    ladder = Ladder(
        tenant="northshore",
        activation=activation,
        role=role,
        state=LadderState.CLIMBING,
        revision=1,
        at=0,
        opened_at=NOON,
        due_at=NOON + timedelta(seconds=90.123),
        wake_at=NOON + timedelta(seconds=5),
        changed_at=NOON,
        expires_at=NOON + timedelta(hours=1),
    )
    return replace(ladder, **changes)


@pytest.fixture(params=["fake", "table"])
def ladders(request: pytest.FixtureRequest) -> Iterator[Ladders]:
    if request.param == "fake":
        yield FakeLadders()
        return
    with a_table(TABLE) as client:
        yield LadderTable(client, TABLE)


def test_an_activation_without_ladders_has_none(ladders: Ladders) -> None:
    assert ladders.of("northshore", "code-1") == []


def test_ladders_are_found_as_they_were_written(ladders: Ladders) -> None:
    kept = [a_ladder("*"), a_ladder("leader"), a_ladder("stroke/airway"), a_ladder("person/u-1")]
    for each in kept:
        assert ladders.write(each) == each
    assert sorted(ladders.of("northshore", "code-1"), key=lambda each: each.role) == sorted(
        kept, key=lambda each: each.role
    )


def test_ladders_of_other_activations_are_not_mixed_in(ladders: Ladders) -> None:
    ladders.write(a_ladder(activation="code-1"))
    ladders.write(a_ladder(activation="code-10"))
    ladders.write(a_ladder(tenant="southshore"))
    assert ladders.of("northshore", "code-1") == [a_ladder()]


def test_a_write_with_the_next_revision_replaces_what_was_there(ladders: Ladders) -> None:
    ladders.write(a_ladder())
    climbed = a_ladder(revision=2, at=1, opened_at=NOON + timedelta(seconds=60))
    assert ladders.write(climbed) == climbed
    assert ladders.of("northshore", "code-1") == [climbed]


@pytest.mark.parametrize("revision", [1, 2, 4])
def test_a_lost_race_changes_nothing_and_is_answered_with_the_winner(ladders: Ladders, revision: int) -> None:
    first, second = a_ladder(), a_ladder(revision=2, at=1)
    ladders.write(first)
    ladders.write(second)
    assert ladders.write(a_ladder(revision=revision, at=7)) == second
    assert ladders.of("northshore", "code-1") == [second]


def test_climbing_ladders_are_due_once_their_moment_is_past(ladders: Ladders) -> None:
    ladders.write(a_ladder())
    wake_at = a_ladder().wake_at
    assert list(ladders.due(wake_at)) == []
    assert list(ladders.due(wake_at + MILLISECOND)) == [("northshore", "code-1")]


def test_each_due_ladder_of_every_activation_is_told(ladders: Ladders) -> None:
    for number in range(20):
        ladders.write(a_ladder(activation=f"code-{number}"))
    ladders.write(a_ladder("airway", activation="code-3"))
    due = sorted(ladders.due(NOON + timedelta(minutes=1)))
    assert due == sorted([("northshore", f"code-{number}") for number in range(20)] + [("northshore", "code-3")])


@pytest.mark.parametrize("state", [state for state in LadderState if state is not LadderState.CLIMBING])
def test_a_ladder_that_ended_is_never_due(ladders: Ladders, state: LadderState) -> None:
    ladders.write(a_ladder())
    ladders.write(a_ladder(revision=2, state=state))
    assert list(ladders.due(NOON + timedelta(days=1))) == []
    assert ladders.of("northshore", "code-1") == [a_ladder(revision=2, state=state)]


# the table only


@pytest.fixture
def client() -> Iterator["DynamoDBClient"]:
    with a_table(TABLE) as client:
        yield client


def test_the_ladders_lie_in_every_partition_of_the_index() -> None:
    shards = {item_of_ladder(a_ladder(activation=f"code-{number}"))["due_shard"]["S"] for number in range(100)}
    assert shards == {f"LADDER#{shard}" for shard in range(SHARDS)}


def test_a_ladder_goes_when_its_records_go() -> None:
    gone_at = a_ladder().expires_at + timedelta(days=7)
    assert item_of_ladder(a_ladder())["ttl"] == {"N": str(int(gone_at.timestamp()))}


def test_a_table_that_is_not_there_is_a_temporary_trouble(client: "DynamoDBClient") -> None:
    table = LadderTable(client, "elsewhere")
    for call in (lambda: table.of("t", "a"), lambda: table.write(a_ladder()), lambda: list(table.due(NOON))):
        with pytest.raises(StoreUnavailableError):
            call()


def test_a_part_of_the_index_that_is_away_hides_no_other(client: "DynamoDBClient") -> None:
    written = [a_ladder(activation=f"code-{number}") for number in range(20)]
    for each in written:
        LadderTable(client, TABLE).write(each)

    class Patchy:
        """A client whose index does not answer for its first part."""

        exceptions = client.exceptions

        def get_paginator(self, _: str) -> Any:
            pages = client.get_paginator("query")

            class Pages:
                def paginate(self, **query: Any) -> Any:
                    if query["ExpressionAttributeValues"][":shard"] == {"S": "LADDER#0"}:
                        query["TableName"] = "elsewhere"
                    return pages.paginate(**query)

            return Pages()

    found: list[tuple[str, str]] = []
    with pytest.raises(StoreUnavailableError):
        found.extend(LadderTable(Patchy(), TABLE).due(NOON + timedelta(minutes=1)))  # type: ignore[arg-type]
    there = {each.activation for each in written if item_of_ladder(each)["due_shard"] != {"S": "LADDER#0"}}
    assert {activation for _, activation in found} == there
