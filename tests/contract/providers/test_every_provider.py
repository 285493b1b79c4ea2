"""The port `Provider`: the same cases for the fake and for every adapter."""

from datetime import UTC, datetime, timedelta

import pytest

from functions.core.domain.delivering.delivery import Delivery, Screen
from functions.core.domain.delivering.outcomes import Accepted, RetryLater, Unknown
from statline.contract.words import Channel, Priority
from tests.contract.providers.worlds import Trouble, World
from tests.fakes.deliveries import a_delivery

NUMBERS = [f"+1416555{number:04d}" for number in range(100, 110)]


def deliveries(world: World, count: int = 1) -> list[Delivery]:
    """Deliveries to different phones, good for an hour from now."""
    expires_at = datetime.now(UTC) + timedelta(hours=1)
    return [
        a_delivery(
            world.channel,
            Priority.STAT,
            recipient=f"u-{index}",
            address=f"token-of-phone-{index}" if world.channel is Channel.PUSH else NUMBERS[index],
            expires_at=expires_at,
        )
        for index in range(count)
    ]


def test_a_batch_is_accepted_in_order_under_ids_of_its_own(world: World) -> None:
    batch = deliveries(world, 10)

    outcomes = world.provider.send(batch)

    ids = [outcome.provider_id for outcome in outcomes if isinstance(outcome, Accepted)]
    assert len(set(ids)) == len(batch)
    assert all(ids)
    assert [world.calls_for(delivery) for delivery in batch] == [1] * len(batch)


def test_one_failure_in_a_batch_is_its_own(world: World) -> None:
    batch = deliveries(world, 5)
    world.trouble(Trouble.THROTTLED, address=batch[2].address)

    kinds = [type(outcome) for outcome in world.provider.send(batch)]

    assert kinds == [Accepted, Accepted, RetryLater, Accepted, Accepted]


def test_what_is_throttled_was_certainly_not_sent(world: World) -> None:
    world.trouble(Trouble.THROTTLED)

    assert [type(outcome) for outcome in world.provider.send(deliveries(world))] == [RetryLater]


@pytest.mark.parametrize(
    "trouble", [Trouble.ERROR_500, Trouble.ERROR_503, Trouble.DROPPED_BEFORE, Trouble.DROPPED_AFTER]
)
def test_a_lost_answer_is_unknown_and_the_call_is_not_repeated(world: World, trouble: Trouble) -> None:
    (delivery,) = deliveries(world)
    world.trouble(trouble)

    assert [type(outcome) for outcome in world.provider.send([delivery])] == [Unknown]
    assert world.calls_for(delivery) == 1


def test_an_answer_that_takes_too_long_is_unknown_and_the_call_is_not_repeated(world: World) -> None:
    (delivery,) = deliveries(world)
    world.slow()

    assert world.impatient.send([delivery]) == [Unknown("timed_out")]
    assert world.calls_for(delivery) == 1


def test_a_provider_that_cannot_be_reached_was_certainly_not_told(world: World) -> None:
    assert world.unreachable.send(deliveries(world, 2)) == [RetryLater("not_connected")] * 2


def test_an_empty_batch_is_answered_with_nothing(world: World) -> None:
    assert world.provider.send([]) == []


def test_a_provider_that_is_well_again_is_used_again(world: World) -> None:
    first, second = deliveries(world, 2)
    world.trouble(Trouble.DROPPED_BEFORE, address=first.address)

    world.provider.send([first])

    assert [type(outcome) for outcome in world.provider.send([second])] == [Accepted]


def test_nothing_of_a_message_or_an_address_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    screen = Screen(title="Quillfeather title", body="Quillfeather body")
    (planted,) = (d.model_copy(update={"screen": screen}) for d in deliveries(world))

    for trouble in Trouble:
        world.trouble(trouble)
        world.provider.send([planted])
    world.unreachable.send([planted])

    assert "Quillfeather" not in caplog.text
    assert planted.address not in caplog.text
