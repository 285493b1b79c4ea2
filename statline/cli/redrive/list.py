"""How many dead letters lie in which queue, as SQS counts them: no letter is looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table

from statline.cli.redrive.queues import QUEUES, DeadQueue
from statline.client.errors import QueueNotFoundError
from statline.client.posting import Post

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True, slots=True)
class Count:
    """What lies in one dead-letter queue. hidden: somebody looks at it just now."""

    queue: DeadQueue
    waiting: int
    hidden: int


def counts(sqs: "SQSClient") -> list[Count]:
    """Those queues that the region has."""
    post, found = Post(sqs), []
    for queue in QUEUES.values():
        try:
            url = post.url(queue.dead)
        except QueueNotFoundError:
            continue
        attributes = sqs.get_queue_attributes(
            QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        )["Attributes"]
        waiting, hidden = (
            attributes["ApproximateNumberOfMessages"],
            attributes["ApproximateNumberOfMessagesNotVisible"],
        )
        found.append(Count(queue, int(waiting), int(hidden)))
    return found


def table_of(found: Sequence[Count]) -> Table:
    """A line for each queue."""
    table = Table("queue", "dead letters", "being looked at", box=SIMPLE_HEAD, pad_edge=False)
    for count in found:
        style = "red" if count.waiting + count.hidden else None
        table.add_row(count.queue.name, f"{count.waiting:,}", f"{count.hidden:,}", style=style)
    return table
