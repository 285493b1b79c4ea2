"""On-call's topics."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.backup_watch.finding import Level
from functions.backup_watch.letters import Letter
from functions.backup_watch.ports import OnCallUnreachableError

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient


class Topics:
    """One topic for each level."""

    def __init__(self, client: "SNSClient", topics: Mapping[Level, str]) -> None:
        self._client = client
        self._topics = topics

    def tell(self, level: Level, letter: Letter) -> None:
        """Publish a letter. Raises `OnCallUnreachableError`."""
        try:
            self._client.publish(TopicArn=self._topics[level], Subject=letter.subject, Message=letter.text)
        except (ClientError, BotoCoreError) as cause:
            raise OnCallUnreachableError(f"the topic for a {level} took no letter") from cause
