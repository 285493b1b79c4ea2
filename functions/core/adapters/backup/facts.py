"""What is known of the data in a backup, in the table of backups.

pk  FACTS#<id>     sk  before, after    what the replica held around the snapshot (`Facts` as JSON)
                   sk  before#1 ...     the rest of it, where a database has so many objects that one item is too small
                   sk  check            the rows of its last check, and the run that made them

``body`` is the text (S) or, where that is long, the text packed (B); ``pieces``, where there are several, their number.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.adapters.aws.dynamodb_values import AttributeValue, Item, to_attribute
from functions.core.domain.backup.facts import Facts, facts_in
from functions.core.domain.backup.record import CheckRow, Moment, UnreadableRecordError
from functions.core.domain.errors import PermanentError, StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_CHECK = "check"
_PLAIN_UP_TO = 100_000
"""Bytes. Longer ones are packed: an item takes 400 KB, and a page of a list of items reads them whole."""
_PIECE = 390_000
_MOST_PIECES = 8


class FactsTooLargeError(PermanentError):
    """The database has so many objects that what is known of them would take too many items, even packed."""


class NoFactsError(PermanentError):
    """A backup cannot be checked: nobody noted what the replica held."""


class BackupFacts:
    """The facts and check rows of backups. Methods raise `StoreUnavailableError` where the table gives no answer."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def write(self, backup: str, moment: Moment, facts: Facts) -> None:
        """Keep facts; a second try replaces the first. Raises `FactsTooLargeError`."""
        first, *rest = _bodies(facts.to_json())
        for number, body in enumerate(rest, 1):
            self._put({**_key(backup, f"{moment}#{number}"), "body": body})
        # The first last: whoever finds it finds the others.
        self._put({**_key(backup, moment), "body": first, **({"pieces": to_attribute(1 + len(rest))} if rest else {})})

    def read(self, backup: str, moment: Moment) -> Facts:
        """The facts of one moment. Raises `NoFactsError`, `UnreadableRecordError`."""
        item = self._get(_key(backup, moment))
        if item is None:
            raise NoFactsError(f"nobody noted what the replica held {moment} the snapshot of backup {backup}")
        rest = [self._get(_key(backup, piece)) for piece in _further(moment, item)]
        try:
            return facts_in(_text([item["body"], *(piece["body"] for piece in rest)]))
        except (TypeError, zlib.error) as cause:
            raise UnreadableRecordError(f"the facts of backup {backup} cannot be read: a part is missing") from cause

    def write_check(self, backup: str, rows: Sequence[CheckRow], *, run: str, at: datetime) -> None:
        """Keep what the last check said. run: the backup or verification that checked."""
        body = {
            "run": run,
            "at": at.isoformat(),
            "checks": [{"name": row.name, "passed": row.passed, "words": row.words} for row in rows],
        }
        self._put({**_key(backup, _CHECK), "body": {"S": json.dumps(body, ensure_ascii=False)}})

    def check_rows(self, backup: str) -> tuple[CheckRow, ...]:
        """What the last check of a backup said; nothing where it was never checked. Raises `UnreadableRecordError`."""
        item = self._get(_key(backup, _CHECK))
        if item is None:
            return ()
        try:
            return tuple(CheckRow(**row) for row in json.loads(_text([item["body"]]))["checks"])
        except (KeyError, TypeError, ValueError) as cause:
            raise UnreadableRecordError(f"the checks of backup {backup} cannot be read") from cause

    def forget(self, backup: str) -> None:
        """Remove everything that is known of the data in a backup that is gone."""
        for row in (*Moment, _CHECK):
            for piece in (*_further(row, self._get(_key(backup, row)) or {}), row):
                try:
                    self._client.delete_item(TableName=self._table, Key=_key(backup, piece))
                except (ClientError, BotoCoreError) as cause:
                    raise self._silent() from cause

    def _put(self, item: Item) -> None:
        try:
            self._client.put_item(TableName=self._table, Item=item)
        except (ClientError, BotoCoreError) as cause:
            raise self._silent() from cause

    def _get(self, key: Item) -> Any:
        try:
            return self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        except (ClientError, BotoCoreError) as cause:
            raise self._silent() from cause

    def _silent(self) -> StoreUnavailableError:
        return StoreUnavailableError(f"the table of backups, {self._table}, gave no answer")


def _key(backup: str, row: str) -> Item:
    return {"pk": {"S": f"FACTS#{backup}"}, "sk": {"S": row}}


def _further(row: str, item: Mapping[str, Any]) -> list[str]:
    """The names of the rows that go on where an item ends."""
    return [f"{row}#{number}" for number in range(1, int(item["pieces"]["N"]))] if "pieces" in item else []


def _bodies(text: str) -> list[AttributeValue]:
    plain = text.encode()
    if len(plain) <= _PLAIN_UP_TO:
        return [{"S": text}]
    packed = zlib.compress(plain, 9)
    pieces: list[AttributeValue] = [{"B": packed[at : at + _PIECE]} for at in range(0, len(packed), _PIECE)]
    if len(pieces) > _MOST_PIECES:
        raise FactsTooLargeError(
            f"the names of this database's tables, columns and constraints take {len(packed):,} bytes packed, and"
            f" {_MOST_PIECES * _PIECE:,} can be kept"
        )
    return pieces


def _text(bodies: Sequence[Mapping[str, Any]]) -> str:
    if "S" in bodies[0]:
        return str(bodies[0]["S"])
    return zlib.decompress(b"".join(body["B"] for body in bodies)).decode()
