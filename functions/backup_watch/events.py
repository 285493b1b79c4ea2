"""What EventBridge hands over: the clock, RDS's own events, and calls that CloudTrail recorded."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from functions.backup_watch.snapshots import snapshot_key
from functions.backup_watch.watch import Note


class DetailType(StrEnum):
    """EventBridge's words for the kinds of events that the rules choose."""

    CLOCK = "Scheduled Event"
    CALL = "AWS API Call via CloudTrail"
    SNAPSHOT = "RDS DB Snapshot Event"
    INSTANCE = "RDS DB Instance Event"


def note_of(detail: Mapping[str, Any]) -> Note | None:
    """What an event of RDS about a snapshot says; RDS's messages name things and say what RDS does."""
    name, message = detail.get("SourceIdentifier", ""), detail.get("Message", "")
    if not name or not message:
        return None
    event = detail.get("EventID", "")
    return Note(snapshot_key(name), f"{message.rstrip('.')} ({event})" if event else message)
