"""Call an activation off: its producer's word is stored; whoever looks at the activation then does the rest."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.core.domain.answers.acknowledgement import StoodDown
from functions.core.domain.ports.escalation import Acknowledgements
from functions.core.domain.ports.routing import Notifications
from functions.core.domain.routing.refusals import Reason
from statline.contract.stand_down import StandDown
from statline.contract.words import Priority

PATIENCE = timedelta(minutes=1)
"""How long after it was sent a word may wait for its activation: a queue may hand out the later message first."""


class NotYetRouted(Exception):  # noqa: N818 - no error: the activation may be on its way
    """No activation of this id is stored, and the word is so young that one may still come."""


@dataclass(frozen=True, slots=True)
class CallOff:
    """The use case, with its ports."""

    notifications: Notifications
    acknowledgements: Acknowledgements

    def __call__(self, word: StandDown, producer: str, lane: Priority, now: datetime) -> StoodDown | Reason:
        """Store the word, and answer the one that is stored; or why it is refused. The same word twice is one.

        Any producer of the tenant that may use the activation's lane may call it off: who is at hand when it is over is
        often not who raised it. Raises `NotYetRouted`, `StoreUnavailableError`.
        """
        plan = self.notifications.find(word.tenant, word.id)
        if plan is None and abs(now - word.sent_at) < PATIENCE:
            raise NotYetRouted
        if plan is None or plan.activation is None:
            return Reason.UNKNOWN_ACTIVATION
        if plan.priority is not lane:
            return Reason.WRONG_LANE
        return self.acknowledgements.stand_down(StoodDown(word.tenant, word.id, producer, now))
