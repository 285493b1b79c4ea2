"""Failure modes: ways in which a provider misbehaves, switched on for some calls and not for others."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from local.sandbox.records import CallFacts, ProviderName

ModeName = Literal[
    "slow",
    "throttled",
    "error500",
    "error503",
    "dropped_before",
    "dropped_after",
    "unregistered",
    "opted_out",
    "refused",
]

_ONLY_AT: dict[ModeName, tuple[ProviderName, ...]] = {"unregistered": ("fcm",), "opted_out": ("sms", "twilio")}


class Match(BaseModel):
    """Which calls a mode is for; what is not given matches everything."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    destination_prefix: str = ""
    region: str | None = None
    operation: str | None = None

    def covers(self, call: CallFacts) -> bool:
        """Whether the call is meant."""
        return (
            (call.destination or "").startswith(self.destination_prefix)
            and self.region in {None, call.region}
            and self.operation in {None, call.operation}
        )


class Mode(BaseModel):
    """One way of failing. Only requests that a provider would have accepted are subject to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: ProviderName | None = None
    """None: every provider."""
    mode: ModeName
    match: Match = Match()
    times: int | None = Field(default=None, ge=1)
    """How many calls it hits; None: all of them until it is switched off."""
    probability: float = Field(default=1.0, gt=0, le=1)
    seed: int = 0
    seconds: float = Field(default=0.0, ge=0, le=600)
    """How long `slow` holds the answer back."""
    code: str | None = None
    """What `refused` says: the provider's own error code."""
    retry_after: int = Field(default=10, ge=0)
    """Seconds in the Retry-After header where the provider sends one."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.mode == "refused" and (self.code is None or self.provider is None):
            raise ValueError("mode refused needs a provider and that provider's error code")
        if self.mode != "refused" and self.code is not None:
            raise ValueError(f"mode {self.mode} has its own error code; a code goes with mode refused")
        if self.mode == "slow" and not self.seconds:
            raise ValueError("mode slow needs seconds > 0")
        only = _ONLY_AT.get(self.mode)
        if only is not None and self.provider not in only:
            raise ValueError(f"mode {self.mode} exists at provider {' and '.join(only)} only")
        return self


@dataclass
class _Active:
    """A mode that is switched on, with how often it may still strike."""

    mode: Mode
    left: int | None
    chance: random.Random = field(default_factory=random.Random)

    def strikes(self, call: CallFacts) -> bool:
        mode = self.mode
        if self.left == 0 or mode.provider not in {None, call.provider} or not mode.match.covers(call):
            return False
        if self.chance.random() >= mode.probability:
            return False
        if self.left is not None:
            self.left -= 1
        return True


@dataclass(frozen=True)
class Strike:
    """What happens to one call: a delay of its answer, and at most one other failure."""

    delay_seconds: float = 0.0
    failure: Mode | None = None


class Modes:
    """The modes that are on. Delays add up; of the other modes the first that matches strikes."""

    def __init__(self) -> None:
        self._active: list[_Active] = []

    def switch(self, modes: Sequence[Mode]) -> None:
        """Replace all modes by these, in this order."""
        self._active = [
            _Active(mode, mode.times, random.Random(mode.seed))  # noqa: S311 - repeatable on purpose
            for mode in modes
        ]

    def shown(self) -> Sequence[Mode]:
        """The modes that can still strike, `times` being what is left."""
        return [a.mode.model_copy(update={"times": a.left}) for a in self._active if a.left != 0]

    def strike(self, call: CallFacts) -> Strike:
        """Decide the fate of a call, and count it."""
        delay = 0.0
        for active in self._active:
            if not active.strikes(call):
                continue
            if active.mode.mode != "slow":
                return Strike(delay, active.mode)
            delay += active.mode.seconds
        return Strike(delay)
