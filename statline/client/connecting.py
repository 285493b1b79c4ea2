"""boto3 clients as the client and the command line want them: patient enough for a person, never silent for long."""

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from statline.client.posting import Post

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

PATIENCE = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
"""Every call made with it may be repeated: a message that a queue takes twice is known by its id."""


def post_to(region: str, *, session: boto3.Session | None = None, owner: str | None = None) -> Post:
    """The queues of a region, with the session's credentials (the usual chain when none is given)."""
    sqs: SQSClient = (session or boto3.Session()).client("sqs", region_name=region, config=PATIENCE)
    return Post(sqs, owner=owner)
