"""What a region's on-call sees and hears."""

from typing import Any

from aws_cdk import RemovalPolicy, Stack
from constructs import Construct

from infra.config.model import Deployment, RegionConfig
from infra.constructs.alarms import AlarmRow, Alarms
from infra.constructs.alarms_dashboard import RegionDashboard
from infra.constructs.alarms_database import database_alarms
from infra.constructs.alarms_delivery import delivery_alarms
from infra.constructs.alarms_topics import OnCallTopics
from statline.contract.words import Channel


class MonitoringStack(Stack):
    """On-call's topics, the region's alarms and its dashboard.

    It names what it watches and refers to no other stack: it can be deployed first, and stays when others fail.
    """

    def __init__(
        self, scope: Construct, id_: str, *, deployment: Deployment, region: RegionConfig, **stack: Any
    ) -> None:
        super().__init__(scope, id_, **stack)
        self.runbooks = deployment.runbooks
        self.topics = OnCallTopics(
            self,
            "OnCall",
            on_call=region.on_call,
            removal=RemovalPolicy.RETAIN if deployment.production else RemovalPolicy.DESTROY,
        )
        Alarms(self, "Alarms", rows=region_alarms(region), topics=self.topics, runbooks=self.runbooks)
        RegionDashboard(self, "Page", region=region.region, channels=channels_of(region), database=region.database)


def channels_of(region: RegionConfig) -> tuple[Channel, ...]:
    """The channels that a region has."""
    return tuple(channel for channel in Channel if region.capacity.channel(channel) is not None)


def region_alarms(region: RegionConfig) -> list[AlarmRow]:
    """Every alarm of a region but the backup workflow's, which stand beside it."""
    watched = database_alarms(region.database) if region.database is not None else []
    return [*delivery_alarms(channels_of(region)), *watched]
