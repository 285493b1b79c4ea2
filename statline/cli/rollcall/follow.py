"""Looks at a roll call until everybody has answered, or the time is over."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.core.domain.paging.roll_call import RollCall
from functions.core.domain.routing.refusals import Refusal

LOOK_EVERY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen at one look. Neither: it waits to be routed."""

    roll: RollCall | None
    refusal: Refusal | None = None

    @property
    def over(self) -> bool:
        """Whether looking again will show nothing new."""
        return self.refusal is not None or (self.roll is not None and self.roll.over)


def follow(
    look: Callable[[], Sight], seconds: float, clock: Callable[[], datetime], pause: Callable[[float], None]
) -> Iterator[Sight]:
    """Look until it is over, or so many seconds have passed. The first look is at once, and there is always one."""
    until = clock() + timedelta(seconds=seconds)
    while True:
        sight = look()
        yield sight
        if sight.over or clock() >= until:
            return
        pause(LOOK_EVERY_SECONDS)
