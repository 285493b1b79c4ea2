"""The alarms on the queues beside the lanes that functions work off: dead letters, and consumers that are stuck."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.constructs.alarms.figures import queue, stuck
from infra.constructs.alarms.rows import IDLE_QUEUE, AlarmRow
from infra.constructs.alarms.topics import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class SideQueue:
    """One queue beside the lanes, by its name behind ``statline-``.

    died: what it means for clinicians that messages of it were given up. dead_letters: whom that concerns.
    waits: what it means that nobody takes them; empty where an alarm of its own says so.
    """

    name: str
    died: str
    dead_letters: Severity
    waits: str = ""

    @property
    def words(self) -> str:
        """As an alarm's name has it."""
        return self.name.replace("-", " ")


SIDE_QUEUES: Sequence[SideQueue] = (
    SideQueue(
        name="escalation",
        died="A code's or a page's ladder may stand still: looks at it were given up after many tries. The sweep has"
        " it looked at again, and that may end the same way.",
        dead_letters=Severity.PAGE,
    ),
    SideQueue(
        name="receipts",
        died="Receipts, replies by text or words of the app were given up: who accepted a code may not be known to"
        " have, and what was delivered looks sent.",
        # An answer that is lost lets a ladder page on; none stops that should climb.
        dead_letters=Severity.TICKET,
        waits="Answers by text and from the app are not heard, and others are paged on",
    ),
    SideQueue(
        name="receipt-deadlines",
        died="Stats that a provider accepted and that no receipt came for do not go another way: whether a clinician"
        " has them is not certain.",
        dead_letters=Severity.TICKET,
        waits="A stat that a provider accepted and lost does not go another way",
    ),
    SideQueue(
        name="roll-calls",
        died="A team's roll call was not made, or its report was not written: who could not be reached is not known.",
        dead_letters=Severity.TICKET,
        waits="A team's roll call, or its report, does not come",
    ),
)


TICKS: Mapping[str, str] = {
    "outstanding": "What is outstanding is measured once a minute and not every ten seconds: a stall is said minutes"
    " late",
    "canary": "One canary goes out a minute and not four: a loss is said minutes late",
}
"""What it means that nobody takes the ticks that a function sends itself, by the function. The clock alone still wakes
it once a minute: enough for the alarms that take its silence for trouble to stay at rest."""


def side_queue_alarms(*, canary: bool) -> list[AlarmRow]:
    """The rows of a region. canary: whether it has one."""
    return [
        *(_dead(side) for side in SIDE_QUEUES),
        *(_stuck(side.name, side.words, side.waits) for side in SIDE_QUEUES if side.waits),
        *(
            _stuck(f"{name}-ticks", f"{name} ticks", waits)
            for name, waits in TICKS.items()
            if canary or name != "canary"
        ),
    ]


def _dead(side: SideQueue) -> AlarmRow:
    return AlarmRow(
        name=f"Statline {side.words} has dead letters",
        means=side.died,
        first="Find out why in the log of the function that reads the queue, then move them back as the runbook says.",
        runbook="dead-letters",
        heard_as=side.dead_letters,
        figure=queue("ApproximateNumberOfMessagesVisible", f"statline-{side.name}-dlq"),
        threshold=0,
        missing=IDLE_QUEUE,
    )


def _stuck(queue_name: str, words: str, waits: str) -> AlarmRow:
    # Not by the age of the oldest message: timers and ticks wait here for their moment, and SQS does not say whether it
    # counts them. While they wait they are not visible.
    name = f"statline-{queue_name}"
    return AlarmRow(
        name=f"Statline {words} consumer is stuck",
        means=f"{waits}: messages lie in {name}, and for two minutes none was finished.",
        first=f"Look whether the mapping from {name} to its function is enabled, and whether the function ends its"
        " calls.",
        runbook="stuck-consumer",
        heard_as=Severity.TICKET,
        figure=stuck(name),
        threshold=0,
        datapoints=(2, 2),
        missing=IDLE_QUEUE,
    )
