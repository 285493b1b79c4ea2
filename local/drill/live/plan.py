"""What a live drill is made of: what happens, who must hear of it, and what must be felt meanwhile."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from local.cloud.progress import Report
from local.drill.phones import Phones
from local.drill.region import Region
from local.drill.traffic import Stream, Traffic, usual
from local.sandbox.client import SandboxClient
from statline.contract.words import Priority

ALL: frozenset[Priority] = frozenset(Priority)
LIGHT: Mapping[Priority, float] = {Priority.STAT: 0.5, Priority.URGENT: 1.0, Priority.ROUTINE: 2.0}
"""Notifications a second. Every stat goes by SMS as well, and a long code sends one text a second: with more of them
the alarm on that quota would speak, and rightly."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a disturbance has at hand, and where it says what it saw.

    notes: for the reader. faults: what it saw that must not be.
    """

    region: Region
    sandbox: SandboxClient
    traffic: Traffic
    phones: Phones
    report: Report
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


Disturbance = Callable[[Scene], AbstractContextManager[None]]
"""Begins when it is entered, and is over when it is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Must:
    """An alarm that must come into ALARM.

    topic: the one that must say so; empty where a composite alarm speaks for it. within: seconds after the disturbance
    began.
    """

    alarm: str
    topic: str = ""
    within: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """One live drill.

    name: as in drills/. expects: what must be seen, for the reader. lasts: seconds of the disturbance at least; it goes
    on until all that must speak has spoken. may: patterns of what else may wake on-call; anything else is a fault.
    steady: the lanes whose delivery is the same as before. arrives_within: seconds after the end.
    remark: what cannot be shown live, and why.
    """

    name: str
    title: str
    expects: str
    disturbance: Disturbance
    lasts: float
    must: tuple[Must, ...] = ()
    may: tuple[str, ...] = ()
    steady: frozenset[Priority] = ALL
    streams: Sequence[Stream] = usual(LIGHT)
    arrives_within: float = 60.0
    remark: str = ""
