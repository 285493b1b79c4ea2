"""What Amazon Connect knows of calls that we placed: the port `RingingCalls`, and a contact's attributes.

Source: docs.aws.amazon.com/connect/latest/APIReference, StopContact and GetContactAttributes. StopContact does not end
calls that were begun in other ways than ours (DISCONNECT, TRANSFER, QUEUE_TRANSFER, EXTERNAL_OUTBOUND, MONITOR).
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.domain.errors import TemporaryError

if TYPE_CHECKING:
    from mypy_boto3_connect import ConnectClient

CONNECTIONS = 4
"""Calls ended at once: Connect takes few of them a second."""
STOPPING_SECONDS = 1.5
"""How long ending calls may take together. Who asks for it has ladders to climb in the same call of a function: a
Connect that does not answer must not take their time."""
MOST_CONTACTS = 512
"""How many contacts' attributes are kept: each contact has two events or more, and its attributes do not change."""


class ConnectUnavailableError(TemporaryError):
    """Amazon Connect did not answer, or throttled us."""


class ConnectCalls:
    """The calls of one instance."""

    def __init__(self, client: "ConnectClient", instance: str) -> None:
        self._client = client
        self._instance = instance
        self._pool = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="connect-calls")
        self._kept: OrderedDict[str, Mapping[str, str]] = OrderedDict()

    def stop(self, provider_ids: Sequence[str]) -> None:
        """See `RingingCalls.stop`. What could not be asked for in time rings on."""
        asked = [self._pool.submit(self._stop, contact) for contact in provider_ids]
        _, unanswered = wait(asked, timeout=STOPPING_SECONDS)
        for each in unanswered:
            each.cancel()

    def _stop(self, contact: str) -> bool:
        """End one call. One that is over, or that cannot be ended, rings at most for its minute: no harm but noise."""
        try:
            self._client.stop_contact(ContactId=contact, InstanceId=self._instance)
        except (ClientError, BotoCoreError):
            return False
        return True

    def attributes_of(self, contact: str) -> Mapping[str, str]:
        """A contact's attributes; none where Connect does not know it. Raises `ConnectUnavailableError`."""
        found = self._kept.pop(contact, None)
        if found is None:
            found = self._read(contact)
        if found:  # one that Connect does not know yet, it may know at the contact's next event
            self._kept[contact] = found
        while len(self._kept) > MOST_CONTACTS:
            self._kept.popitem(last=False)
        return found

    def _read(self, contact: str) -> Mapping[str, str]:
        try:
            answer = self._client.get_contact_attributes(InstanceId=self._instance, InitialContactId=contact)
        except self._client.exceptions.ResourceNotFoundException:
            return {}
        except (ClientError, BotoCoreError) as cause:
            raise ConnectUnavailableError("Amazon Connect did not say what a contact's attributes are") from cause
        return answer.get("Attributes", {})
