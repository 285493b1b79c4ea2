"""The dashboard's rows on escalation: whether ladders climb in time, whether answers are heard, why not."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from functions.core.adapters.telemetry.embedded_metrics import Metric
from infra.config.providers import Providers
from infra.constructs.alarms.escalation import ANSWERS_WAIT_SECONDS, STEP_LATE_SECONDS
from infra.constructs.alarms.failover import beside_each_other
from infra.constructs.alarms.figures import measured, queue
from infra.constructs.alarms.receipts import LATE_SHARE, RECEIPTS_PERIOD, late_share
from infra.constructs.alarms.side_queues import SIDE_QUEUES
from infra.constructs.dashboard.graphs import graph
from statline.contract.words import Channel

Row = list[cloudwatch.IWidget]
_FINE = Duration.seconds(10)


def escalation_felt(region: str) -> Row:
    """Whether the next person is paged in time, and how many ladders nobody answered."""
    return [
        graph(
            "escalation: how late steps were, s",
            [measured(Metric.STEP_LATE_SECONDS, "Maximum", region=region)],
            of=2,
            alarm=STEP_LATE_SECONDS,
            period=_FINE,
        ),
        graph(
            "escalation: ladders that stood still, and that nobody answered",
            [
                measured(Metric.LADDERS_OVERDUE, "Maximum", region=region),
                measured(Metric.LADDERS_EXHAUSTED, "Sum", region=region),
            ],
            of=2,
        ),
    ]


def escalation_waits() -> Row:
    """What waits beside the lanes. Timers, which wait on purpose, are not visible."""
    return [
        graph(
            "receipts and answers: age of the oldest, s",
            [queue("ApproximateAgeOfOldestMessage", "statline-receipts")],
            of=3,
            alarm=ANSWERS_WAIT_SECONDS,
        ),
        graph(
            "beside the lanes: messages that wait",
            [queue("ApproximateNumberOfMessagesVisible", f"statline-{side.name}") for side in SIDE_QUEUES],
            of=3,
        ),
        graph(
            "beside the lanes: dead letters",
            [queue("ApproximateNumberOfMessagesVisible", f"statline-{side.name}-dlq") for side in SIDE_QUEUES],
            of=3,
        ),
    ]


def escalation_causes(region: str, channels: Sequence[Channel], providers: Providers) -> Row:
    """Receipts that do not come; and, where providers stand beside each other, which is demoted, and who forges."""
    beside = [name for names in beside_each_other(providers).values() for name in names]
    late = graph(
        "stats whose receipt did not come, %",
        [late_share(channel, region=region) for channel in channels],
        of=3 if beside else 1,
        alarm=LATE_SHARE,
        period=RECEIPTS_PERIOD,
    )
    if not beside:
        return [late]
    demoted = [measured(Metric.PROVIDER_DEMOTED, "Maximum", region=region, provider=name) for name in beside]
    return [
        late,
        graph("providers that are demoted (1: yes)", demoted, of=3),
        graph("callbacks with a wrong signature", [measured(Metric.CALLBACKS_FORGED, "Sum", region=region)], of=3),
    ]
