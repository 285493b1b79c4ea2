"""What every `ProviderStandings` keeps: the same cases on the fake and on the table."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.core.adapters.state.provider_standing import ProviderStandingTable
from functions.core.adapters.state.stream import event_of
from functions.core.domain.delivering.failover import Standing
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.ports.delivering import ProviderStandings
from statline.contract.words import Channel
from tests.contract.tables import a_table
from tests.fakes.clock import NOON
from tests.fakes.provider_standings import FakeProviderStandings

TABLE = "delivery-state"
FIRST = Standing("sms", NOON + timedelta(seconds=60), times=1, revision=1)
SECOND = Standing("sms", NOON + timedelta(seconds=240, milliseconds=5), times=2, revision=2)


@pytest.fixture(params=["fake", "table"])
def standings(request: pytest.FixtureRequest) -> Iterator[ProviderStandings]:
    if request.param == "fake":
        yield FakeProviderStandings()
        return
    with a_table(TABLE) as client:
        yield ProviderStandingTable(client, TABLE)


def test_a_provider_that_was_never_demoted_has_no_standing(standings: ProviderStandings) -> None:
    assert standings.of(Channel.SMS, ["sms", "twilio"]) == {}


def test_a_standing_is_read_as_it_was_written(standings: ProviderStandings) -> None:
    assert standings.write(Channel.SMS, FIRST) == FIRST
    assert standings.of(Channel.SMS, ["sms", "twilio"]) == {"sms": FIRST}
    assert standings.write(Channel.SMS, SECOND) == SECOND
    assert standings.of(Channel.SMS, ["sms"]) == {"sms": SECOND}


def test_of_two_workers_one_demotes_and_the_other_is_told_until_when(standings: ProviderStandings) -> None:
    later = replace(FIRST, until=FIRST.until + timedelta(seconds=1))
    assert standings.write(Channel.SMS, FIRST) == FIRST
    assert standings.write(Channel.SMS, later) == FIRST
    standings.write(Channel.SMS, SECOND)
    assert standings.write(Channel.SMS, replace(later, revision=2)) == SECOND


def test_the_channels_providers_are_their_own(standings: ProviderStandings) -> None:
    standings.write(Channel.SMS, FIRST)
    assert standings.of(Channel.VOICE, ["sms"]) == {}
    assert standings.of(Channel.SMS, ["twilio"]) == {}


def test_a_standing_outlives_its_forgiveness_and_then_goes_by_itself() -> None:
    with a_table(TABLE) as client:
        ProviderStandingTable(client, TABLE).write(Channel.SMS, FIRST)
        (item,) = client.scan(TableName=TABLE)["Items"]
    assert int(item["ttl"]["N"]) > (FIRST.until + timedelta(days=1)).timestamp()
    assert "due_shard" not in item


def test_a_demotion_is_no_event_of_any_producers() -> None:
    with a_table(TABLE) as client:
        ProviderStandingTable(client, TABLE).write(Channel.SMS, FIRST)
        (item,) = client.scan(TableName=TABLE)["Items"]
    change: dict[str, Any] = {"NewImage": item}
    assert event_of(change) is None


def test_without_its_table_nothing_is_known() -> None:
    with a_table(TABLE) as client:
        away = ProviderStandingTable(client, "elsewhere")
        with pytest.raises(StoreUnavailableError):
            away.of(Channel.SMS, ["sms"])
        with pytest.raises(StoreUnavailableError):
            away.write(Channel.SMS, FIRST)
