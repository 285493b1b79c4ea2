"""The alarms of the delivery path: what clinicians feel, where it waits, why; and what stands beside the lanes."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from functions.core.adapters.telemetry.embedded_metrics import Metric
from infra.config.canary import Canary
from infra.config.providers import Providers
from infra.constructs.alarms.canary import canary_alarms
from infra.constructs.alarms.escalation import escalation_alarms
from infra.constructs.alarms.failover import beside_each_other, failover_alarms
from infra.constructs.alarms.figures import function, measured, queue
from infra.constructs.alarms.functions import function_alarms
from infra.constructs.alarms.lanes import lane_alarms
from infra.constructs.alarms.providers import provider_alarms
from infra.constructs.alarms.receipts import receipt_alarms
from infra.constructs.alarms.rows import IDLE_QUEUE, NOT_CALLED, AlarmRow, Figure, Formula, Missing
from infra.constructs.alarms.side_queues import side_queue_alarms
from infra.constructs.alarms.symptoms import symptom_alarms
from infra.constructs.alarms.topics import Severity, topic_name
from statline.contract.words import Channel, Priority

NOTHING_ARRIVES = Missing(
    cloudwatch.TreatMissingData.NOT_BREACHING, "no canary arrives, and nobody calls: that has alarms of its own"
)
NO_PAGES = Missing(
    cloudwatch.TreatMissingData.NOT_BREACHING, "SNS publishes nothing about a topic that nobody spoke to"
)


def delivery_alarms(
    channels: Sequence[Channel], *, region: str, providers: Providers, canary: Canary | None
) -> list[AlarmRow]:
    """The rows of a region that has these channels. canary: what goes through all of them, if anything does."""
    callbacks = bool(beside_each_other(providers))
    return [
        *symptom_alarms(channels, region=region),
        *(_of(canary, channels, region) if canary is not None else []),
        *lane_alarms(channels),
        *escalation_alarms(channels, region=region),
        *receipt_alarms(channels, region=region, callbacks=callbacks),
        *side_queue_alarms(canary=canary is not None),
        *function_alarms(channels, canary=canary is not None, callbacks=callbacks),
        *provider_alarms(providers, region=region),
        *failover_alarms(providers, region=region),
        *_directory(),
        _quarantine(),
        *_events(),
        *([_events_stand_still(region)] if canary else []),
        _page_lost(),
    ]


def _of(canary: Canary, channels: Sequence[Channel], region: str) -> list[AlarmRow]:
    real = {channel: every for channel, every in canary.real_every_minutes.items() if channel in channels}
    return canary_alarms(channels, real_every_minutes=real, region=region)


def _directory() -> tuple[AlarmRow, AlarmRow]:
    name = "statline-directory-changes"
    late = AlarmRow(
        name="Statline directory changes are late",
        means="Delivery goes on with an old directory: a page may reach somebody whose shift is over, or an old phone.",
        first="Look whether statline-directory runs, fails or is throttled.",
        runbook="stale-directory",
        heard_as=Severity.PAGE,
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
        heard_as=Severity.TICKET,
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
        heard_as=Severity.TICKET,
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
        heard_as=Severity.PAGE,
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
        heard_as=Severity.TICKET,
        figure=queue("ApproximateNumberOfMessagesVisible", "statline-lost-events"),
        threshold=0,
        missing=IDLE_QUEUE,
    )
    return late, lost


def _events_stand_still(region: str) -> AlarmRow:
    # Nobody reads the stream, and Lambda says no age of what nobody reads. A canary that arrives is a change of state
    # that events are told of. Five minutes, because Lambda says its figures up to two minutes after us.
    return AlarmRow(
        name="Statline events stand still",
        means="Delivery goes on, but producers hear nothing of what becomes of notifications: a failed one looks sent.",
        first="Look whether the mapping from the state table's stream to statline-events is enabled.",
        runbook="late-events",
        heard_as=Severity.PAGE,
        figure=Formula(
            expression="IF(FILL(arrived, 0) > 0, IF(FILL(calls, 0) < 1, 1, 0), 0)",
            label="canaries arrive, and nobody reads the stream",
            figures={
                "arrived": measured(
                    Metric.CANARY_ARRIVED, "Sum", region=region, lane=Priority.STAT, channel=Channel.PUSH
                ),
                "calls": function("Invocations", "events"),
            },
        ),
        threshold=0,
        datapoints=(5, 5),
        missing=NOTHING_ARRIVES,
    )


def _page_lost() -> AlarmRow:
    return AlarmRow(
        name="Statline could not page on-call",
        means="An alarm was raised and did not reach everybody who is on call: trouble for clinicians may go unseen.",
        first="Look at the alarms of this region now, then at the subscriptions of the topic statline-page.",
        runbook="lost-page",
        heard_as=Severity.TICKET,
        figure=Figure(
            namespace="AWS/SNS",
            name="NumberOfNotificationsFailed",
            statistic="Sum",
            dimensions={"TopicName": topic_name(Severity.PAGE)},
        ),
        threshold=0,
        missing=NO_PAGES,
    )
