import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client

from local.sandbox.modes import Match, Mode
from tests.integration.sandbox.aws_clients import quotas_of, send_raw, sms_client
from tests.integration.sandbox.conftest import NUMBER, RunningSandbox

STAT_POOL = "pool-1a2b3c4d5e6f708192a3b4c5d6e7f809"


@pytest.fixture
def sms(sandbox: RunningSandbox) -> PinpointSMSVoiceV2Client:
    return sms_client(sandbox.url)


def message(**more: Any) -> Any:
    return {
        "DestinationPhoneNumber": NUMBER,
        "OriginationIdentity": STAT_POOL,
        "MessageBody": "Code team: open Statline",
        "MessageType": "TRANSACTIONAL",
        "TimeToLive": 60,
        "Context": {"statline_delivery": "d-1"},
        **more,
    }


def refusal(send: Callable[[], object]) -> dict[str, Any]:
    with pytest.raises(ClientError) as raised:
        send()
    return dict(raised.value.response)


def test_a_text_message_reaches_the_phone(sandbox: RunningSandbox, sms: PinpointSMSVoiceV2Client) -> None:
    message_id = sms.send_text_message(**message())["MessageId"]

    [received] = sandbox.client.phone(NUMBER).received
    assert (received.channel, received.sender) == ("sms", STAT_POOL)
    assert (received.body, received.message_id) == ("Code team: open Statline", "d-1")
    assert received.provider_id == message_id


def test_a_number_without_its_plus_is_the_same_phone(sandbox: RunningSandbox, sms: PinpointSMSVoiceV2Client) -> None:
    sms.send_text_message(**message(DestinationPhoneNumber=NUMBER.removeprefix("+")))

    assert sandbox.client.phone_ids() == [NUMBER]


def test_a_voice_message_is_spoken_to_the_phone(sandbox: RunningSandbox, sms: PinpointSMSVoiceV2Client) -> None:
    sms.send_voice_message(DestinationPhoneNumber=NUMBER, OriginationIdentity="+14165550100", MessageBody="Code blue")

    [received] = sandbox.client.phone(NUMBER).received
    assert (received.channel, received.body) == ("voice", "Code blue")


def test_the_call_log_has_region_and_message_id(sandbox: RunningSandbox) -> None:
    message_id = sms_client(sandbox.url, "us-east-1").send_text_message(**message())["MessageId"]

    logged = json.loads(sandbox.call_lines[-1])
    assert logged["provider"] == "sms"
    assert (logged["operation"], logged["region"]) == ("SendTextMessage", "us-east-1")
    assert (logged["destination"], logged["message_id"]) == (NUMBER, "d-1")
    assert (logged["outcome"], logged["rang"], logged["provider_id"]) == ("accepted", True, message_id)


def test_two_sends_of_one_delivery_are_two_rings_in_the_log(
    sandbox: RunningSandbox, sms: PinpointSMSVoiceV2Client
) -> None:
    for _ in range(2):
        sms.send_text_message(**message())

    assert [call.message_id for call in sandbox.client.calls() if call.rang] == ["d-1", "d-1"]


def test_a_dry_run_rings_nowhere(sandbox: RunningSandbox, sms: PinpointSMSVoiceV2Client) -> None:
    assert sms.send_text_message(**message(DryRun=True))["MessageId"]
    assert sandbox.client.phone_ids() == []


BAD_INPUT: dict[str, tuple[dict[str, Any], str]] = {
    "no destination": ({"DestinationPhoneNumber": None}, "DestinationPhoneNumber"),
    "no text": ({"MessageBody": None}, "MessageBody"),
    "a destination with letters": ({"DestinationPhoneNumber": "+1416CALLME"}, "DestinationPhoneNumber"),
    "a text of more than 1600 characters": ({"MessageBody": "x" * 1_601}, "MessageBody"),
    "a blank text": ({"MessageBody": "  "}, "MessageBody"),
    "a text that is no string": ({"MessageBody": 5}, "MessageBody"),
    "an unknown type": ({"MessageType": "STAT"}, "MessageType"),
    "a short time to live": ({"TimeToLive": 4}, "TimeToLive"),
    "a long time to live": ({"TimeToLive": 259_201}, "TimeToLive"),
    "a context of six": ({"Context": {f"k{n}": "v" for n in range(6)}}, "Context"),
    "a context key with a space": ({"Context": {"a key": "v"}}, "Context key"),
    "a context value that begins blank": ({"Context": {"key": " v"}}, "Context.key"),
}


@pytest.mark.parametrize("case", BAD_INPUT)
def test_input_that_the_model_forbids_is_refused_by_field(sandbox: RunningSandbox, case: str) -> None:
    change, field = BAD_INPUT[case]

    answer = send_raw(sandbox.url, message(**change), "SendTextMessage")

    error = answer.json()
    assert answer.status == 400
    assert error["__type"].endswith("#ValidationException")
    assert [problem["Name"] for problem in error["Fields"]] == [field]
    assert sandbox.client.phone_ids() == []


def test_the_library_reads_the_validation_error(sms: PinpointSMSVoiceV2Client) -> None:
    response = refusal(lambda: sms.send_text_message(**message(TimeToLive=1)))

    assert response["Error"]["Code"] == "ValidationException"
    assert response["Reason"] == "FIELD_VALIDATION_FAILED"
    assert response["Fields"][0]["Name"] == "TimeToLive"


def test_a_text_of_1600_characters_goes_through(sms: PinpointSMSVoiceV2Client) -> None:
    assert sms.send_text_message(**message(MessageBody="x" * 1_600))["MessageId"]


@pytest.mark.parametrize("identity", ["+1", "name-of-ward-4b", "arn:aws:sms-voice:us-east-1:111122223333:pool/pool-1"])
def test_an_origination_identity_that_cannot_exist_here_is_not_found(
    sms: PinpointSMSVoiceV2Client, identity: str
) -> None:
    response = refusal(lambda: sms.send_text_message(**message(OriginationIdentity=identity)))

    assert response["Error"]["Code"] == "ResourceNotFoundException"
    assert response["ResourceId"] == identity


def test_a_strict_list_knows_only_its_own_identities(sandbox: RunningSandbox, sms: PinpointSMSVoiceV2Client) -> None:
    sandbox.client.set_identities(origination_identities=[STAT_POOL], configuration_sets=["statline"])

    assert sms.send_text_message(**message(ConfigurationSetName="statline"))["MessageId"]
    for change in ({"OriginationIdentity": "pool-other"}, {"ConfigurationSetName": "other"}):
        response = refusal(lambda change=change: sms.send_text_message(**message(**change)))  # type: ignore[misc]
        assert response["Error"]["Code"] == "ResourceNotFoundException"


def test_an_opted_out_phone_is_a_conflict(sandbox: RunningSandbox, sms: PinpointSMSVoiceV2Client) -> None:
    sandbox.client.set_identities(opted_out_numbers=[NUMBER])

    response = refusal(lambda: sms.send_text_message(**message()))

    assert response["Error"]["Code"] == "ConflictException"
    assert response["Reason"] == "DESTINATION_PHONE_NUMBER_OPTED_OUT"
    assert sandbox.client.calls()[-1].code == "ConflictException/DESTINATION_PHONE_NUMBER_OPTED_OUT"


@pytest.mark.parametrize(
    ("mode", "code", "status"),
    [
        (Mode(provider="sms", mode="throttled"), "ThrottlingException", 400),
        (Mode(provider="sms", mode="error500"), "InternalServerException", 500),
        (Mode(provider="sms", mode="error503"), "ServiceUnavailableException", 503),
        (Mode(provider="sms", mode="opted_out"), "ConflictException", 400),
        (
            Mode(
                provider="sms",
                mode="refused",
                code="ServiceQuotaExceededException/MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT",
            ),
            "ServiceQuotaExceededException",
            400,
        ),
    ],
)
def test_a_failure_mode_shows_as_the_services_own_error(
    sandbox: RunningSandbox, sms: PinpointSMSVoiceV2Client, mode: Mode, code: str, status: int
) -> None:
    sandbox.client.set_modes(mode)

    response = refusal(lambda: sms.send_text_message(**message()))

    assert response["Error"]["Code"] == code
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert sandbox.client.phone_ids() == []


@pytest.mark.parametrize(("mode", "rings"), [("dropped_before", False), ("dropped_after", True)])
def test_a_dropped_answer_is_a_closed_connection(
    sandbox: RunningSandbox, sms: PinpointSMSVoiceV2Client, mode: Any, rings: bool
) -> None:
    sandbox.client.set_modes(Mode(provider="sms", mode=mode, times=1))

    with pytest.raises(ConnectionClosedError):
        sms.send_text_message(**message())

    assert sandbox.client.calls()[-1].rang is rings
    assert (sandbox.client.phone_ids() == [NUMBER]) is rings


def test_a_mode_for_one_region_spares_the_other(sandbox: RunningSandbox, sms: PinpointSMSVoiceV2Client) -> None:
    sandbox.client.set_modes(Mode(provider="sms", mode="error500", match=Match(region="us-east-1")))

    assert sms.send_text_message(**message())["MessageId"]
    refusal(lambda: sms_client(sandbox.url, "us-east-1").send_text_message(**message()))


@pytest.mark.parametrize(
    ("service", "code", "status"),
    [(None, "MissingAuthenticationTokenException", 403), ("sns", "InvalidSignatureException", 403)],
)
def test_a_request_that_is_not_signed_for_the_service_is_refused(
    sandbox: RunningSandbox, service: str | None, code: str, status: int
) -> None:
    answer = send_raw(sandbox.url, message(), "SendTextMessage", service)

    assert (answer.status, answer.json()["__type"].partition("#")[2]) == (status, code)
    assert sandbox.client.calls()[-1].outcome == "refused"
    assert sandbox.client.phone_ids() == []


@pytest.mark.parametrize(
    ("operation", "body", "code"),
    [
        ("DeletePhoneNumber", b"{}", "UnknownOperationException"),
        ("SendTextMessage", b"{", "SerializationException"),
        ("SendTextMessage", b"[]", "ValidationException"),
    ],
)
def test_what_is_no_request_is_refused(sandbox: RunningSandbox, operation: str, body: bytes, code: str) -> None:
    answer = send_raw(sandbox.url, body, operation)

    assert answer.json()["__type"].partition("#")[2] == code


def test_a_preflight_reads_limits_numbers_and_opted_out_phones(
    sandbox: RunningSandbox, sms: PinpointSMSVoiceV2Client
) -> None:
    sandbox.client.set_account(tier="SANDBOX", text_spend_limit=1)
    sandbox.client.set_identities(
        origination_identities=[STAT_POOL, "+14165550100"], configuration_sets=["statline"], opted_out_numbers=[NUMBER]
    )

    limits = {limit["Name"]: limit["EnforcedLimit"] for limit in sms.describe_spend_limits()["SpendLimits"]}
    assert limits["TEXT_MESSAGE_MONTHLY_SPEND_LIMIT"] == 1
    assert sms.describe_account_attributes()["AccountAttributes"] == [{"Name": "ACCOUNT_TIER", "Value": "SANDBOX"}]
    assert {limit["Name"] for limit in sms.describe_account_limits()["AccountLimits"]} >= {"PHONE_NUMBERS", "POOLS"}
    assert [number["PhoneNumber"] for number in sms.describe_phone_numbers()["PhoneNumbers"]] == ["+14165550100"]
    assert sms.describe_pools(PoolIds=[STAT_POOL])["Pools"][0]["Status"] == "ACTIVE"
    assert sms.describe_configuration_sets()["ConfigurationSets"][0]["ConfigurationSetName"] == "statline"
    opted_out = sms.describe_opted_out_numbers(OptOutListName="Default")["OptedOutNumbers"]
    assert [number["OptedOutNumber"] for number in opted_out] == [NUMBER]


@pytest.mark.parametrize("operation", ["list_aws_default_service_quotas", "list_service_quotas"])
def test_a_preflight_reads_the_quotas_of_a_service(sandbox: RunningSandbox, operation: str) -> None:
    sandbox.client.set_account(service_quotas={"connect": {"Concurrent active calls per instance": 10}})

    assert quotas_of(sandbox.url, "connect", operation) == {"Concurrent active calls per instance": 10}
    response = refusal(lambda: quotas_of(sandbox.url, "lambda", operation))
    assert response["Error"]["Code"] == "NoSuchResourceException"
