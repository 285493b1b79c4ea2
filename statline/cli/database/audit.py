"""The record of who ended which session: an intent before, a result after, in the table of backups or in a file.

pk ``AUDIT``, sk ``<moment>#<id>``. The two entries of one session have one id. An intent without a result means that
the command was stopped in between: look whether the session is still there.
"""

import getpass
import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.adapters.aws.dynamodb_values import Value, to_item
from statline.cli.database.model import Ending, Session

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "statline-backups"
AUDIT = "AUDIT"


class Phase(StrEnum):
    """Before the act, and after it."""

    INTENT = "intent"
    RESULT = "result"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does it and why. caller: the ARN behind the credentials. user, machine: of the operating system."""

    caller: str
    user: str
    machine: str
    reason: str
    primary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the record. ending, words: of a result only."""

    id: str
    phase: Phase
    at: datetime
    actor: Actor
    session: Session
    ending: Ending | None = None
    words: str = ""


class NotRecordedError(Exception):
    """The entry could not be kept; the message says where and why."""


class Record(Protocol):
    """Where entries are kept."""

    def write(self, entry: Entry) -> None:
        """Keep an entry for good. Raises `NotRecordedError`."""
        ...


class TableRecord:
    """The record in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str = TABLE) -> None:
        self._client = client
        self._table = table

    def write(self, entry: Entry) -> None:
        """See `Record.write`. An entry is never written over."""
        key = {"pk": AUDIT, "sk": f"{entry.at.isoformat(timespec='microseconds')}#{entry.id}"}
        try:
            self._client.put_item(
                TableName=self._table,
                Item=to_item({**key, **values_of(entry)}),
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError as cause:
            code = cause.response["Error"]["Code"]
            raise NotRecordedError(f"the table {self._table} refused the audit record ({code})") from cause
        except BotoCoreError as cause:
            raise NotRecordedError(f"the table {self._table} did not answer ({type(cause).__name__})") from cause


class FileRecord:
    """The record in a file, one JSON object a line, for a night when the table cannot be reached."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, entry: Entry) -> None:
        """See `Record.write`. The line is on the disk when this returns; the file is its owner's only."""
        line = json.dumps({"at": entry.at.isoformat(), **values_of(entry)})
        try:
            with os.fdopen(os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as file:
                file.write(f"{line}\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as cause:
            raise NotRecordedError(f"{self._path} took no audit record: {cause.strerror}") from cause


class EitherRecord:
    """The first record, and the second one for what the first does not take."""

    def __init__(self, first: Record, second: Record) -> None:
        self._first = first
        self._second = second

    def write(self, entry: Entry) -> None:
        """See `Record.write`."""
        try:
            self._first.write(entry)
        except NotRecordedError:
            self._second.write(entry)


def operating_system_user() -> tuple[str, str]:
    """The user and the machine that the command runs on."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number without a name
        user = str(os.getuid())
    return user, socket.gethostname()


def values_of(entry: Entry) -> Mapping[str, Value]:
    """An entry as plain values: the session's marks, and no statement."""
    session, actor = entry.session, entry.actor
    return {
        "id": entry.id,
        "phase": entry.phase.value,
        "caller": actor.caller,
        "os_user": actor.user,
        "machine": actor.machine,
        "reason": actor.reason,
        "primary": actor.primary,
        "pid": session.pid,
        "session_started_at": session.started_at.isoformat(),
        "session_user": session.user,
        "application": session.application,
        "database": session.database,
        "client": session.client,
        "kind": session.kind.value,
        "busy_since": session.busy_since.isoformat(),
        "ending": entry.ending.value if entry.ending else None,
        "words": entry.words or None,
    }
