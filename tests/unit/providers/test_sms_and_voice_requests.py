from datetime import timedelta
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from functions.core.domain.delivering.delivery import Screen
from functions.sms.end_user_messaging import text_message
from functions.voice.connect import voice_contact
from statline.contract.words import Channel, Priority
from tests.fakes.channel_settings import SMS, VOICE
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery


def faults(service: str, operation: str, request: Any) -> str:
    """What AWS's own model has against a request."""
    model: Any = botocore.session.get_session().get_service_model(service).operation_model(operation)
    report: str = ParamValidator().validate(request, model.input_shape).generate_report()
    return report


def test_a_text_is_the_whole_request_that_aws_is_to_get() -> None:
    delivery = a_delivery(Channel.SMS, Priority.STAT, screen=Screen(title="Urgent page", body="Urgent page\nCall 4471"))

    request = text_message(delivery, SMS, NOON)

    assert request == {
        "DestinationPhoneNumber": "+14165550123",
        "OriginationIdentity": "pool-stat",
        "ConfigurationSetName": "statline",
        "MessageType": "TRANSACTIONAL",
        "MessageBody": "Urgent page\nCall 4471",
        "TimeToLive": 3600,
        "Context": {
            "statline_delivery": delivery.key.id,
            "statline_tenant": "northshore",
            "statline_notification": "n-1",
            "statline_recipient": "u-17",
            "statline_endpoint": "e-1",
        },
    }
    assert faults("pinpoint-sms-voice-v2", "SendTextMessage", request) == ""


@pytest.mark.parametrize(
    ("left", "seconds"),
    [
        (timedelta(days=9), 259_200),
        (timedelta(seconds=90.9), 90),
        (timedelta(seconds=1), 5),
        (timedelta(seconds=-1), 5),
    ],
)
def test_a_text_lives_as_long_as_it_is_good_for_within_what_aws_takes(left: timedelta, seconds: int) -> None:
    request = text_message(a_delivery(Channel.SMS, expires_at=NOON + left), SMS, NOON)

    assert request.get("TimeToLive") == seconds
    assert faults("pinpoint-sms-voice-v2", "SendTextMessage", request) == ""


@pytest.mark.parametrize("priority", Priority)
def test_each_lane_sends_from_its_own_number(priority: Priority) -> None:
    text = text_message(a_delivery(Channel.SMS, priority), SMS, NOON)
    call = voice_contact(a_delivery(Channel.VOICE, priority), VOICE)

    assert text.get("OriginationIdentity") == SMS.originations[priority]
    assert call.get("SourcePhoneNumber") == VOICE.source_numbers[priority]


def test_a_call_is_the_whole_request_that_aws_is_to_get() -> None:
    delivery = a_delivery(
        Channel.VOICE, Priority.STAT, screen=Screen(title="Code", body="This is Statline. Code blue.")
    )

    request = voice_contact(delivery, VOICE)

    assert request == {
        "InstanceId": "7f0b3c52-9d1e-4f57-8f0c-0c3a3f0f2b11",
        "ContactFlowId": "1c2d3e4f-0a1b-4c5d-8e9f-112233445566",
        "SourcePhoneNumber": "+14165550001",
        "DestinationPhoneNumber": "+14165550123",
        "ClientToken": delivery.key.id,
        "TrafficType": "GENERAL",
        "Attributes": {
            "statline_text": "This is Statline. Code blue.",
            "statline_asks": "no",
            "statline_delivery": delivery.key.id,
            "statline_tenant": "northshore",
            "statline_notification": "n-1",
            "statline_recipient": "u-17",
            "statline_endpoint": "e-1",
        },
    }
    assert faults("connect", "StartOutboundVoiceContact", request) == ""


def test_a_call_waits_for_a_key_only_where_somebody_is_to_answer_for_a_role() -> None:
    asks = [voice_contact(a_delivery(Channel.VOICE, roles=roles), VOICE) for roles in ((), ("leader",))]
    assert [call.get("Attributes", {})["statline_asks"] for call in asks] == ["no", "yes"]
