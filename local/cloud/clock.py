"""Drives a cloud's clock: what is delayed comes due, the functions and the providers see the later time."""

import json
import ssl
import urllib.request
from datetime import datetime
from urllib.error import HTTPError

from local.clock import Clock
from local.cloud.model import Cloud, CloudError

_PATH = "/_statline/clock"
_ANSWER_WITHIN = 10.0


def now(cloud: Cloud) -> datetime:
    """What time it is in the cloud, in UTC."""
    return Clock(cloud.clock).now()


def advance(cloud: Cloud, seconds: float) -> float:
    """Put the clock forward by so much; return how far it is ahead of the machine. Raises CloudError."""
    trusted = ssl.create_default_context(cafile=str(cloud.certificate))
    request = urllib.request.Request(f"{cloud.endpoint}{_PATH}?ahead={seconds}", method="POST")  # noqa: S310 (loopback)
    try:
        with urllib.request.urlopen(request, timeout=_ANSWER_WITHIN, context=trusted) as response:  # noqa: S310
            return float(json.load(response)["ahead"])
    except HTTPError as refusal:
        message = f"The clock of the cloud {cloud.name!r} was not put forward: {refusal.read().decode().strip()}"
        raise CloudError(message) from refusal
    except OSError as problem:
        message = f"The emulator of the cloud {cloud.name!r} does not answer: {problem}"
        raise CloudError(message) from problem
