"""The alarms on the lanes' queues: what waits in them, what died in them, and whether anybody takes it out.

SQS publishes one figure a minute, one to two minutes late; so a stat that waits is known by this within about three,
and by the age of what is outstanding before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.constructs.alarms.figures import queue, stuck
from infra.constructs.alarms.rows import IDLE_QUEUE, AlarmRow
from infra.constructs.alarms.topics import Severity
from infra.constructs.alarms.wholes import Whole
from statline.contract.words import Channel, Priority

INGRESS = "ingress"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long the oldest message of a lane's queue may wait, and whom it concerns when it waits longer.

    age: seconds.
    """

    age: float
    datapoints: tuple[int, int]
    heard_as: Whole
    dead_letters: Severity


PATIENCE: Mapping[Priority, Patience] = {
    # A killed worker's message is back within 20 s, and one slow provider call takes 4: neither wakes anybody. What
    # waits longer does, at the first figure; and it is over when there was none for five minutes.
    Priority.STAT: Patience(age=30, datapoints=(1, 5), heard_as=Whole.STAT, dead_letters=Severity.PAGE),
    Priority.URGENT: Patience(age=120, datapoints=(1, 5), heard_as=Whole.DELIVERY, dead_letters=Severity.PAGE),
    # Routine waits behind floods on purpose; a quarter of an hour, in three minutes of five, is no flood any more.
    Priority.ROUTINE: Patience(age=900, datapoints=(3, 5), heard_as=Whole.ROUTINE, dead_letters=Severity.TICKET),
}


def stages_of(channels: Sequence[Channel]) -> list[str]:
    """Where a notification waits in a region that has these channels, in the order of its way."""
    return [INGRESS, *(channel.value for channel in channels)]


def lane_alarms(channels: Sequence[Channel]) -> list[AlarmRow]:
    """The rows of a region that has these channels."""
    places = [(stage, lane) for stage in stages_of(channels) for lane in Priority]
    return [row for stage, lane in places for row in (_late(stage, lane), _dead(stage, lane), _stuck(stage, lane))]


def _what(stage: str, lane: Priority) -> str:
    return f"{lane} notifications" if stage == INGRESS else f"{lane} notifications by {stage}"


def _consumer(stage: str) -> str:
    return f"statline-{'router' if stage == INGRESS else stage}"


def _late(stage: str, lane: Priority) -> AlarmRow:
    patience, name = PATIENCE[lane], f"statline-{stage}-{lane}"
    return AlarmRow(
        name=f"Statline {lane} {stage} is late",
        means=f"Clinicians get {_what(stage, lane)} late: the oldest has waited more than {patience.age:g} seconds"
        f" in {name}, before its work began.",
        first=f"Look whether {_consumer(stage)} runs, fails or is throttled.",
        runbook="late-queue",
        heard_as=patience.heard_as,
        figure=queue("ApproximateAgeOfOldestMessage", name),
        threshold=patience.age,
        datapoints=patience.datapoints,
        missing=IDLE_QUEUE,
    )


def _dead(stage: str, lane: Priority) -> AlarmRow:
    # Depth, not NumberOfMessagesSent: SQS does not count what it moves to a dead-letter queue itself. It speaks by
    # itself: it goes on until somebody redrives them, and a whole that spoke as long would hide the next trouble.
    name = f"statline-{stage}-{lane}"
    return AlarmRow(
        name=f"Statline {lane} {stage} has dead letters",
        means=f"Somebody did not get {_what(stage, lane)}: messages in {name} were given up after many tries.",
        first=f"Find out why in the log of {_consumer(stage)}, then send them again with statline redrive.",
        runbook="dead-letters",
        heard_as=PATIENCE[lane].dead_letters,
        figure=queue("ApproximateNumberOfMessagesVisible", f"{name}-dlq"),
        threshold=0,
        missing=IDLE_QUEUE,
    )


def _stuck(stage: str, lane: Priority) -> AlarmRow:
    # The canary alone is four deletions a minute, so two whole minutes without one, while something waits, is a
    # consumer that does nothing. Two, because of the newest minute SQS may know what waits and not yet what is done.
    name = f"statline-{stage}-{lane}"
    return AlarmRow(
        name=f"Statline {lane} {stage} consumer is stuck",
        means=f"Explains why clinicians wait for {_what(stage, lane)}: messages wait in {name}, and for two minutes"
        " none was finished.",
        first=f"Look whether the mapping from {name} to {_consumer(stage)} is enabled, and whether the function ends"
        " its calls.",
        runbook="stuck-consumer",
        heard_as=Severity.TICKET,
        figure=stuck(name),
        threshold=0,
        datapoints=(2, 2),
        missing=IDLE_QUEUE,
    )
