"""One provider call from its receipt to its answer: judged, struck by a failure mode or not, acted on, logged."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from local.sandbox.call_log import CallLog
from local.sandbox.http_server import Answer, Dropped, Request, Response
from local.sandbox.modes import Mode, ModeName, Modes
from local.sandbox.people.phone_store import PhoneStore
from local.sandbox.records import Arrival, CallFacts, CallRecord, Outcome, ProviderName


@dataclass(frozen=True)
class Refused:
    """The provider says no, with its error code and the answer in its own shape."""

    code: str
    response: Response


def _nothing() -> None:
    """Accepting a request that only asks changes nothing."""


@dataclass(frozen=True)
class Accepted:
    """The provider says yes. What it then does is left to the exchange, for an answer may be meant to get lost."""

    response: Response
    provider_id: str | None = None
    arrival: Arrival | None = None
    on_act: Callable[[], None] = _nothing
    """What the provider must remember once it acts."""


@dataclass(frozen=True)
class Judged:
    """What a request says, and the provider's verdict when nothing goes wrong."""

    facts: CallFacts
    verdict: Accepted | Refused


class Provider(Protocol):
    """A provider's wire protocol."""

    name: ProviderName
    failures: Mapping[ModeName, str]
    """The error code by which a failure mode shows itself here."""

    def judge(self, request: Request) -> Judged:
        """Read and validate a request without acting on it."""

    def refuse(self, code: str, retry_after: int, operation: str) -> Refused:
        """Make this provider's refusal with a code. Raises UnknownCodeError."""


class UnknownCodeError(Exception):
    """A refusal was asked for that the provider does not know."""


@dataclass(frozen=True)
class _Decision:
    outcome: Outcome
    answer: Answer
    code: str | None = None
    acts: bool = False


class Exchange:
    """Runs calls. Nothing is awaited between the verdict and the log, so a crash of the client changes neither."""

    def __init__(self, calls: CallLog, phones: PhoneStore, modes: Modes) -> None:
        self._calls = calls
        self._phones = phones
        self._modes = modes

    async def run(self, provider: Provider, request: Request) -> Answer:
        """Answer a request, or drop it."""
        judged = provider.judge(request)
        verdict = judged.verdict
        if isinstance(verdict, Refused):
            # An invalid request is refused whatever else is switched on: a failure mode must not hide it.
            self._record(judged.facts, request, _Decision("refused", verdict.response, verdict.code))
            return verdict.response
        strike = self._modes.strike(judged.facts)
        decision = _decide(provider, verdict, strike.failure, judged.facts.operation)
        rang = decision.acts and self._act(verdict, request.received_at)
        mode = strike.failure.mode if strike.failure else "slow" if strike.delay_seconds else None
        provider_id = verdict.provider_id if decision.acts else None
        self._record(
            judged.facts,
            request,
            decision,
            mode=mode,
            delay_seconds=strike.delay_seconds,
            rang=rang,
            provider_id=provider_id,
        )
        if strike.delay_seconds:
            await asyncio.sleep(strike.delay_seconds)
        return decision.answer

    def _act(self, verdict: Accepted, at: float) -> bool:
        verdict.on_act()
        if verdict.arrival is None:
            return False
        self._phones.deliver(verdict.arrival, at)
        return True

    def _record(
        self,
        facts: CallFacts,
        request: Request,
        decision: _Decision,
        *,
        mode: str | None = None,
        delay_seconds: float = 0.0,
        rang: bool = False,
        provider_id: str | None = None,
    ) -> None:
        self._calls.append(
            CallRecord(
                **facts.model_dump(),
                seq=self._calls.next_seq,
                received_at=request.received_at,
                outcome=decision.outcome,
                code=decision.code,
                mode=mode,
                delay_seconds=delay_seconds,
                rang=rang,
                provider_id=provider_id,
            )
        )


def _decide(provider: Provider, verdict: Accepted, failure: Mode | None, operation: str) -> _Decision:
    if failure is None:
        return _Decision("accepted", verdict.response, acts=True)
    if failure.mode == "dropped_before":
        return _Decision("dropped", Dropped())
    if failure.mode == "dropped_after":
        return _Decision("dropped", Dropped(), acts=True)
    code = failure.code or provider.failures[failure.mode]
    refusal = provider.refuse(code, failure.retry_after, operation)
    return _Decision("refused", refusal.response, refusal.code)
