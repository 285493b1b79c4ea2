"""What a region's on-call sees and hears."""

from aws_cdk import Environment, Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.acknowledgements.model import acknowledge
from infra.acknowledgements.monitoring import monitoring_acknowledgements
from infra.config.database import DatabaseConfig
from infra.config.model import RegionConfig
from infra.constructs.alarms.backup_watch import backup_on_primary
from infra.constructs.alarms.database import database_alarms
from infra.constructs.alarms.delivery import delivery_alarms
from infra.constructs.alarms.rows import AlarmRow, Alarms
from infra.constructs.alarms.topics import OnCallTopics
from infra.constructs.dashboard.region import RegionDashboard
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
        rows = region_alarms(config)
        alarms = Alarms(self, "Alarms", rows=rows, topics=self.topics, runbooks=runbooks)
        RegionDashboard(
            self,
            "Page",
            region=config.region,
            channels=channels_of(config),
            canary=config.canary is not None,
            providers=config.providers,
            database=config.database,
            alarms=alarms.wholes,
        )
        acknowledge(self, monitoring_acknowledgements(rows))


def channels_of(config: RegionConfig) -> tuple[Channel, ...]:
    """The channels that a region has."""
    return tuple(channel for channel in Channel if config.capacity.channel(channel) is not None)


def region_alarms(config: RegionConfig) -> list[AlarmRow]:
    """Every alarm of a region but those of the reconcile and the backup workflow, which stand beside them.

    That a backup runs on the primary is among them: a composite explains the database's trouble by it, and CloudWatch
    takes no composite of alarms that do not exist yet.
    """
    delivery = delivery_alarms(
        channels_of(config), region=config.region, providers=config.providers, canary=config.canary
    )
    return [*delivery, *(_of_database(config.database, config.region) if config.database is not None else [])]


def _of_database(database: DatabaseConfig, region: str) -> list[AlarmRow]:
    on_primary = backup_on_primary(region=region, primary=database.primary.identifier)
    return [*database_alarms(database), on_primary]
