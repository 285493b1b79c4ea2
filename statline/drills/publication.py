"""How late CloudWatch shows a figure: what stands between a fault and an alarm, besides the alarm's own periods.

No service promises a delay; what is counted here is the slower end of what is documented or was measured, so that an
alarm which is in time in a drill is not late in a region that has a good day.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Publication:
    """How a namespace's figures come to CloudWatch.

    seconds: from the moment that a figure is about until it is seen. A service's own figure is about a whole minute
        and carries the minute's beginning, so the minute itself is in it.
    source: why that long.
    """

    seconds: float
    source: str


_MINUTE = (
    "one figure a minute, stamped with the minute's beginning and sent after its end"
    " ({}); in practice such a figure is there one to two minutes after its minute began, an alarm on it two to four"
    " minutes after the fault"
)

PUBLICATIONS: Mapping[str, Publication] = {
    "Statline": Publication(
        10,
        "embedded metric format at high resolution: the log line is sent as the call ends and becomes a figure within"
        " seconds (CloudWatch Logs user guide, embedded metric format); alarms on such figures spoke 20 to 40 s after"
        " the fault",
    ),
    "AWS/SQS": Publication(
        120, _MINUTE.format("SQS developer guide, Available CloudWatch metrics: collected every minute")
    ),
    "AWS/Lambda": Publication(
        120, _MINUTE.format("Lambda developer guide, Using CloudWatch metrics: sent in 1-minute intervals")
    ),
    "AWS/RDS": Publication(120, _MINUTE.format("RDS user guide, Monitoring with CloudWatch: every minute")),
    "AWS/SNS": Publication(120, _MINUTE.format("SNS developer guide, Monitoring topics: every minute")),
    "AWS/States": Publication(120, _MINUTE.format("Step Functions developer guide, Monitoring with CloudWatch")),
    "AWS/Events": Publication(120, _MINUTE.format("EventBridge user guide, Monitoring: every minute")),
    "AWS/DynamoDB": Publication(120, _MINUTE.format("DynamoDB developer guide, Monitoring metrics: one minute")),
}
SQS_IDLE_SECONDS = 6 * 3600.0
"""A queue without activity for this long stops publishing (SQS developer guide, Available CloudWatch metrics)."""
SQS_WAKES_SECONDS = 15 * 60.0
"""And takes up to this long to publish again once there is activity."""


def delay_of(namespace: str) -> float:
    """Seconds until a figure of this namespace is seen. A namespace that nobody looked up is as late as AWS's own."""
    found = PUBLICATIONS.get(namespace)
    return found.seconds if found is not None else PUBLICATIONS["AWS/SQS"].seconds
