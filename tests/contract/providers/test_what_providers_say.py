"""What only one provider does: answers, words and identities of its own, against the sandbox."""

from datetime import timedelta

import pytest

from functions.core.adapters.clock import utc_now
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.outcomes import Accepted, NeverRetry, Outcome, RetryLater, Unknown
from functions.core.domain.errors import MisconfiguredError
from functions.push import fcm_client
from functions.push.fcm import Fcm
from local.sandbox.client import SandboxClient
from local.sandbox.modes import Mode, ModeName
from tests.contract.providers.conftest import Sandbox
from tests.contract.providers.test_every_provider import deliveries
from tests.contract.providers.worlds import SandboxWorld, Trouble, connect_world, fcm_world, nobody_listens, sms_world


@pytest.fixture
def fcm(sandbox: Sandbox) -> SandboxWorld:
    return fcm_world(sandbox.url, sandbox.account)


@pytest.fixture
def sms(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> SandboxWorld:
    return sms_world(sandbox.url, monkeypatch)


@pytest.fixture
def connect(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> SandboxWorld:
    return connect_world(sandbox.url, monkeypatch)


def tokens_fetched(sandbox: SandboxClient) -> int:
    return sum(call.provider == "token" for call in sandbox.calls())


def test_a_device_without_the_app_is_dead_and_its_neighbours_are_not(fcm: SandboxWorld) -> None:
    gone, foreign, fine = deliveries(fcm, 3)
    fcm.sandbox.set_identities(unregistered_tokens=[gone.address], foreign_tokens=[foreign.address])

    dead, mismatched, accepted = fcm.provider.send([gone, foreign, fine])

    assert dead == NeverRetry("unregistered", address_is_dead=True)
    assert mismatched == NeverRetry("sender_id_mismatch")
    assert isinstance(accepted, Accepted)


def test_a_token_that_is_none_is_dead(fcm: SandboxWorld) -> None:
    (delivery,) = deliveries(fcm)

    outcomes = fcm.provider.send([delivery.model_copy(update={"address": "no token at all"})])

    assert outcomes == [NeverRetry("invalid_token", address_is_dead=True)]


def test_fcm_says_how_long_to_wait(fcm: SandboxWorld) -> None:
    fcm.sandbox.set_modes(Mode(provider="fcm", mode="throttled", retry_after=42))

    assert fcm.provider.send(deliveries(fcm)) == [RetryLater("quota_exceeded", timedelta(seconds=42))]


def test_a_push_that_was_sent_twice_shows_once(fcm: SandboxWorld) -> None:
    (delivery,) = deliveries(fcm)
    fcm.trouble(Trouble.DROPPED_AFTER)
    fcm.provider.send([delivery])
    fcm.sandbox.clear_modes()
    fcm.provider.send([delivery])

    phone = fcm.sandbox.phone(delivery.address)
    assert [len(phone.received), len(phone.screen)] == [2, 1]


def test_a_cold_batch_fetches_one_access_token(fcm: SandboxWorld) -> None:
    fcm.provider.send(deliveries(fcm, 10))
    fcm.provider.send(deliveries(fcm, 10))

    assert tokens_fetched(fcm.sandbox) == 1


@pytest.mark.parametrize("mode", ["throttled", "error500", "error503", "dropped_before"])
def test_without_an_access_token_nothing_is_sent_and_google_is_asked_once(fcm: SandboxWorld, mode: ModeName) -> None:
    batch = deliveries(fcm, 3)
    fcm.sandbox.set_modes(Mode(provider="token", mode=mode))

    assert fcm.provider.send(batch) == [RetryLater("token_unavailable")] * 3
    assert [call.provider for call in fcm.sandbox.calls()] == ["token"]


def test_a_token_endpoint_that_cannot_be_reached_leaves_the_batch_for_later(sandbox: Sandbox) -> None:
    account = sandbox.account.replace(sandbox.url, nobody_listens())
    provider = Fcm(fcm_client.client(account, sandbox.url), utc_now)
    world = fcm_world(sandbox.url, sandbox.account)

    assert provider.send(deliveries(world, 2)) == [RetryLater("token_unavailable")] * 2


def test_a_revoked_access_token_is_replaced_for_the_next_batch(fcm: SandboxWorld) -> None:
    first, second = deliveries(fcm, 2)
    fcm.provider.send([first])
    fcm.sandbox.expire_tokens()

    refused = fcm.provider.send([second])
    accepted = fcm.provider.send([second])

    assert refused == [RetryLater("unauthenticated")]
    assert [type(outcome) for outcome in accepted] == [Accepted]
    assert tokens_fetched(fcm.sandbox) == 2


@pytest.mark.parametrize(
    "secret", ["", "not JSON", "[]", '"service-account.json"', "{}", '{"type": "service_account"}']
)
def test_a_secret_that_is_no_service_account_says_what_to_put_there(secret: str) -> None:
    with pytest.raises(MisconfiguredError, match="put the JSON of its key there"):
        fcm_client.client(secret, "https://fcm.example")


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("ConflictException/DESTINATION_PHONE_NUMBER_OPTED_OUT", NeverRetry("opted_out")),
        ("ConflictException/RESOURCE_NOT_ACTIVE", RetryLater("conflict")),
        ("ServiceQuotaExceededException/MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT", RetryLater("spend_limit")),
        ("ValidationException/FIELD_VALIDATION_FAILED", NeverRetry("invalid_request")),
        ("AccessDeniedException", RetryLater("access_denied")),
        ("ResourceNotFoundException", RetryLater("resource_not_found")),
        ("InternalServerException", Unknown("internal")),
    ],
)
def test_a_refused_text_means_what_the_table_says(sms: SandboxWorld, code: str, outcome: Outcome) -> None:
    sms.sandbox.set_modes(Mode(provider="sms", mode="refused", code=code))

    assert sms.provider.send(deliveries(sms)) == [outcome]


def test_a_phone_that_opted_out_keeps_its_place_in_the_directory(sms: SandboxWorld) -> None:
    (delivery,) = deliveries(sms)
    sms.sandbox.set_identities(opted_out_numbers=[delivery.address])

    assert sms.provider.send([delivery]) == [NeverRetry("opted_out", address_is_dead=False)]


def test_a_phone_gets_the_text_from_its_lanes_number(sms: SandboxWorld) -> None:
    (delivery,) = deliveries(sms)
    sms.provider.send([delivery])

    (received,) = sms.sandbox.phone(delivery.address).received
    assert (received.sender, received.body) == ("pool-stat", "Open the app.")
    assert received.data["statline_delivery"] == delivery.key.id


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("LimitExceededException", RetryLater("limit_exceeded")),
        ("DestinationNotAllowedException", NeverRetry("destination_not_allowed")),
        ("OutboundContactNotPermittedException", NeverRetry("not_permitted")),
        ("InvalidParameterException", NeverRetry("invalid_request")),
        ("ResourceNotFoundException", RetryLater("resource_not_found")),
        ("InternalServiceException", Unknown("internal")),
    ],
)
def test_a_refused_call_means_what_the_table_says(connect: SandboxWorld, code: str, outcome: Outcome) -> None:
    connect.sandbox.set_modes(Mode(provider="connect", mode="refused", code=code))

    assert connect.provider.send(deliveries(connect)) == [outcome]


def test_a_call_whose_answer_was_lost_rings_once_and_is_found_again(connect: SandboxWorld) -> None:
    (delivery,) = deliveries(connect)
    connect.trouble(Trouble.DROPPED_AFTER)
    connect.provider.send([delivery])
    connect.sandbox.clear_modes()

    (again,) = connect.provider.send([delivery])

    (received,) = connect.sandbox.phone(delivery.address).received
    assert again == Accepted(received.provider_id)
    assert received.data["statline_text"] == "Open the app."


def rehearsal(world: SandboxWorld) -> Delivery:
    (delivery,) = deliveries(world)
    return delivery.model_copy(update={"rehearsed": True})


def test_a_rehearsed_push_is_checked_by_fcm_and_shows_nowhere(fcm: SandboxWorld) -> None:
    delivery = rehearsal(fcm)

    (outcome,) = fcm.provider.send([delivery])

    assert isinstance(outcome, Accepted)
    assert fcm.calls_for(delivery) == 1
    assert fcm.sandbox.phone_ids() == []


def test_a_rehearsed_push_to_a_token_that_is_none_is_refused_like_a_real_one(fcm: SandboxWorld) -> None:
    delivery = rehearsal(fcm).model_copy(update={"address": "no token at all"})

    assert fcm.provider.send([delivery]) == [NeverRetry("invalid_token", address_is_dead=True)]


def test_a_rehearsed_text_is_checked_by_the_service_and_reaches_no_phone(sms: SandboxWorld) -> None:
    delivery = rehearsal(sms)

    (outcome,) = sms.provider.send([delivery])

    assert isinstance(outcome, Accepted)
    assert sms.calls_for(delivery) == 1
    assert sms.sandbox.phone_ids() == []


def test_a_rehearsed_text_to_a_phone_that_opted_out_is_refused_like_a_real_one(sms: SandboxWorld) -> None:
    delivery = rehearsal(sms)
    sms.sandbox.set_identities(opted_out_numbers=[delivery.address])

    assert sms.provider.send([delivery]) == [NeverRetry("opted_out")]


def test_a_rehearsed_call_is_not_placed(connect: SandboxWorld) -> None:
    delivery = rehearsal(connect)

    assert connect.provider.send([delivery]) == [Accepted("rehearsed")]
    assert connect.calls_for(delivery) == 0
