"""What a producer written in Python needs: build a notification, check it, send it, and see what was not taken.

from statline.client import StatlineClient, new_notification, user

client = StatlineClient("ca-central-1")
report = client.send([new_notification(tenant="northshore", to=[user("u-demo")], title="Bed 12 is ready")])
report.raise_for_failures()
"""

from statline.client.building import new_notification, pager, team, user
from statline.client.checking import parse, refuse_cut_sms
from statline.client.directory import DirectoryClient
from statline.client.errors import (
    AwsError,
    ClientError,
    InvalidNotificationError,
    NotSentError,
    QueueNotFoundError,
    TooLargeError,
    WouldBeCutError,
)
from statline.client.reports import NotSent, SendReport, Sent
from statline.client.sending import StatlineClient

__all__ = [
    "AwsError",
    "ClientError",
    "DirectoryClient",
    "InvalidNotificationError",
    "NotSent",
    "NotSentError",
    "QueueNotFoundError",
    "SendReport",
    "Sent",
    "StatlineClient",
    "TooLargeError",
    "WouldBeCutError",
    "new_notification",
    "pager",
    "parse",
    "refuse_cut_sms",
    "team",
    "user",
]
