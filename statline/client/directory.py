"""Sends changes of the directory to the ``directory-changes`` queue, and looks up what the directory has."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import boto3

from functions.core.adapters.aws.batch_reads import BatchReads
from functions.core.adapters.directory.items import ATTRIBUTE, SELF, entry_in, partition
from functions.core.domain.directory.entries import Entry, EntryKey
from statline.client.connecting import PATIENCE, post_to
from statline.client.posting import Answer, Letter, Post
from statline.contract.directory import DirectoryChange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

QUEUE = "statline-directory-changes"
TABLE = "statline-directory"


class DirectoryClient:
    """The way into one region's directory.

    Args:
        region: The region.
        session: A boto3 session; the usual chain of credentials when unsaid.
        owner: The account that runs Statline, where it is not the caller's own.
        post: Where letters go; made from the other arguments when unsaid.
    """

    def __init__(
        self,
        region: str,
        *,
        session: boto3.Session | None = None,
        owner: str | None = None,
        post: Post | None = None,
    ) -> None:
        self._post = post or post_to(region, session=session, owner=owner)

    def send(self, changes: Sequence[DirectoryChange]) -> Iterator[Answer]:
        """Send the changes and answer for each, in order and as they go, whether the queue took it.

        Raises `QueueNotFoundError`, `AwsError` before the first is sent.
        """
        url = self._post.url(QUEUE)
        return self._post.send(url, [Letter(change.model_dump_json(exclude_none=True)) for change in changes])


class DirectoryLookup:
    """Says what one region's directory has. It reads of each entry what it is, no phone and no device of anybody's.

    Needs what the managed policy ``statline-operate-<region>`` allows.
    """

    def __init__(self, region: str, *, session: boto3.Session | None = None) -> None:
        self._region = region
        self._session = session

    def find(self, keys: Sequence[EntryKey]) -> Mapping[EntryKey, Entry]:
        """The entries that exist among these. Raises `StoreUnavailableError`, with what AWS said as its cause."""
        session = self._session or boto3.Session()
        client: DynamoDBClient = session.client("dynamodb", region_name=self._region, config=PATIENCE)
        reads = BatchReads(client, TABLE, only=("pk", "sk", ATTRIBUTE))
        by_partition = {partition(key): key for key in keys}
        items = reads.items([{"pk": {"S": pk}, "sk": {"S": SELF}} for pk in by_partition])
        found = {by_partition[item["pk"]["S"]]: entry_in(item, _passed_over) for item in items}
        return {key: entry for key, entry in found.items() if entry is not None}


def _passed_over(_tenant: str, _what: str) -> None:
    """A part that cannot be read is the router's to report."""
