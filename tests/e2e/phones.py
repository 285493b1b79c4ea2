"""What phones and providers got of one notification, from the sandbox's own books."""

from collections.abc import Sequence

from local.sandbox.client import SandboxClient
from local.sandbox.records import CallRecord, Received
from tests.e2e.waiting import SOON


def arrivals_of(sandbox: SandboxClient, notification: str, count: int, seconds: float = SOON) -> list[Received]:
    """What phones got of a notification, once it is that much."""

    def enough(arrivals: Sequence[Received]) -> list[Received] | None:
        found = [each for each in arrivals if each.data.get("statline_notification") == notification]
        return found if len(found) >= count else None

    return sandbox.wait_for_arrivals(enough, seconds)


def calls_to(sandbox: SandboxClient, *addresses: str) -> list[CallRecord]:
    """Every provider call to these addresses, oldest first."""
    return [call for call in sandbox.calls() if call.destination in addresses]
