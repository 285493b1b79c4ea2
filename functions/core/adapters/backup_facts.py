"""What is known of the data in a backup, in the table of backups.

pk  FACTS#<id>     sk  before, after    what the replica held around the snapshot (`Facts` as JSON)
                   sk  check            the rows of its last check, and the run that made them
"""

import json
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.adapters.dynamodb_values import Item
from functions.core.domain.backup import CheckRow, Moment, UnreadableRecordError
from functions.core.domain.backup_facts import Facts, facts_in
from functions.core.domain.errors import PermanentError, StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_CHECK = "check"
_PLAIN_UP_TO = 100_000
"""Bytes. Longer ones are packed: an item takes 400 KB, and a page of a list of items reads them whole."""
_MOST = 390_000


class FactsTooLargeError(PermanentError):
    """The database has so many objects that their names do not fit into an item (400 KB), even packed."""


class NoFactsError(PermanentError):
    """A backup cannot be checked: nobody noted what the replica held."""


class BackupFacts:
    """The facts and check rows of backups. Methods raise `StoreUnavailableError` where the table gives no answer."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def write(self, backup: str, moment: Moment, facts: Facts) -> None:
        """Keep facts; a second try replaces the first. Raises `FactsTooLargeError`."""
        self._put({**_key(backup, moment), "body": _body(facts.to_json())})

    def read(self, backup: str, moment: Moment) -> Facts:
        """The facts of one moment. Raises `NoFactsError`, `UnreadableRecordError`."""
        item = self._get(_key(backup, moment))
        if item is None:
            raise NoFactsError(f"nobody noted what the replica held {moment} the snapshot of backup {backup}")
        return facts_in(_text(item["body"]))

    def write_check(self, backup: str, rows: Sequence[CheckRow], *, run: str, at: datetime) -> None:
        """Keep what the last check said. run: the backup or verification that checked."""
        body = {
            "run": run,
            "at": at.isoformat(),
            "checks": [{"name": row.name, "passed": row.passed, "words": row.words} for row in rows],
        }
        self._put({**_key(backup, _CHECK), "body": _body(json.dumps(body, ensure_ascii=False))})

    def check_rows(self, backup: str) -> tuple[CheckRow, ...]:
        """What the last check of a backup said; nothing where it was never checked. Raises `UnreadableRecordError`."""
        item = self._get(_key(backup, _CHECK))
        if item is None:
            return ()
        try:
            return tuple(CheckRow(**row) for row in json.loads(_text(item["body"]))["checks"])
        except (KeyError, TypeError, ValueError) as cause:
            raise UnreadableRecordError(f"the checks of backup {backup} cannot be read") from cause

    def forget(self, backup: str) -> None:
        """Remove everything that is known of the data in a backup that is gone."""
        for row in (*Moment, _CHECK):
            try:
                self._client.delete_item(TableName=self._table, Key=_key(backup, row))
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


def _body(text: str) -> dict[str, Any]:
    plain = text.encode()
    if len(plain) <= _PLAIN_UP_TO:
        return {"S": text}
    packed = zlib.compress(plain, 9)
    if len(packed) > _MOST:
        raise FactsTooLargeError(
            f"the names of this database's tables, columns and constraints take {len(packed):,} bytes packed, and"
            f" {_MOST:,} can be kept"
        )
    return {"B": packed}


def _text(body: Any) -> str:
    return zlib.decompress(body["B"]).decode() if "B" in body else body["S"]
