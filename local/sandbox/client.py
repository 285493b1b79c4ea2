"""A typed client of the sandbox's own interface, for tests and demonstrations."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

import urllib3
from pydantic import BaseModel, ConfigDict

from local.sandbox.modes import Mode
from local.sandbox.people.calls import Happening
from local.sandbox.people.habits import Habits
from local.sandbox.people.lines import Line
from local.sandbox.records import CallRecord, Received

_POLL_SECONDS = 2
_PAGE = 5_000
Found = TypeVar("Found")
Item = TypeVar("Item", Received, CallRecord, Happening)


class SandboxError(Exception):
    """The sandbox refused an admin request; the text is its reason."""


class Phone(BaseModel):
    """A phone: all it received, and what its screen still shows."""

    model_config = ConfigDict(frozen=True)

    id: str
    received: list[Received]
    screen: list[Received]


class SandboxClient:
    """Talks to a running sandbox. Safe to share between threads."""

    def __init__(self, url: str, timeout_seconds: float = 60.0) -> None:
        self._url = url.rstrip("/")
        self._timeout = timeout_seconds
        self._pool = urllib3.PoolManager(maxsize=8)

    def healthy(self) -> bool:
        """Whether the sandbox answers."""
        try:
            return bool(self._ask("GET", "/health")["status"] == "ok")
        except urllib3.exceptions.HTTPError:
            return False

    def phone_ids(self) -> list[str]:
        """The phones that received something."""
        return [phone["id"] for phone in self._ask("GET", "/phones")["phones"]]

    def phone(self, phone: str) -> Phone:
        """One phone, by its device token or E.164 number; one that received nothing is empty."""
        return Phone.model_validate(self._ask("GET", f"/phones/{quote(phone, safe='')}"))

    def arrivals(self, after: int = 0, wait_seconds: int = 0) -> list[Received]:
        """What reached any phone beyond a position, oldest first; waits for the first up to `wait_seconds`."""
        return self._read("/phones/feed", "arrivals", Received, after, wait_seconds)

    def calls(self, after: int = 0, wait_seconds: int = 0) -> list[CallRecord]:
        """The provider calls beyond a position, oldest first; waits for the first up to `wait_seconds`."""
        return self._read("/calls", "calls", CallRecord, after, wait_seconds)

    def set_modes(self, *modes: Mode) -> None:
        """Replace the failure modes."""
        self._ask("PUT", "/modes", body=[mode.model_dump(mode="json") for mode in modes])

    def clear_modes(self) -> None:
        """Switch every failure mode off."""
        self._ask("DELETE", "/modes")

    def set_identities(self, **lists: Sequence[str] | None) -> None:
        """Set lists of `Identities` by name; the others stay."""
        self._ask("PUT", "/identities", body={name: value and list(value) for name, value in lists.items()})

    def set_account(self, **settings: object) -> None:
        """Set members of `Account` by name; the others stay."""
        self._ask("PUT", "/account", body=settings)

    def set_habits(self, habits: Habits) -> None:
        """Replace everybody's habits."""
        self._ask("PUT", "/habits", body=habits.model_dump(mode="json"))

    def set_pace(self, factor: float) -> None:
        """Say how long people's seconds take: 1 is as in life."""
        self._ask("PUT", "/pace", body={"factor": factor})

    def pace(self) -> float:
        """How long people's seconds take: 1 is as in life."""
        return float(self._ask("GET", "/pace")["factor"])

    def going_on(self) -> int:
        """How many calls, receipts and answers are still to come."""
        return int(self._ask("GET", "/pace")["going_on"])

    def set_lines(self, lines: Mapping[str, Sequence[Line]]) -> None:
        """Say what is behind these numbers; other numbers stay as they are."""
        self._ask(
            "PUT", "/lines", body={number: [each.model_dump() for each in those] for number, those in lines.items()}
        )

    def happenings(self, after: int = 0, wait_seconds: int = 0) -> list[Happening]:
        """What people heard and did beyond a position, oldest first; waits for the first up to `wait_seconds`."""
        return self._read("/happenings", "happenings", Happening, after, wait_seconds)

    def press(self, phone: str, keys: str) -> None:
        """Press keys on the call that rings or goes on at a phone."""
        self._ask("POST", f"/phones/{quote(phone, safe='')}/press", body={"keys": keys})

    def hang_up(self, phone: str) -> None:
        """End the call at a phone."""
        self._ask("POST", f"/phones/{quote(phone, safe='')}/hang-up", body={})

    def text(self, phone: str, to: str, body: str) -> None:
        """Text a line from a phone."""
        self._ask("POST", f"/phones/{quote(phone, safe='')}/text", body={"to": to, "body": body})

    def call(self, phone: str, to: str, *keys: str) -> str:
        """Call a line from a phone and press these keys, each at a question; the call's id."""
        answer = self._ask("POST", f"/phones/{quote(phone, safe='')}/call", body={"to": to, "keys": keys})
        return str(answer["call"])

    def expire_tokens(self) -> None:
        """End every bearer token now."""
        self._ask("DELETE", "/tokens")

    def reset(self) -> None:
        """Forget everything but the service account and whose numbers are whose."""
        self._ask("POST", "/reset")

    def wait_for_arrivals(
        self, accept: Callable[[Sequence[Received]], Found | None], deadline_seconds: float, after: int = 0
    ) -> Found:
        """Follow the phones until `accept`, given all arrivals so far, returns something true. Raises TimeoutError."""
        return self._follow(self.arrivals, accept, deadline_seconds, after, "arrivals on phones")

    def wait_for_calls(
        self, accept: Callable[[Sequence[CallRecord]], Found | None], deadline_seconds: float, after: int = 0
    ) -> Found:
        """Follow the call log until `accept`, given all calls so far, returns something true. Raises TimeoutError."""
        return self._follow(self.calls, accept, deadline_seconds, after, "provider calls")

    def wait_for_happenings(
        self, accept: Callable[[Sequence[Happening]], Found | None], deadline_seconds: float, after: int = 0
    ) -> Found:
        """Follow what people do until `accept`, given all so far, returns something true. Raises TimeoutError."""
        return self._follow(self.happenings, accept, deadline_seconds, after, "happenings")

    def _follow(
        self,
        read: Callable[[int, int], list[Item]],
        accept: Callable[[Sequence[Item]], Found | None],
        deadline_seconds: float,
        after: int,
        what: str,
    ) -> Found:
        seen: list[Item] = []
        end = time.monotonic() + deadline_seconds
        while True:
            found = accept(seen)
            if found:
                return found
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"Not seen within {deadline_seconds} s; there were {len(seen)} {what}: {seen[-5:]}")
            seen += read(seen[-1].seq if seen else after, max(1, min(_POLL_SECONDS, int(left))))

    def _read(self, path: str, key: str, model: type[Item], after: int, wait_seconds: int) -> list[Item]:
        """Read a feed to its end, page by page."""
        items: list[Item] = []
        while True:
            query = f"{path}?after={after}&limit={_PAGE}&wait={wait_seconds}"
            page = [model.model_validate(item) for item in self._ask("GET", query, wait_seconds)[key]]
            items += page
            if len(page) < _PAGE:
                return items
            after, wait_seconds = page[-1].seq, 0

    def _ask(self, method: str, path: str, wait_seconds: int = 0, body: object = None) -> Mapping[str, Any]:
        response = self._pool.request(
            method,
            self._url + path,
            body=None if body is None else json.dumps(body),
            timeout=self._timeout + wait_seconds,
            retries=False,
        )
        answer = json.loads(response.data)
        if response.status != 200:  # noqa: PLR2004 - HTTP's OK
            raise SandboxError(f"{method} {path}: {answer.get('error', answer)}")
        return answer  # type: ignore[no-any-return]
