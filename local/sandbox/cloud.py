"""The sandbox's way into the cloud: what providers do there of their own accord, through the emulator's door for it."""

import asyncio
import json
import ssl
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

import urllib3

_ANSWER_WITHIN = 20.0
_AT_ONCE = 64
_KEPT_SECONDS = 2.0
_OK = 200


class CloudRefusedError(Exception):
    """The cloud did not do what a provider wanted; the text says why."""


@dataclass(frozen=True)
class Posted:
    """The answer to a webhook."""

    status: int
    body: str


class Cloud(Protocol):
    """What providers do in an account of AWS."""

    async def resources(self, resource_type: str) -> Sequence[Mapping[str, Any]]:
        """The stacks' resources of a type: region, id, properties, attributes. Raises CloudRefusedError."""

    async def call(self, name: str, **wish: Any) -> Mapping[str, Any]:
        """Invoke, publish or put_event as a service (`local/emulator/service_calls.py`). Raises CloudRefusedError."""

    async def post(self, url: str, headers: Mapping[str, str], body: str) -> Posted:
        """Post to an address of the internet. Raises CloudRefusedError when nobody answers there."""


class NoCloud:
    """A sandbox that runs alone: no stacks, nobody to tell."""

    async def resources(self, resource_type: str) -> Sequence[Mapping[str, Any]]:
        """None."""
        del resource_type
        return ()

    async def call(self, name: str, **wish: Any) -> Mapping[str, Any]:
        """Refuse."""
        del wish
        raise CloudRefusedError(f"{name}: the sandbox runs without a cloud")

    async def post(self, url: str, headers: Mapping[str, str], body: str) -> Posted:
        """Refuse."""
        del headers, body
        raise CloudRefusedError(f"{url}: the sandbox runs without a cloud")


class Emulator:
    """The emulator at an address whose certificate is known."""

    def __init__(self, url: str, certificate: str) -> None:
        self._url = url.rstrip("/")
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="cloud")
        trusted = ssl.create_default_context(cafile=certificate)
        self._pool = urllib3.PoolManager(maxsize=_AT_ONCE, ssl_context=trusted, assert_hostname=False)
        self._known: dict[str, tuple[float, Sequence[Mapping[str, Any]]]] = {}

    async def resources(self, resource_type: str) -> Sequence[Mapping[str, Any]]:
        """The stacks' resources of a type, as they were a moment ago at most."""
        at, known = self._known.get(resource_type, (0.0, ()))
        if time.monotonic() - at < _KEPT_SECONDS and at:
            return known
        answer = await self._ask("GET", f"/_statline/resources?type={resource_type}")
        found: Sequence[Mapping[str, Any]] = answer["resources"]
        self._known[resource_type] = (time.monotonic(), found)
        return found

    async def call(self, name: str, **wish: Any) -> Mapping[str, Any]:
        """Have a service do something."""
        return await self._ask("POST", "/_statline/service", json.dumps({"call": name, **wish}))

    async def post(self, url: str, headers: Mapping[str, str], body: str) -> Posted:
        """Post to an address; those of the account's own HTTP APIs lead to the emulator, as DNS would."""
        address = urllib3.util.parse_url(url)
        there, named = url, dict(headers)
        if ".execute-api." in (address.host or ""):
            there, named["Host"] = f"{self._url}{address.request_uri}", address.netloc or ""
        return await self._in_thread("POST", there, named, body)

    async def _ask(self, method: str, path: str, body: str = "") -> Mapping[str, Any]:
        answer = await self._in_thread(method, self._url + path, {"Content-Type": "application/json"}, body)
        if answer.status != _OK:
            raise CloudRefusedError(_reason(answer))
        content: Mapping[str, Any] = json.loads(answer.body)
        return content

    async def _in_thread(self, method: str, url: str, headers: Mapping[str, str], body: str) -> Posted:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._request, method, url, headers, body)

    def _request(self, method: str, url: str, headers: Mapping[str, str], body: str) -> Posted:
        try:
            response = self._pool.request(
                method, url, headers=dict(headers), body=body.encode(), timeout=_ANSWER_WITHIN, retries=False
            )
        except urllib3.exceptions.HTTPError as problem:
            raise CloudRefusedError(f"{url} does not answer: {problem}") from problem
        return Posted(response.status, response.data.decode(errors="replace"))


def _reason(answer: Posted) -> str:
    try:
        return str(json.loads(answer.body)["error"])
    except (ValueError, KeyError):
        return f"HTTP {answer.status}: {answer.body[:300]}"


def complain(problem: CloudRefusedError) -> None:
    """Say in the sandbox's own log what the cloud refused: on AWS nobody would hear of it at all."""
    print(f"sandbox: {problem}", file=sys.stderr, flush=True)
