"""Asks the emulator what figures came (`local/emulator/figures/figure_feed.py`), of all regions at once."""

import http.client
import json
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from statline.alarms.model import MetricKey, Sample, key_of

_PATH = "/_statline/figures"
_WITHIN = 10.0
_OK = 200

Came = Mapping[MetricKey, Sequence[Sample]]


class AwayError(Exception):
    """The emulator did not answer: it starts, stops or is gone. Asking again may help."""


@dataclass(frozen=True, slots=True)
class News:
    """What came. last: the number to go on from. came: samples by region and metric.

    alarms: for each region that has alarms a number that changes with any of them.
    """

    last: int
    came: Mapping[str, Came]
    alarms: Mapping[str, int]


class Feed:
    """The emulator at an endpoint, on one connection. certificate: the file with what to trust."""

    def __init__(self, endpoint: str, certificate: str) -> None:
        address = urlsplit(endpoint)
        context = ssl.create_default_context(cafile=certificate)
        self._connection = http.client.HTTPSConnection(
            address.hostname or "127.0.0.1", address.port, timeout=_WITHIN, context=context
        )

    def read(self, after: int, since: float) -> News:
        """What arrived after a number, about moments from `since` on (seconds of the epoch). Raises AwayError."""
        try:
            self._connection.request("GET", f"{_PATH}?after={after}&since={since:.0f}")
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as cause:
            self._connection.close()
            message = f"The emulator did not say what figures came: {type(cause).__name__} {cause}"
            raise AwayError(message) from cause
        if answer.status != _OK:
            message = f"The emulator answered {answer.status} when asked what figures came."
            raise AwayError(message)
        return _news(json.loads(body))


def _news(body: Mapping[str, Any]) -> News:
    came: dict[str, dict[MetricKey, Sequence[Sample]]] = {}
    for metric in body["metrics"]:
        key = key_of(metric["namespace"], metric["name"], metric["dimensions"])
        came.setdefault(metric["region"], {})[key] = [Sample(*sample) for sample in metric["samples"]]
    return News(body["last"], came, body["alarms"])
