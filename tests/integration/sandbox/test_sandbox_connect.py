from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from mypy_boto3_connect import ConnectClient

from local.sandbox.modes import Mode
from tests.integration.sandbox.aws_clients import connect_client, send_raw
from tests.integration.sandbox.conftest import NUMBER, RunningSandbox

INSTANCE = "0f1e2d3c-4b5a-4968-8776-655443322110"
FLOW = "846ec553-a005-41c0-8341-000000000001"


@pytest.fixture
def connect(sandbox: RunningSandbox) -> ConnectClient:
    return connect_client(sandbox.url)


def call(**more: Any) -> Any:
    return {
        "DestinationPhoneNumber": NUMBER,
        "ContactFlowId": FLOW,
        "InstanceId": INSTANCE,
        "SourcePhoneNumber": "+14165550100",
        "ClientToken": "d-1",
        "Attributes": {"statline_delivery": "d-1", "speech": "Code blue, 4B"},
        **more,
    }


def without(name: str) -> Any:
    return {member: value for member, value in call().items() if member != name}


def refusal(send: Callable[[], object]) -> dict[str, Any]:
    with pytest.raises(ClientError) as raised:
        send()
    return dict(raised.value.response)


def test_a_call_rings_the_phone(sandbox: RunningSandbox, connect: ConnectClient) -> None:
    contact = connect.start_outbound_voice_contact(**call())["ContactId"]

    [received] = sandbox.client.phone(NUMBER).received
    assert (received.channel, received.sender, received.message_id) == ("voice", "+14165550100", "d-1")
    assert received.data["speech"] == "Code blue, 4B"
    logged = sandbox.client.calls()[-1]
    assert (logged.provider, logged.operation, logged.region) == (
        "connect",
        "StartOutboundVoiceContact",
        "ca-central-1",
    )
    assert (logged.client_token, logged.provider_id, logged.rang) == ("d-1", contact, True)


def test_one_client_token_rings_once(sandbox: RunningSandbox, connect: ConnectClient) -> None:
    contacts = {connect.start_outbound_voice_contact(**call())["ContactId"] for _ in range(3)}

    assert len(contacts) == 1
    assert len(sandbox.client.phone(NUMBER).received) == 1
    assert [call.rang for call in sandbox.client.calls()] == [True, False, False]


def test_a_client_token_belongs_to_its_region(sandbox: RunningSandbox, connect: ConnectClient) -> None:
    connect.start_outbound_voice_contact(**call())
    connect_client(sandbox.url, "us-east-1").start_outbound_voice_contact(**call())

    assert len(sandbox.client.phone(NUMBER).received) == 2


def test_a_retry_after_a_lost_answer_gets_the_contact_that_rang(
    sandbox: RunningSandbox, connect: ConnectClient
) -> None:
    sandbox.client.set_modes(Mode(provider="connect", mode="dropped_after", times=1))
    with pytest.raises(ConnectionClosedError):
        connect.start_outbound_voice_contact(**call())

    contact = connect.start_outbound_voice_contact(**call())["ContactId"]

    assert [received.provider_id for received in sandbox.client.phone(NUMBER).received] == [contact]


def test_a_retry_after_a_call_that_was_never_made_rings(sandbox: RunningSandbox, connect: ConnectClient) -> None:
    sandbox.client.set_modes(Mode(provider="connect", mode="dropped_before", times=1))
    with pytest.raises(ConnectionClosedError):
        connect.start_outbound_voice_contact(**call())
    assert sandbox.client.phone_ids() == []

    connect.start_outbound_voice_contact(**call())

    assert len(sandbox.client.phone(NUMBER).received) == 1


def test_a_client_token_outlives_a_restart_of_the_sandbox(own_sandbox: Callable[[], RunningSandbox]) -> None:
    contact = connect_client(own_sandbox().url).start_outbound_voice_contact(**call())["ContactId"]

    restarted = own_sandbox()

    assert connect_client(restarted.url).start_outbound_voice_contact(**call())["ContactId"] == contact
    assert [(call.seq, call.rang) for call in restarted.client.calls()] == [(1, True), (2, False)]


def test_a_ringing_call_can_be_stopped_once(sandbox: RunningSandbox, connect: ConnectClient) -> None:
    contact = connect.start_outbound_voice_contact(**call())["ContactId"]

    connect.stop_contact(ContactId=contact, InstanceId=INSTANCE)

    logged = sandbox.client.calls()[-1]
    assert (logged.operation, logged.destination, logged.message_id) == ("StopContact", NUMBER, "d-1")
    again = refusal(lambda: connect.stop_contact(ContactId=contact, InstanceId=INSTANCE))
    assert again["Error"]["Code"] == "ContactNotFoundException"
    assert again["ResponseMetadata"]["HTTPStatusCode"] == 410


BAD_INPUT: dict[str, tuple[dict[str, Any], str]] = {
    "no flow": (without("ContactFlowId"), "InvalidRequestException"),
    "no caller": (without("SourcePhoneNumber"), "InvalidRequestException"),
    "a number of the wrong type": (call(DestinationPhoneNumber=1), "InvalidRequestException"),
    "a number without its plus": (call(DestinationPhoneNumber="14165550101"), "InvalidParameterException"),
    "a caller that is no number": (call(SourcePhoneNumber="ward"), "InvalidParameterException"),
    "a long client token": (call(ClientToken="x" * 501), "InvalidParameterException"),
    "a short ring": (call(RingTimeoutInSeconds=5), "InvalidParameterException"),
    "an attribute key with a dot": (call(Attributes={"a.b": "c"}), "InvalidParameterException"),
    "too much in the attributes": (
        call(Attributes={"a": "x" * 20_000, "b": "x" * 20_000}),
        "InvalidParameterException",
    ),
}


@pytest.mark.parametrize("case", BAD_INPUT)
def test_input_that_connect_forbids_is_refused(sandbox: RunningSandbox, case: str) -> None:
    body, code = BAD_INPUT[case]

    answer = send_raw(f"{sandbox.url}/contact/outbound-voice", body, "", "connect", method="PUT")

    assert (answer.status, answer.headers["x-amzn-errortype"]) == (400, code)
    assert sandbox.client.phone_ids() == []


def test_an_unsigned_call_is_refused(sandbox: RunningSandbox) -> None:
    answer = send_raw(f"{sandbox.url}/contact/outbound-voice", call(), "", None, method="PUT")

    assert (answer.status, answer.headers["x-amzn-errortype"]) == (403, "MissingAuthenticationTokenException")


@pytest.mark.parametrize(
    ("lists", "code", "status"),
    [
        ({"connect_instances": ["other"]}, "ResourceNotFoundException", 404),
        ({"connect_contact_flows": ["other"]}, "ResourceNotFoundException", 404),
        ({"connect_source_numbers": ["+14165550199"]}, "OutboundContactNotPermittedException", 403),
        ({"disallowed_destinations": ["+1416"]}, "DestinationNotAllowedException", 403),
    ],
)
def test_what_the_instance_does_not_know_or_allow_is_refused(
    sandbox: RunningSandbox, connect: ConnectClient, lists: dict[str, list[str]], code: str, status: int
) -> None:
    sandbox.client.set_identities(**lists)

    response = refusal(lambda: connect.start_outbound_voice_contact(**call()))

    assert response["Error"]["Code"] == code
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert sandbox.client.calls()[-1].code == code


@pytest.mark.parametrize(
    ("mode", "code", "status"),
    [
        (Mode(provider="connect", mode="throttled"), "ThrottlingException", 429),
        (Mode(provider="connect", mode="error500"), "InternalServiceException", 500),
        (Mode(provider="connect", mode="error503"), "ServiceUnavailableException", 503),
        (Mode(provider="connect", mode="refused", code="LimitExceededException"), "LimitExceededException", 429),
    ],
)
def test_a_failure_mode_shows_as_connects_own_error(
    sandbox: RunningSandbox, connect: ConnectClient, mode: Mode, code: str, status: int
) -> None:
    sandbox.client.set_modes(mode)

    response = refusal(lambda: connect.start_outbound_voice_contact(**call()))

    assert response["Error"]["Code"] == code
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert sandbox.client.phone_ids() == []


def test_a_preflight_reads_the_instance_and_its_numbers(sandbox: RunningSandbox, connect: ConnectClient) -> None:
    sandbox.client.set_identities(connect_instances=[INSTANCE], connect_source_numbers=["+14165550100"])

    assert connect.describe_instance(InstanceId=INSTANCE)["Instance"]["OutboundCallsEnabled"]
    numbers = connect.list_phone_numbers_v2(InstanceId=INSTANCE)["ListPhoneNumbersSummaryList"]
    assert [number["PhoneNumber"] for number in numbers] == ["+14165550100"]
    missing = refusal(lambda: connect.describe_instance(InstanceId="other"))
    assert missing["Error"]["Code"] == "ResourceNotFoundException"
