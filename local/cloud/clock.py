"""Drives a cloud's clock: what is delayed comes due, the functions and the providers see the later time."""

import json
import ssl
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.error import HTTPError

from local.clock import Clock
from local.cloud.model import Cloud, CloudError

_PATH = "/_statline/clock"
_ANSWER_WITHIN = 30.0


@dataclass(frozen=True, slots=True)
class Outlook:
    """How far a cloud's queues are.

    busy: how many messages a worker holds, or could take now, by queue; a queue without any is not there.
    untaken: how many of these nobody has taken yet.
    seconds_until_next: until the next one comes due that is delayed or waits for another attempt; None where none will.
    """

    busy: Mapping[str, int]
    untaken: int
    seconds_until_next: float | None


def now(cloud: Cloud) -> datetime:
    """What time it is in the cloud, in UTC."""
    return Clock(cloud.clock).now()


def advance(cloud: Cloud, seconds: float) -> float:
    """Put the clock forward by so much; return how far it is ahead of the machine. Raises CloudError."""
    return float(_ask(cloud, "POST", f"ahead={seconds}")["ahead"])


def outlook(cloud: Cloud, queues: Sequence[str] = ()) -> Outlook:
    """What waits in these queues of all regions, or in all queues. Raises CloudError."""
    told = _ask(cloud, "GET", f"queues={','.join(queues)}")
    upcoming = told["next"]
    until_next = None if upcoming is None else upcoming - Clock(cloud.clock).time()
    return Outlook(told["busy"], told["untaken"], until_next)


def _ask(cloud: Cloud, method: str, query: str) -> dict[str, Any]:
    trusted = ssl.create_default_context(cafile=str(cloud.certificate))
    request = urllib.request.Request(f"{cloud.endpoint}{_PATH}?{query}", method=method)  # noqa: S310 (loopback)
    try:
        with urllib.request.urlopen(request, timeout=_ANSWER_WITHIN, context=trusted) as response:  # noqa: S310
            told: dict[str, Any] = json.load(response)
            return told
    except HTTPError as refusal:
        message = f"The clock of the cloud {cloud.name!r} was not put forward: {refusal.read().decode().strip()}"
        raise CloudError(message) from refusal
    except OSError as problem:
        message = f"The emulator of the cloud {cloud.name!r} does not answer: {problem}"
        raise CloudError(message) from problem
