"""A cloud for the provider sandbox that keeps what providers wanted of it, and answers as told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local.sandbox.cloud import CloudRefusedError, Posted

Resource = Mapping[str, Any]


@dataclass
class FakeProviderCloud:
    """Implements `local.sandbox.cloud.Cloud`.

    known: resources by type. functions: what a function answers to an event, by its ARN; others do not exist.
    """

    known: dict[str, list[Resource]] = field(default_factory=dict)
    functions: dict[str, Callable[[Mapping[str, Any]], object]] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    events: list[Mapping[str, Any]] = field(default_factory=list)
    published: list[Mapping[str, Any]] = field(default_factory=list)
    posted: list[tuple[str, Mapping[str, str], str]] = field(default_factory=list)

    async def resources(self, resource_type: str) -> Sequence[Resource]:
        """What is known of a type."""
        return self.known.get(resource_type, [])

    async def call(self, name: str, **wish: Any) -> Mapping[str, Any]:
        """Keep it; a function answers."""
        if name == "put_event":
            self.events.append(wish)
            return {}
        if name == "publish":
            self.published.append(wish)
            return {}
        if wish["arn"] not in self.functions:
            raise CloudRefusedError(f"There is no function {wish['arn']}.")
        return {"failed": False, "payload": self.functions[wish["arn"]](wish["payload"])}

    async def post(self, url: str, headers: Mapping[str, str], body: str) -> Posted:
        """Keep it, and answer with the TwiML that is set for the address."""
        self.posted.append((url, headers, body))
        return Posted(200, self.answers.get(url.partition("?")[0], ""))
