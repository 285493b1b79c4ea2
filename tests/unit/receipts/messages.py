"""Messages of the receipts queue, shaped as the providers document them."""

import json
from typing import Any

from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.receipts.callbacks import KeyPress
from statline.contract.words import Channel
from tests.fakes.clock import NOON

APP, SERVICE = "AROAAPPBACKEND", "AIDASERVICEOFAWS"
NOON_MILLIS = int(NOON.timestamp() * 1000)


def names_of(delivery: Delivery) -> dict[str, str]:
    """What a text's context and a call's attributes say of their delivery."""
    return {
        "statline_delivery": delivery.key.id,
        "statline_tenant": delivery.key.tenant,
        "statline_notification": delivery.key.notification,
        "statline_recipient": delivery.key.recipient,
        "statline_endpoint": delivery.key.endpoint,
    }


def by_sns(message: dict[str, Any]) -> str:
    return json.dumps(
        {
            "Type": "Notification",
            "MessageId": "4f0a7b52-6d5e-5f6a-9c0a-2d1a4f1f3b11",
            "TopicArn": "arn:aws:sns:ca-central-1:111122223333:statline-sms-events",
            "Message": json.dumps(message),
            "Timestamp": "2026-01-10T12:00:02.345Z",
            "SignatureVersion": "1",
        }
    )


def a_text_event(delivery: Delivery, kind: str, message_id: str = "p-1", **changes: Any) -> str:
    """docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-format.html"""
    event = {
        "eventType": kind,
        "eventVersion": "1.0",
        "eventTimestamp": NOON_MILLIS + 2_000,
        "isFinal": True,
        "originationPhoneNumber": "+12065550152",
        "destinationPhoneNumber": delivery.address,
        "isoCountryCode": "CA",
        "messageId": message_id,
        "messageRequestTimestamp": NOON_MILLIS,
        "messageEncoding": "GSM",
        "messageType": "TRANSACTIONAL",
        "messageStatus": kind.partition("_")[2],
        "messageStatusDescription": "...",
        "context": names_of(delivery),
        "totalMessageParts": 1,
    }
    return by_sns(event | changes)


def a_text_in(body: str, sender: str, line: str = "+12125550101") -> str:
    """docs.aws.amazon.com/sms-voice/latest/userguide/two-way-sms-payload.html"""
    return by_sns(
        {
            "originationNumber": sender,
            "destinationNumber": line,
            "messageKeyword": "KEYWORD_111122223333",
            "messageBody": body,
            "inboundMessageId": "cae173d2-66b9-564c-8309-21f858e9fb84",
            "previousPublishedMessageId": "wJalrXUtnFEMI",
        }
    )


def a_contact_event(kind: str, contact: str = "p-1", *, answered: bool = False, **changes: Any) -> str:
    """docs.aws.amazon.com/connect/latest/adminguide/contact-events.html"""
    detail = {
        "eventType": kind,
        "contactId": contact,
        "initialContactId": contact,
        "channel": "VOICE",
        "instanceArn": "arn:aws:connect:ca-central-1:111122223333:instance/7f0b3c52-9d1e-4f57-8f0c-0c3a3f0f2b11",
        "initiationMethod": "API",
        "initiationTimestamp": "2026-01-10T12:00:00.000Z",
        **({"connectedToSystemTimestamp": "2026-01-10T12:00:01.000Z"} if answered else {}),
    }
    return json.dumps(
        {
            "version": "0",
            "id": "abcabcab-abca-abca-abca-abcabcabcabc",
            "detail-type": "Amazon Connect Contact Event",
            "source": "aws.connect",
            "account": "111122223333",
            "time": "2026-01-10T12:00:02Z",
            "region": "ca-central-1",
            "resources": ["arn"],
            "detail": detail | changes,
        }
    )


def a_twilio_status(delivery: Delivery, status: str, message_id: str = "p-1", error_code: str = "") -> str:
    return json.dumps(
        {
            "version": 1,
            "source": "twilio",
            "kind": "status",
            "key": delivery.key.model_dump(mode="json"),
            "message_id": message_id,
            "status": status,
            "error_code": error_code,
            "at": "2026-01-10T12:00:02+00:00",
        }
    )


def a_key_press(delivery: Delivery, contact: str = "p-1") -> str:
    """As the keypad puts it on the queue."""
    return KeyPress(key=delivery.key, contact=contact, at=NOON).model_dump_json()


def a_twilio_text(body: str, sender: str, line: str = "+12125550101") -> str:
    return json.dumps(
        {
            "version": 1,
            "source": "twilio",
            "kind": "text",
            "message_id": "SM0123",
            "sender": sender,
            "line": line,
            "body": body,
            "at": "2026-01-10T12:00:02+00:00",
        }
    )


def an_app_receipt(delivery: Delivery, state: str = "DELIVERED", **changes: Any) -> str:
    assert delivery.key.channel is Channel.PUSH
    word = {
        "version": 1,
        "kind": "receipt",
        "tenant": delivery.key.tenant,
        "notification": delivery.key.notification,
        "user": delivery.key.recipient,
        "device": delivery.key.endpoint,
        "state": state,
        "at": "2026-01-10T12:00:02+00:00",
    }
    return json.dumps(word | changes)


def an_app_answer(user: str, answer: str = "accept", **changes: Any) -> str:
    word = {
        "version": 1,
        "kind": "answer",
        "tenant": "northshore",
        "notification": "code-1",
        "user": user,
        "answer": answer,
        "at": "2026-01-10T12:00:02+00:00",
    }
    return json.dumps(word | changes)


def queued(body: str, sender: str = SERVICE, message_id: str = "m-1") -> dict[str, Any]:
    """One record of a batch, as Lambda gets it."""
    return {
        "messageId": message_id,
        "receiptHandle": f"handle-{message_id}",
        "body": body,
        "attributes": {"SenderId": f"{sender}:some-session", "ApproximateReceiveCount": "1"},
        "eventSourceARN": "arn:aws:sqs:ca-central-1:111122223333:statline-receipts",
    }
