"""The record of one role's ladder, and the look that is taken at it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from statline.contract.words import LadderState

FIRST_LOOK_WITHIN = timedelta(seconds=30)
"""How long after an activation was routed its ladders are open at the latest. Later, the sweep has it looked at."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """How far the ladder of one role of one activation is.

    at: the position: 0 is the first page, n the plan's nth rung.
    opened_at: when the people of this position were paged.
    due_at: when the next rung is due unless somebody acknowledges: the wait after the first acceptance, or after
        `GRACE` where nobody accepted anything by then.
    wake_at: when it is to be looked at next; no later than ``due_at``. The index ``due`` has it while it climbs.
    revision: grows by one with every write.
    """

    tenant: str
    activation: str
    role: str
    state: LadderState
    revision: int
    at: int
    opened_at: datetime
    due_at: datetime
    wake_at: datetime
    changed_at: datetime
    expires_at: datetime

    @property
    def climbing(self) -> bool:
        """Whether anything is still to be done for it."""
        return self.state is LadderState.CLIMBING


@dataclass(frozen=True, slots=True)
class Look:
    """Look at an activation, and do what is to be done: the one message of the escalation queue.

    Whoever changes something that may matter sends one: the router for a new activation, a channel for a delivery that
    failed, an acknowledgement, a timer, the sweeper. What is done depends on what is stored, never on who asked.

    role: of a timer: the ladder that it is for.
    wake_at: of a timer, the moment for which it was set; of another look, when it is to be taken.
    hops: how many looks led to this one; a net against a loop of ours.
    """

    tenant: str
    activation: str
    role: str | None = None
    wake_at: datetime | None = None
    hops: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What the messages of one batch ask about one activation.

    timers: the moments of the timers among them. again: one of them was received before, and its worker may have died.
    told: one of them is no timer: something has changed.
    """

    tenant: str
    activation: str
    timers: frozenset[datetime] = frozenset()
    again: bool = False
    told: bool = True
    hops: int = 0
