"""The alarms on the canary: whether a notification that we sent ourselves arrived, on each lane and channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from functions.core.adapters.telemetry.embedded_metrics import Metric
from infra.constructs.alarms.figures import measured
from infra.constructs.alarms.rows import AlarmRow, Missing
from infra.constructs.alarms.topics import Severity
from infra.constructs.alarms.wholes import Whole
from statline.contract.words import Channel, Priority

NO_CANARY = Missing(
    cloudwatch.TreatMissingData.BREACHING,
    "four canaries a minute are judged, whatever becomes of them: silence is a region that does not even send its own",
)

NO_REAL_CANARY = Missing(
    cloudwatch.TreatMissingData.NOT_BREACHING,
    "between two real canaries nothing is known; that canaries are sent at all is what the others say",
)
_REAL_LOOKED_AT = 5
"""Minutes in which lost real canaries are counted."""


@dataclass(frozen=True, slots=True)
class _Loss:
    """For how long no canary may arrive."""

    period: Duration
    datapoints: tuple[int, int]
    heard_as: Whole


# A canary is lost when no provider has it 30 s after it was sent; one goes each 15 s, so half a minute is two of them.
_LOSSES: Mapping[Priority, _Loss] = {
    # Four in a row. Silence is said after two to two and a half minutes, for the same reason as the blind watch's.
    Priority.STAT: _Loss(Duration.seconds(30), (2, 2), Whole.STAT),
    # Urgent may take longer than the canary waits for, while a burst is worked off.
    Priority.URGENT: _Loss(Duration.seconds(30), (4, 4), Whole.DELIVERY),
    # And routine, behind a flood, a quarter of an hour.
    Priority.ROUTINE: _Loss(Duration.minutes(1), (15, 15), Whole.ROUTINE),
}


def canary_alarms(
    channels: Sequence[Channel], *, real_every_minutes: Mapping[Channel, int], region: str
) -> list[AlarmRow]:
    """The rows of a region whose canary goes through these channels, and really goes out on some, so often."""
    ways = [_lost(lane, channel, region) for lane in Priority for channel in channels]
    return [*ways, *(_real_lost(channel, every, region) for channel, every in real_every_minutes.items())]


def _lost(lane: Priority, channel: Channel, region: str) -> AlarmRow:
    loss = _LOSSES[lane]
    return AlarmRow(
        name=f"Statline {lane} {channel} canary is lost",
        means=f"No test notification gets through {lane} {channel}: clinicians' {lane} notifications by {channel} are"
        " most likely late or lost as well.",
        first="Look whether only this way is affected or every one: one way is its provider or function, all ways are"
        " the router, the region, or the canary itself.",
        runbook="canary-lost",
        heard_as=loss.heard_as,
        figure=measured(Metric.CANARY_ARRIVED, "Maximum", region=region, lane=lane, channel=channel),
        threshold=1,
        below=True,
        period=loss.period,
        datapoints=loss.datapoints,
        missing=NO_CANARY,
    )


def _real_lost(channel: Channel, every_minutes: int, region: str) -> AlarmRow:
    return AlarmRow(
        name=f"Statline real {channel} canary is lost",
        means=f"A test that was really sent by {channel} got no provider's word, and clinicians' notifications by"
        f" {channel} may not either: most canaries are rehearsed, and a rehearsal does not see everything.",
        first="Look whether the provider answers real notifications with errors; if not, whether the test recipient"
        " can still be reached.",
        runbook="canary-lost",
        heard_as=Severity.TICKET,
        figure=measured(Metric.REAL_CANARIES_LOST, "Sum", region=region, channel=channel),
        # One is enough where the next one comes in an hour or a day. Of one each minute, more than half.
        threshold=_REAL_LOOKED_AT // every_minutes // 2,
        period=Duration.minutes(_REAL_LOOKED_AT),
        missing=NO_REAL_CANARY,
    )
