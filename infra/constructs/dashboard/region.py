"""The region's dashboard: what clinicians feel on top, where it waits below, why at the bottom."""

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from functions.core.adapters.telemetry.embedded_metrics import Metric
from infra.config.database import DatabaseConfig
from infra.config.providers import Providers
from infra.constructs.alarms.failover import beside_each_other
from infra.constructs.alarms.figures import measured, queue
from infra.constructs.alarms.functions import functions_of
from infra.constructs.alarms.lanes import PATIENCE, stages_of
from infra.constructs.alarms.symptoms import PROMISES
from infra.constructs.dashboard.causes import database_graphs, delivery_causes
from infra.constructs.dashboard.escalation import escalation_causes, escalation_felt, escalation_waits
from infra.constructs.dashboard.graphs import WIDTH, graph, heading
from statline.contract.words import Channel, Priority

FELT = "What clinicians feel"
WAITS = "Where it waits"
WHY = "Why"

_LANES = (Priority.STAT, Priority.URGENT, Priority.ROUTINE)
Row = list[cloudwatch.IWidget]


class RegionDashboard(Construct):
    """One page for a region. alarms: the composites, whose states stand on top."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        region: str,
        channels: Sequence[Channel],
        canary: bool,
        providers: Providers,
        database: DatabaseConfig | None,
        alarms: Sequence[cloudwatch.IAlarm],
    ) -> None:
        super().__init__(scope, construct_id)
        callbacks = bool(beside_each_other(providers))
        functions = functions_of(channels, canary=canary, callbacks=callbacks)
        rows: list[Row] = [
            [cloudwatch.AlarmStatusWidget(title=f"{region}: alarms", width=WIDTH, height=3, alarms=list(alarms))],
            [heading(FELT)],
            *_felt(region, channels, canary=canary),
            escalation_felt(region),
            [heading(WAITS)],
            *_waits(region, stages_of(channels)),
            escalation_waits(),
            [heading(WHY)],
            *delivery_causes(region, functions, providers),
            escalation_causes(region, channels, providers),
            *(database_graphs(region, database) if database is not None else []),
        ]
        cloudwatch.Dashboard(self, "Dashboard", dashboard_name=f"statline-{region}", widgets=rows)


def _felt(region: str, channels: Sequence[Channel], *, canary: bool) -> list[Row]:
    canaries: list[Row] = [[_arrived(region, channels), _canary_seconds(region, channels)]] if canary else []
    return [
        [_accepted(lane, region, channels) for lane in _LANES],
        [_outstanding(lane, region, channels) for lane in _LANES],
        *canaries,
    ]


def _accepted(lane: Priority, region: str, channels: Sequence[Channel]) -> cloudwatch.IWidget:
    return graph(
        f"{lane}: from the producer to a provider, 90 %, s",
        [measured(Metric.ACCEPTED_SECONDS, "p90", region=region, lane=lane, channel=channel) for channel in channels],
        of=3,
        alarm=PROMISES[lane].accepted,
    )


def _outstanding(lane: Priority, region: str, channels: Sequence[Channel]) -> cloudwatch.IWidget:
    promise = PROMISES[lane]
    return graph(
        f"{lane}: the oldest that still waits, s",
        [measured(Metric.OLDEST_OUTSTANDING, "Maximum", region=region, lane=lane, channel=c) for c in channels],
        of=3,
        alarm=promise.outstanding,
        period=promise.period,
    )


def _arrived(region: str, channels: Sequence[Channel]) -> cloudwatch.IWidget:
    ways = [(lane, channel) for lane in _LANES for channel in channels]
    return graph(
        "canaries: the share that arrived",
        [
            measured(Metric.CANARY_ARRIVED, "Average", region=region, lane=lane, channel=channel)
            for lane, channel in ways
        ],
        of=2,
    )


def _canary_seconds(region: str, channels: Sequence[Channel]) -> cloudwatch.IWidget:
    ways = [(lane, channel) for lane in _LANES for channel in channels]
    return graph(
        "canaries: to a provider, s",
        [
            measured(Metric.CANARY_SECONDS, "Maximum", region=region, lane=lane, channel=channel)
            for lane, channel in ways
        ],
        of=2,
    )


def _waits(region: str, stages: Sequence[str]) -> list[Row]:
    dead = [f"statline-{stage}-{lane}-dlq" for stage in stages for lane in _LANES]
    return [
        [_ages(lane, stages) for lane in _LANES],
        [
            graph(
                "router: from the producer to the channels' queues, 90 %, s",
                [measured(Metric.ROUTED_SECONDS, "p90", region=region, lane=lane) for lane in _LANES],
                of=3,
            ),
            graph("dead letters", [queue("ApproximateNumberOfMessagesVisible", name) for name in dead], of=3),
            graph(
                "directory changes: age of the oldest, s",
                [queue("ApproximateAgeOfOldestMessage", "statline-directory-changes")],
                of=3,
            ),
        ],
    ]


def _ages(lane: Priority, stages: Sequence[str]) -> cloudwatch.IWidget:
    return graph(
        f"{lane}: age of the oldest message, s",
        [queue("ApproximateAgeOfOldestMessage", f"statline-{stage}-{lane}") for stage in stages],
        of=3,
        alarm=PATIENCE[lane].age,
    )
