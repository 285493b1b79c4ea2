"""The alarms on what clinicians feel: queues that wait, messages that died, functions that fail.

SQS and Lambda publish one figure a minute, one to two minutes late; so a stat that waits is known within about three.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from infra.constructs.alarms import IDLE_QUEUE, NOT_CALLED, AlarmRow, Figure, Missing, Whole
from infra.constructs.alarms_topics import Severity, topic_name
from statline.contract.words import Channel, Priority

INGRESS = "ingress"
NO_PAGES = Missing(
    cloudwatch.TreatMissingData.NOT_BREACHING, "SNS publishes nothing about a topic that nobody spoke to"
)
_FUNCTIONS = ("router", "push", "sms", "voice", "events", "directory", "dead-letters")
_ON_THE_WAY = frozenset({"router", "push", "sms", "voice", "dead-letters"})
"""Where a notification waits when the function fails. A store that is away shows here, and perhaps nowhere else:
what is received again and again leaves SQS's figure of the oldest message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long the oldest message of a lane's queue may wait, and whom it concerns when it waits longer.

    age: seconds.
    """

    age: float
    datapoints: tuple[int, int]
    severity: Severity
    dead_letters: Severity
    part_of: Whole | None


PATIENCE: Mapping[Priority, Patience] = {
    # A killed worker's message is back within 20 s, and one slow provider call takes 4: neither wakes anybody. What
    # waits longer does, at the first figure.
    Priority.STAT: Patience(
        age=30, datapoints=(1, 1), severity=Severity.PAGE, dead_letters=Severity.PAGE, part_of=Whole.DELIVERY
    ),
    Priority.URGENT: Patience(
        age=120, datapoints=(1, 1), severity=Severity.PAGE, dead_letters=Severity.PAGE, part_of=Whole.DELIVERY
    ),
    # Routine waits behind floods on purpose; a quarter of an hour, three minutes running, is no flood any more.
    Priority.ROUTINE: Patience(
        age=900, datapoints=(3, 3), severity=Severity.TICKET, dead_letters=Severity.TICKET, part_of=None
    ),
}


def delivery_alarms(channels: Sequence[Channel]) -> list[AlarmRow]:
    """The rows of a region that has these channels."""
    stages = [INGRESS, *(channel.value for channel in channels)]
    return [
        *(row for stage in stages for priority in Priority for row in _lane(stage, priority)),
        _dead_stats(),
        *_directory(),
        _quarantine(),
        *_events(),
        *(row for name in functions_of(channels) for row in _function(name)),
        _page_lost(),
    ]


def functions_of(channels: Sequence[Channel]) -> list[str]:
    """The functions of a region that has these channels, by their names behind ``statline-``."""
    return [name for name in _FUNCTIONS if name not in set(Channel) - set(channels)]


def queue(figure: str, name: str) -> Figure:
    """A figure of one queue: the highest of the period, because a mean hides the one message that waits."""
    return Figure(namespace="AWS/SQS", name=figure, statistic="Maximum", dimensions={"QueueName": name})


def function(figure: str, name: str, statistic: str = "Sum") -> Figure:
    """A figure of one function, all its versions together."""
    return Figure(
        namespace="AWS/Lambda", name=figure, statistic=statistic, dimensions={"FunctionName": f"statline-{name}"}
    )


def _lane(stage: str, priority: Priority) -> tuple[AlarmRow, AlarmRow]:
    patience, name = PATIENCE[priority], f"statline-{stage}-{priority}"
    what = f"{priority} notifications" if stage == INGRESS else f"{priority} notifications by {stage}"
    late = AlarmRow(
        name=f"Statline {priority} {stage} is late",
        means=f"Clinicians get {what} late: the oldest has waited more than {patience.age:g} seconds"
        f" in {name}, before its work began.",
        first=f"Look whether statline-{'router' if stage == INGRESS else stage} runs, fails or is throttled.",
        runbook="late-queue",
        severity=patience.severity,
        figure=queue("ApproximateAgeOfOldestMessage", name),
        threshold=patience.age,
        datapoints=patience.datapoints,
        missing=IDLE_QUEUE,
        part_of=patience.part_of,
    )
    # Depth, not NumberOfMessagesSent: SQS does not count what it moves to a dead-letter queue itself.
    dead = AlarmRow(
        name=f"Statline {priority} {stage} has dead letters",
        means=f"Somebody did not get {what}: messages in {name} were given up after many tries.",
        first=f"Find out why in the log of statline-{'router' if stage == INGRESS else stage}, then send them again.",
        runbook="dead-letters",
        severity=patience.dead_letters,
        figure=queue("ApproximateNumberOfMessagesVisible", f"{name}-dlq"),
        threshold=0,
        missing=IDLE_QUEUE,
        part_of=patience.part_of,
    )
    return late, dead


def _dead_stats() -> AlarmRow:
    # The stat lanes' dead letters are taken up within a second: their queues' depth, sampled once a minute, is
    # mostly zero. The calls of the function that takes them up are what cannot be missed.
    return AlarmRow(
        name="Statline stat messages died",
        means="A stat notification was given up on one channel. It was at once tried on another, and its producer told;"
        " whether a clinician has it is not certain.",
        first="Find the notification in the log of statline-dead-letters and see its state with"
        " `statline show ID --tenant TENANT`.",
        runbook="dead-stat",
        severity=Severity.PAGE,
        figure=function("Invocations", "dead-letters"),
        threshold=0,
        missing=NOT_CALLED,
        part_of=Whole.DELIVERY,
    )


def _directory() -> tuple[AlarmRow, AlarmRow]:
    name = "statline-directory-changes"
    late = AlarmRow(
        name="Statline directory changes are late",
        means="Delivery goes on with an old directory: a page may reach somebody whose shift is over, or an old phone.",
        first="Look whether statline-directory runs, fails or is throttled.",
        runbook="stale-directory",
        severity=Severity.PAGE,
        # A bulk import of a hospital takes minutes; a shift change must not wait longer than it.
        figure=queue("ApproximateAgeOfOldestMessage", name),
        threshold=600,
        missing=IDLE_QUEUE,
    )
    dead = AlarmRow(
        name="Statline directory changes have dead letters",
        means="Changes of users, phones or shifts were given up: their notifications go where the old one says.",
        first="Find out why in the log of statline-directory, then send them again.",
        runbook="stale-directory",
        severity=Severity.TICKET,
        figure=queue("ApproximateNumberOfMessagesVisible", f"{name}-dlq"),
        threshold=0,
        missing=IDLE_QUEUE,
    )
    return late, dead


def _quarantine() -> AlarmRow:
    return AlarmRow(
        name="Statline quarantine is not empty",
        means="Messages of a producer were refused; nobody got them. The producer was told why.",
        first="Read the reasons and call the producer; the messages are kept.",
        runbook="quarantine",
        severity=Severity.TICKET,
        figure=queue("ApproximateNumberOfMessagesVisible", "statline-quarantine"),
        threshold=0,
        missing=IDLE_QUEUE,
    )


def _events() -> tuple[AlarmRow, AlarmRow]:
    late = AlarmRow(
        name="Statline events are late",
        means="Delivery goes on, but producers do not hear what became of notifications: a failed one looks sent.",
        first="Look whether statline-events fails or is throttled.",
        runbook="late-events",
        severity=Severity.PAGE,
        figure=function("IteratorAge", "events", "Maximum"),
        threshold=Duration.minutes(1).to_milliseconds(),
        datapoints=(3, 3),
        missing=NOT_CALLED,
    )
    lost = AlarmRow(
        name="Statline events were lost",
        means="Producers were never told what became of some notifications: a failed one looks sent.",
        first="Read from statline-lost-events which events, or which part of the stream, and tell the producers.",
        runbook="late-events",
        severity=Severity.TICKET,
        figure=queue("ApproximateNumberOfMessagesVisible", "statline-lost-events"),
        threshold=0,
        missing=IDLE_QUEUE,
    )
    return late, lost


def _function(name: str) -> tuple[AlarmRow, AlarmRow]:
    # One killed worker is no news: its messages come back. Two minutes of three are, where notifications wait for them.
    wakes = name in _ON_THE_WAY
    failing = AlarmRow(
        name=f"Statline {name} fails",
        means=f"Calls of statline-{name} end in a crash or a time-out. Its messages are tried again; if it goes on they"
        " are late, and then dead letters.",
        first="Read the newest errors in its log; was it deployed within the hour?",
        runbook="failing-function",
        severity=Severity.PAGE if wakes else Severity.TICKET,
        part_of=Whole.DELIVERY if wakes else None,
        figure=function("Errors", name),
        threshold=0,
        datapoints=(2, 3) if wakes else (3, 5),
        missing=NOT_CALLED,
    )
    # The reserve is not below the mappings' concurrency, so in health nothing is ever throttled.
    throttled = AlarmRow(
        name=f"Statline {name} is throttled",
        means=f"statline-{name} gets less concurrency than its queues ask for: notifications wait.",
        first="Compare the function's reserve with its mappings' concurrency, and both with the account's limit.",
        runbook="throttled-function",
        severity=Severity.TICKET,
        figure=function("Throttles", name),
        threshold=0,
        datapoints=(3, 5),
        missing=NOT_CALLED,
    )
    return failing, throttled


def _page_lost() -> AlarmRow:
    return AlarmRow(
        name="Statline could not page on-call",
        means="An alarm was raised and did not reach everybody who is on call: trouble for clinicians may go unseen.",
        first="Look at the alarms of this region now, then at the subscriptions of the topic statline-page.",
        runbook="lost-page",
        severity=Severity.TICKET,
        figure=Figure(
            namespace="AWS/SNS",
            name="NumberOfNotificationsFailed",
            statistic="Sum",
            dimensions={"TopicName": topic_name(Severity.PAGE)},
        ),
        threshold=0,
        missing=NO_PAGES,
    )
