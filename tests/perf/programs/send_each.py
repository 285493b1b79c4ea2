"""A batch by firebase-admin's own `messaging.send_each`: the calls alone, without claim, record and log.

The access token is a given one, so that nothing asks Google for another.
"""

import json
import os
from functools import cache
from typing import Any

import firebase_admin  # type: ignore[import-untyped] # ships no types
from firebase_admin import credentials, messaging
from google.oauth2.credentials import Credentials


class _Given(credentials.Base):  # type: ignore[misc] # untyped base
    def get_credential(self) -> Credentials:
        return Credentials(token="bench")  # type: ignore[no-untyped-call] # google-auth is half typed


@cache
def wire() -> Any:
    """The app, with FCM's address set to the stub's."""
    messaging._MessagingService.FCM_URL = os.environ["FCM_ENDPOINT"] + "/v1/projects/{0}/messages:send"
    return firebase_admin.initialize_app(_Given(), {"projectId": "bench"})


def handle(event: dict[str, Any], _context: object) -> dict[str, list[str]]:
    """Send a batch."""
    report = messaging.send_each([_message(json.loads(record["body"])) for record in event["Records"]], app=wire())
    return {"batchItemFailures": [str(answer.exception) for answer in report.responses if not answer.success]}


def _message(delivery: dict[str, Any]) -> Any:
    screen = delivery["screen"]
    message = messaging.Message(
        notification=messaging.Notification(title=screen["title"], body=screen["body"]),
        data={"kind": delivery["kind"], "priority": delivery["priority"]},
        android=messaging.AndroidConfig(priority="high", ttl=3600),
    )
    message.token = delivery["address"]
    return message
