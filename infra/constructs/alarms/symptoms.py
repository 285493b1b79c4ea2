"""The alarms on what clinicians feel: how long it takes from the producer to a provider, and what still waits.

A stall completes nothing, so the seconds of what is completed are silent then: the age of the oldest outstanding
delivery speaks. It is measured every ten seconds, 0 where nothing waits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from functions.core.adapters.telemetry.embedded_metrics import Metric
from infra.constructs.alarms.figures import measured
from infra.constructs.alarms.rows import AlarmRow, Missing
from infra.constructs.alarms.wholes import Whole
from statline.contract.words import Channel, Priority

STILL_WAITING = Missing(
    cloudwatch.TreatMissingData.IGNORE,
    "a look that did not happen changes nothing: what waited still waits; that nobody looks is said by an alarm of its"
    " own",
)
NOBODY_LOOKS = Missing(
    cloudwatch.TreatMissingData.BREACHING, "it is measured every ten seconds: silence is a region that is blind or gone"
)
NOTHING_DONE = Missing(
    cloudwatch.TreatMissingData.NOT_BREACHING,
    "nothing was completed: either nothing was sent, or it waits, which the alarm on what is outstanding says",
)

FINE = Duration.seconds(10)
_MINUTE = Duration.minutes(1)
_HALF_MINUTE = Duration.seconds(30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a lane promises, in seconds from the producer's ``sent_at``.

    outstanding: how old the oldest may get that still waits for us. accepted, routed: what nine of ten must keep.
    period, stalled, slow: how often the figures are looked at, and how many of how many must breach.
    """

    outstanding: float
    accepted: float
    routed: float
    period: Duration
    stalled: tuple[int, int]
    slow: tuple[int, int]
    heard_as: Whole


PROMISES: Mapping[Priority, Promise] = {
    # A killed worker's message is taken up again within 20 s, and is seen at most once above 20: two looks are a
    # message that nobody takes up. It waited for 20 s, was seen within 10, again after 10, and 10 later CloudWatch has
    # the figure: about 50 s after it was sent. Slow is three looks, because at night one call that was killed is all
    # that a look sees. Two or three of the last five minutes', not in a row: what comes and goes wakes somebody once,
    # and is over when there was none of it for five minutes.
    Priority.STAT: Promise(
        outstanding=20, accepted=10, routed=5, period=FINE, stalled=(2, 30), slow=(3, 30), heard_as=Whole.STAT
    ),
    # Urgent may wait behind a burst; a minute and a half is no burst any more.
    Priority.URGENT: Promise(
        outstanding=90, accepted=60, routed=30, period=FINE, stalled=(2, 30), slow=(3, 30), heard_as=Whole.DELIVERY
    ),
    # Routine waits behind floods on purpose; a quarter of an hour, in three minutes of five, is no flood any more.
    Priority.ROUTINE: Promise(
        outstanding=900, accepted=900, routed=600, period=_MINUTE, stalled=(3, 5), slow=(3, 5), heard_as=Whole.ROUTINE
    ),
}


def symptom_alarms(channels: Sequence[Channel], *, region: str) -> list[AlarmRow]:
    """The rows of a region that has these channels."""
    ways = [(lane, channel) for lane in Priority for channel in channels]
    return [
        *(_stalled(lane, channel, region) for lane, channel in ways),
        _blind(region),
        *(_slow(lane, channel, region) for lane, channel in ways),
        *(_slow_router(lane, region) for lane in Priority),
    ]


def _stalled(lane: Priority, channel: Channel, region: str) -> AlarmRow:
    promise = PROMISES[lane]
    return AlarmRow(
        name=f"Statline {lane} {channel} is stalled",
        means=f"A clinician waits for a {lane} notification by {channel} that was sent more than"
        f" {promise.outstanding:g} seconds ago; everything after it may wait as well.",
        first=f"Look whether statline-{channel} and statline-router run and their queues are taken up; then whether"
        " the provider answers.",
        runbook="stalled",
        heard_as=promise.heard_as,
        figure=measured(Metric.OLDEST_OUTSTANDING, "Maximum", region=region, lane=lane, channel=channel),
        threshold=promise.outstanding,
        period=promise.period,
        datapoints=promise.stalled,
        missing=STILL_WAITING,
    )


def _blind(region: str) -> AlarmRow:
    # All lanes and channels are measured by one look, so one figure tells whether somebody looked. CloudWatch fills
    # in nothing while older figures are within its range of four periods: it speaks after two to two and a half
    # minutes of silence. A clock that wakes the look a minute late is shorter than that.
    return AlarmRow(
        name="Statline cannot see what is outstanding",
        means="Nobody knows whether notifications wait: a stall would be silent. If canaries are lost too, the region"
        " is gone.",
        first="Look whether canaries arrive (the dashboard's first row); then read the log of statline-outstanding.",
        runbook="blind-watch",
        heard_as=Whole.DELIVERY,
        figure=measured(
            Metric.OLDEST_OUTSTANDING, "SampleCount", region=region, lane=Priority.STAT, channel=Channel.PUSH
        ),
        threshold=1,
        below=True,
        period=_HALF_MINUTE,
        datapoints=(2, 2),
        missing=NOBODY_LOOKS,
    )


def _slow(lane: Priority, channel: Channel, region: str) -> AlarmRow:
    promise = PROMISES[lane]
    return AlarmRow(
        name=f"Statline {lane} {channel} is slow",
        means=f"Clinicians get {lane} notifications by {channel} late: one of ten took more than"
        f" {promise.accepted:g} seconds until a provider had it.",
        first="Compare with the router's seconds on the dashboard: slow there means every channel, else it is this"
        " channel's provider.",
        runbook="slow-delivery",
        heard_as=promise.heard_as,
        figure=measured(Metric.ACCEPTED_SECONDS, "p90", region=region, lane=lane, channel=channel),
        threshold=promise.accepted,
        period=promise.period,
        datapoints=promise.slow,
        missing=NOTHING_DONE,
    )


def _slow_router(lane: Priority, region: str) -> AlarmRow:
    promise = PROMISES[lane]
    return AlarmRow(
        name=f"Statline {lane} router is slow",
        means=f"Clinicians get {lane} notifications late on every channel: one of ten took more than"
        f" {promise.routed:g} seconds until it was on its channels' queues.",
        first="Look whether statline-router fails or is throttled, and whether a producer floods the lane.",
        runbook="slow-delivery",
        heard_as=promise.heard_as,
        figure=measured(Metric.ROUTED_SECONDS, "p90", region=region, lane=lane),
        threshold=promise.routed,
        period=promise.period,
        datapoints=promise.slow,
        missing=NOTHING_DONE,
    )
