"""The alarms on what becomes of an activation: its ladders, the answers of people, and who calls a pager's line.

Escalation has no lane and few messages: an activation or two an hour. So most of these look at single events, and
none asks for a share of many.
"""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from functions.core.adapters.telemetry.embedded_metrics import Metric
from infra.constructs.alarms.figures import function, measured, queue, stuck
from infra.constructs.alarms.rows import IDLE_QUEUE, NOT_CALLED, AlarmRow, Missing
from infra.constructs.alarms.topics import Severity
from infra.constructs.alarms.wholes import Whole
from statline.contract.words import Channel

NO_STEP = Missing(
    cloudwatch.TreatMissingData.NOT_BREACHING,
    "no step was fired: either no ladder climbs, or one stands still, which the alarm on overdue ladders says",
)
NOBODY_SWEEPS = Missing(
    cloudwatch.TreatMissingData.BREACHING,
    "the sweep says a number every minute, 0 on a good day: silence is an escalation that does not even look",
)
NO_LADDER_ENDED = Missing(
    cloudwatch.TreatMissingData.NOT_BREACHING, "only a ladder that ends without an answer says so: silence is none"
)

STEP_LATE_SECONDS = 20
"""A killed worker's step is taken up again within this."""
ANSWERS_WAIT_SECONDS = 60
_FINE = Duration.seconds(10)
_ONCE_IN_FIVE_MINUTES = (1, 30)
"""The first figure wakes; and it is over when there was none for five minutes: four roles' ladders are one page."""


def escalation_alarms(channels: Sequence[Channel], *, region: str) -> list[AlarmRow]:
    """The rows of a region that has these channels."""
    calls = [_keys_lost(), _pager_calls_lost()] if Channel.VOICE in channels else []
    return [
        _steps_late(region),
        _overdue(region),
        _stuck(),
        _answers_late(),
        _unanswered(region),
        *calls,
    ]


def _steps_late(region: str) -> AlarmRow:
    # One step is enough: there may be no other for minutes, and it was a person who was paged so much later.
    return AlarmRow(
        name="Statline escalation steps are late",
        means="Nobody has answered a code or a page, and the next person of its ladder was paged more than"
        f" {STEP_LATE_SECONDS} seconds after the moment that the policy says.",
        first="Tell clinical operations that codes must be followed up by telephone; then look whether"
        " statline-escalation is slow, fails or is throttled.",
        runbook="escalation-late",
        heard_as=Whole.ESCALATION,
        figure=measured(Metric.STEP_LATE_SECONDS, "Maximum", region=region),
        threshold=STEP_LATE_SECONDS,
        period=_FINE,
        datapoints=_ONCE_IN_FIVE_MINUTES,
        missing=NO_STEP,
    )


def _overdue(region: str) -> AlarmRow:
    # One minute with an overdue ladder is what the sweep is for: it has it looked at. Two of three is a sweep whose
    # looks help nobody.
    return AlarmRow(
        name="Statline escalation is overdue",
        means="Ladders of codes and pages stand still, or nobody can see whether they do: who does not answer is not"
        " followed by the next person.",
        first="Tell clinical operations now that codes must be followed up by telephone; then look whether"
        " statline-escalation runs, and takes from its queue.",
        runbook="escalation-late",
        heard_as=Whole.ESCALATION,
        figure=measured(Metric.LADDERS_OVERDUE, "Maximum", region=region),
        threshold=0,
        datapoints=(2, 3),
        missing=NOBODY_SWEEPS,
    )


def _stuck() -> AlarmRow:
    # A new activation's first look opens its ladders: while that look waits there is nothing that could be overdue.
    # Not by the age of the oldest message: timers wait here on purpose, for up to a quarter of an hour, and SQS does
    # not say whether it counts them. Those that wait for their moment are not visible.
    name = "statline-escalation"
    return AlarmRow(
        name="Statline escalation is stuck",
        means="New codes are paged once and never followed up: looks wait in statline-escalation, and for two minutes"
        " none was finished.",
        first="Tell clinical operations now that codes must be followed up by telephone; then look whether the mapping"
        " from the queue to the function is enabled.",
        runbook="escalation-late",
        heard_as=Whole.ESCALATION,
        figure=stuck(name),
        threshold=0,
        datapoints=(2, 2),
        missing=IDLE_QUEUE,
    )


def _answers_late() -> AlarmRow:
    # A step waits for a minute unless its policy says otherwise. An answer that waits longer than that comes after the
    # next person was paged.
    return AlarmRow(
        name="Statline receipts are late",
        means="Answers by text and from the app wait: who has accepted a code is not known to have, and others are"
        " paged on. Delivered notifications look as if they were not.",
        first="Look whether statline-receipts runs, fails or is throttled, and whether a flood of texts' receipts"
        " comes in.",
        runbook="receipts-late",
        heard_as=Whole.ESCALATION,
        figure=queue("ApproximateAgeOfOldestMessage", "statline-receipts"),
        threshold=ANSWERS_WAIT_SECONDS,
        datapoints=(2, 5),
        missing=IDLE_QUEUE,
    )


def _unanswered(region: str) -> AlarmRow:
    # It speaks by itself: nothing of ours is broken, and a whole that spoke meanwhile would hide that a patient waits.
    return AlarmRow(
        name="Statline an activation was not answered",
        means="Somebody called for help and nobody came forward: a ladder was climbed to its end, everybody on it was"
        " paged, and nobody of that role has accepted.",
        first="Ask clinical operations to call that team by telephone now; the log of statline-escalation names the"
        " activation and the role.",
        runbook="unanswered",
        heard_as=Severity.PAGE,
        figure=measured(Metric.LADDERS_EXHAUSTED, "Sum", region=region),
        threshold=0,
        period=_FINE,
        datapoints=_ONCE_IN_FIVE_MINUTES,
        missing=NO_LADDER_ENDED,
    )


def _keys_lost() -> AlarmRow:
    # Nobody presses a key twice, and no queue keeps it: one is enough.
    return AlarmRow(
        name="Statline key presses are lost",
        means="Somebody pressed 1 on a call to accept, and it was not taken: the ladder goes on and pages others for a"
        " code that has its person.",
        first="Read the newest errors of statline-keypad; was it deployed within the hour?",
        runbook="lost-calls",
        heard_as=Whole.ESCALATION,
        figure=function("Errors", "keypad"),
        threshold=0,
        datapoints=(1, 5),
        missing=NOT_CALLED,
    )


def _pager_calls_lost() -> AlarmRow:
    return AlarmRow(
        name="Statline pager calls are lost",
        means="Somebody called a pager's number and paged nobody. The caller was told so; what was to be said is said"
        " nowhere.",
        first="Read the newest errors of statline-virtual-pager; tell the switchboard that pager numbers do not work.",
        runbook="lost-calls",
        heard_as=Severity.PAGE,
        figure=function("Errors", "virtual-pager"),
        threshold=0,
        datapoints=(1, 5),
        missing=NOT_CALLED,
    )
