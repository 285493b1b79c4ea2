"""The alarms on what comes back from outside: receipts, people's replies by text, and callbacks from the internet."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from functions.core.adapters.telemetry.embedded_metrics import Metric
from infra.constructs.alarms.figures import measured
from infra.constructs.alarms.rows import AlarmRow, Figure, Formula, Missing
from infra.constructs.alarms.topics import Severity
from infra.constructs.alarms.wholes import Whole
from infra.constructs.queues.receipt_sources import CALLS, INBOUND_TEXTS, SMS_EVENTS
from statline.contract.words import Channel, Priority

NOBODY_WAITED = Missing(
    cloudwatch.TreatMissingData.NOT_BREACHING,
    "no stat waited in vain: either its receipts came, or none was sent, which the alarms of its lane say",
)
NOT_FORGED = Missing(
    cloudwatch.TreatMissingData.NOT_BREACHING, "only a callback with a wrong signature says so: silence is none"
)
NOTHING_TO_HAND_OVER = Missing(
    cloudwatch.TreatMissingData.NOT_BREACHING, "SNS publishes nothing about a topic that had nothing to say"
)

LATE_SHARE = 50
FEWEST_LATE = 5
"""Within a quarter of an hour. Phones are off, and out of reach: a few in a hundred never tell."""
RECEIPTS_PERIOD = Duration.minutes(15)
MOST_FORGED = 2
_FORGED_PERIOD = Duration.minutes(5)
NOTHING_WENT_WRONG = Missing(
    cloudwatch.TreatMissingData.NOT_BREACHING, "EventBridge says these figures only when they are not zero"
)


def receipt_alarms(channels: Sequence[Channel], *, region: str, callbacks: bool) -> list[AlarmRow]:
    """The rows of a region that has these channels. callbacks: whether something of it faces the internet."""
    return [
        *(_missing(channel, region) for channel in channels),
        _receipts_refused(),
        _replies_refused(),
        *([_calls_refused()] if Channel.VOICE in channels else []),
        *([_forged(region)] if callbacks else []),
    ]


def late_share(channel: Channel, *, region: str) -> Formula:
    """Of the stats of a channel whose receipt was waited for or came, those that it did not come for, as per cent."""
    return Formula(
        expression=f"IF({channel}_late < {FEWEST_LATE}, 0,"
        f" 100 * {channel}_late / ({channel}_late + FILL({channel}_came, 0)))",
        label=f"{channel}: stats whose receipt did not come, %",
        figures={
            f"{channel}_late": measured(Metric.RECEIPTS_LATE, "Sum", region=region, channel=channel),
            f"{channel}_came": measured(
                Metric.RECEIPT_SECONDS, "SampleCount", region=region, lane=Priority.STAT, channel=channel
            ),
        },
    )


def _missing(channel: Channel, region: str) -> AlarmRow:
    # A cause and no symptom: each of these stats went another way by itself, within a minute. A share, because a night
    # has few; of a quarter of an hour, because few are what it is a share of.
    return AlarmRow(
        name=f"Statline stat {channel} goes another way for want of receipts",
        means=f"Clinicians get stats twice, or a minute later: for half of those by {channel} no receipt comes within"
        " its time, and they go another way as well.",
        first=f"Compare with what really happens: ask somebody whether a test by {channel} arrives. If it does, it is"
        " the receipts; else it is the provider or a carrier.",
        runbook="receipts-missing",
        heard_as=Severity.TICKET,
        figure=late_share(channel, region=region),
        threshold=LATE_SHARE,
        period=RECEIPTS_PERIOD,
        missing=NOBODY_WAITED,
    )


def _refused_by(topic: str) -> Figure:
    return Figure(
        namespace="AWS/SNS", name="NumberOfNotificationsFailed", statistic="Sum", dimensions={"TopicName": topic}
    )


def _receipts_refused() -> AlarmRow:
    return AlarmRow(
        name="Statline text receipts do not get through",
        means="Delivered texts look as if they were not, and stats among them go another way as well.",
        first="Look at the policies of the queue statline-receipts and of its key: they must let SNS in.",
        runbook="receipts-missing",
        heard_as=Severity.TICKET,
        figure=_refused_by(SMS_EVENTS),
        threshold=0,
        datapoints=(1, 5),
        missing=NOTHING_TO_HAND_OVER,
    )


def _calls_refused() -> AlarmRow:
    # All three: whether one that goes to the dead letters has failed, too, is not documented; and one that may not go
    # there either is gone, and nothing else says so. On a sum a missing one counts as 0.
    figures = {"failed": "FailedInvocations", "kept": "InvocationsSentToDlq", "lost": "InvocationsFailedToBeSentToDlq"}
    return AlarmRow(
        name="Statline call receipts do not get through",
        means="Calls that were taken look as if they were not, and stats among them go another way as well. Keys that"
        " are pressed on calls are heard.",
        first="Look at the policies of the queue statline-receipts and of its key: they must let EventBridge in.",
        runbook="receipts-missing",
        heard_as=Severity.TICKET,
        figure=Formula(
            expression=" + ".join(figures),
            label="Connect's events that did not reach the queue",
            # By the rule alone: its bus is the default one, of which EventBridge names no bus.
            figures={
                short: Figure(namespace="AWS/Events", name=name, statistic="Sum", dimensions={"RuleName": CALLS})
                for short, name in figures.items()
            },
        ),
        threshold=0,
        datapoints=(1, 5),
        missing=NOTHING_WENT_WRONG,
    )


def _replies_refused() -> AlarmRow:
    # It lies in the dead letters, or SNS has tried for weeks: nothing is lost yet. But a person has answered, and a
    # ladder climbs on.
    return AlarmRow(
        name="Statline text replies do not get through",
        means="Who accepts a code by text, or texts a pager's number, is not heard: others are paged on, or nobody is.",
        first="Look at the policies of the queue statline-receipts and of its key: they must let SNS in.",
        runbook="receipts-late",
        heard_as=Whole.ESCALATION,
        figure=_refused_by(INBOUND_TEXTS),
        threshold=0,
        datapoints=(1, 5),
        missing=NOTHING_TO_HAND_OVER,
    )


def _forged(region: str) -> AlarmRow:
    # The door is on the internet, and somebody knocks now and then. Three in five minutes is somebody who tries, or our
    # own secret that is not the provider's any more: then every true receipt is refused as well.
    return AlarmRow(
        name="Statline forged callbacks",
        means="Clinicians feel nothing: callbacks with a wrong signature were refused. If they are the provider's own,"
        " its receipts and people's replies by its numbers are not heard.",
        first="Did somebody change the provider's auth token, or the address that it calls? Else see where they come"
        " from in the access log of the API statline-webhooks.",
        runbook="forged-callbacks",
        heard_as=Severity.TICKET,
        figure=measured(Metric.CALLBACKS_FORGED, "Sum", region=region),
        threshold=MOST_FORGED,
        period=_FORGED_PERIOD,
        missing=NOT_FORGED,
    )
