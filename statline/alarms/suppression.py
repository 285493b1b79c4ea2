"""When a composite alarm's actions are held back, and when they are taken after all.

Source: "Suppressing composite alarm actions" in the CloudWatch user guide (Create_Composite_Alarm_Suppression), with
its six examples. States change as ever; only actions wait:

* While the suppressor is in ALARM, a change's actions are held back.
* Else a change begins a wait period, which a further change begins anew; when it is over, the actions of the state that
  the alarm has then are taken. A suppressor that comes into ALARM meanwhile ends the wait and holds them back.
* When the suppressor leaves ALARM, an extension period begins. A change in it ends it and begins a wait period instead;
  when it is over, actions that were held back are taken, those of the state that the alarm has then.

Where the page is not clear: a suppressor that comes into ALARM in the very second in which a period ends still holds
back, since AWS recommends 60 seconds for alarms that are evaluated once a minute. And where nothing was held back, an
extension that ends takes no actions again.
"""

from dataclasses import dataclass
from enum import Enum, auto

from statline.alarms.model import Suppression


class Verdict(Enum):
    """What becomes of actions. NOTHING: there is nothing to do now."""

    NOTHING = auto()
    HELD = auto()
    TAKEN = auto()


@dataclass(slots=True)
class Suppressor:
    """The memory of one alarm's suppression. until: when the running wait or extension period ends."""

    rule: Suppression
    speaking: bool = False
    held: bool = False
    until: float | None = None

    def step(self, now: float, *, changed: bool, speaking: bool) -> Verdict:
        """What becomes of the actions now. changed: the alarm changed state. speaking: the suppressor is in ALARM."""
        left, self.speaking = self.speaking and not speaking, speaking
        self.held = self.held or changed
        if speaking:
            self.until = None
        elif changed:
            self.until = now + self.rule.wait
        elif left:
            self.until = now + self.rule.extension
        if self.until is not None and now >= self.until:
            self.until = None
            if self.held:
                self.held = False
                return Verdict.TAKEN
        return Verdict.HELD if changed else Verdict.NOTHING
