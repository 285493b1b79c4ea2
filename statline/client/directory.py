"""Sends changes of the directory to the ``directory-changes`` queue."""

from collections.abc import Iterator, Sequence

import boto3

from statline.client.connecting import post_to
from statline.client.posting import Answer, Letter, Post
from statline.contract.directory import DirectoryChange

QUEUE = "statline-directory-changes"


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
