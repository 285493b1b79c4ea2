"""What the client raises. Every text says what is wrong, where, and what to do; none quotes what was written."""

from collections.abc import Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from statline.contract.events import Fault

_TOO_SHORT = "too_short"
"""Pydantic's name for a list with fewer entries than it must have; in the contract that is always one."""


class ClientError(Exception):
    """The root of everything that the client raises. ``retryable``: the same call may work later."""

    retryable = False


class InvalidNotificationError(ClientError):
    """A message breaks the contract. ``faults`` says where."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        places = "; ".join(f"{fault.path}: {fault.rule}" for fault in self.faults)
        super().__init__(f"the message does not keep to the contract: {places}")


class TooLargeError(ClientError):
    """A body is larger than the ingress queues take."""

    def __init__(self, size: int, limit: int) -> None:
        self.size = size
        super().__init__(
            f"the message is {size:,} bytes, {limit:,} is the most: send its recipients in several messages"
        )


class WouldBeCutError(ClientError):
    """An SMS would show only the beginning of the text."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(
            f"an SMS with this text needs more than {limit} segments: shorten the title or the body, "
            "or leave SMS out of `channels`"
        )


class QueueNotFoundError(ClientError):
    """A queue does not exist, or these credentials may not know of it."""

    def __init__(self, name: str, region: str) -> None:
        self.queue = name
        super().__init__(
            f"there is no queue {name} in {region} for these credentials: check the region and the account, "
            "and that the platform team knows this sender"
        )


class AwsError(ClientError):
    """AWS refused a call or did not answer."""

    def __init__(self, *, operation: str, region: str, code: str, retryable: bool) -> None:
        self.code = code
        self.retryable = retryable
        advice = "try again" if retryable else "check the credentials and their rights"
        super().__init__(f"{operation} in {region} failed ({code}): {advice}")


class NotSentError(ClientError):
    """Some of the messages were not taken."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("not sent: " + "; ".join(self.reasons))


def faults_of(error: ValidationError) -> list[Fault]:
    """The places and the rules of a validation error, without what was written there.

    A list is also called too short when its entries are faulty: that is not told.
    """
    details = error.errors(include_input=False, include_url=False)
    places = [found["loc"] for found in details]
    return [
        Fault(path=".".join(str(part) for part in found["loc"]) or "(the whole message)", rule=_rule(found))
        for found in details
        if not (found["type"] == _TOO_SHORT and any(_is_inside(place, found["loc"]) for place in places))
    ]


def _rule(found: ErrorDetails) -> str:
    return "must not be empty" if found["type"] == _TOO_SHORT else found["msg"]


def _is_inside(place: tuple[int | str, ...], outer: tuple[int | str, ...]) -> bool:
    return len(place) > len(outer) and place[: len(outer)] == outer
