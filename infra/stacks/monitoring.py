"""What a region's on-call sees and hears."""

from aws_cdk import Environment, Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.config.model import RegionConfig
from infra.constructs.alarms import AlarmRow, Alarms
from infra.constructs.alarms_dashboard import RegionDashboard
from infra.constructs.alarms_database import database_alarms
from infra.constructs.alarms_delivery import delivery_alarms
from infra.constructs.alarms_topics import OnCallTopics
from statline.contract.words import Channel


class MonitoringStack(Stack):
    """On-call's topics, the region's alarms and its dashboard.

    It names what it watches; from another stack it takes only the key, whose policy must let CloudWatch use it.
    topics: what others speak to on-call by.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        env: Environment,
        config: RegionConfig,
        runbooks: str,
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, construct_id, env=env, description="Statline: alarms, on-call and the dashboard")
        self.topics = OnCallTopics(self, "OnCall", on_call=config.on_call, key=key)
        Alarms(self, "Alarms", rows=region_alarms(config), topics=self.topics, runbooks=runbooks)
        RegionDashboard(self, "Page", region=config.region, channels=channels_of(config), database=config.database)


def channels_of(config: RegionConfig) -> tuple[Channel, ...]:
    """The channels that a region has."""
    return tuple(channel for channel in Channel if config.capacity.channel(channel) is not None)


def region_alarms(config: RegionConfig) -> list[AlarmRow]:
    """Every alarm of a region but the backup workflow's, which stand beside it."""
    watched = database_alarms(config.database) if config.database is not None else []
    return [*delivery_alarms(channels_of(config)), *watched]
