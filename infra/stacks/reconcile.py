"""What keeps a region's directory in step with the replica's views."""

from aws_cdk import Duration, Environment, RemovalPolicy, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from functions.reconcile.settings import ReconcileSettings
from infra.acknowledgements.model import acknowledge
from infra.acknowledgements.reconcile import RECONCILE
from infra.assets.workshop import Workshop
from infra.config.database import DatabaseConfig, DirectorySource
from infra.config.model import Deployment, RegionConfig
from infra.constructs.alarms.directory import directory_alarms
from infra.constructs.alarms.rows import Alarms
from infra.constructs.alarms.topics import OnCallTopics
from infra.constructs.database.guard import deny_inline
from infra.constructs.database.surroundings import DatabaseSurroundings, Reach
from infra.constructs.functions.layers import Layers
from infra.constructs.functions.live_function import Workbench
from infra.constructs.functions.log_retention import retention_of
from infra.constructs.functions.rollout import Rollouts
from infra.constructs.functions.side_function import AtDatabase, SideFunction
from infra.stacks.state import StateStack

_LONGEST = Duration.minutes(10)
"""A hospital's directory is read in pages within seconds; the rest is for a replica that is slow."""
_MEMORY_MB = 1024


class ReconcileStack(Stack):
    """The function `reconcile`, by the clock, and the alarms on how old the directory is.

    Nothing of delivery is in this stack or refers to it: without it, routing goes on with the directory as it was.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        env: Environment,
        deployment: Deployment,
        config: RegionConfig,
        database: DatabaseConfig,
        source: DirectorySource,
        state: StateStack,
        surroundings: DatabaseSurroundings,
        topics: OnCallTopics,
        workshop: Workshop,
    ) -> None:
        super().__init__(
            scope, construct_id, env=env, description="Statline: keeps the directory in step with the database's views"
        )
        layers = Layers(self, "Layers", workshop=workshop)
        self._function = SideFunction(
            self,
            "Reconcile",
            name="reconcile",
            description="Reads people, phones, teams and shifts from the replica and repairs the directory",
            settings=ReconcileSettings(
                directory_table=state.directory_table.table.table_name,
                replica=surroundings.access_as(source.user),
                tenants=tuple(sorted(source.tenants or config.tenants)),
                most_deletions_percent=source.most_deletions_percent,
            ),
            layers=[layers.base, layers.postgres, *([layers.trust(database.trust)] if database.trust else [])],
            timeout=_LONGEST,
            memory_mb=_MEMORY_MB,
            # One at a time: two would only do the same work twice, on a server that has few connections for them.
            reserve=1,
            workbench=Workbench(
                workshop=workshop,
                rollouts=Rollouts(self, "Rollouts"),
                log_key=state.keys.logs,
                log_retention=retention_of(deployment.log_retention_days),
                removal_policy=RemovalPolicy.RETAIN if deployment.production else RemovalPolicy.DESTROY,
            ),
            at_database=AtDatabase(surroundings=surroundings, user=source.user, reach=Reach.REPLICA),
        )
        state.directory_table.grant_reconcile(self._function.role)
        self._start_every(Duration.minutes(source.every_minutes))
        deny_inline(self._function, primary=database.primary)
        rows = directory_alarms(source, region=config.region)
        Alarms(self, "Alarms", rows=rows, topics=topics, runbooks=deployment.runbooks)
        acknowledge(self, RECONCILE)

    def _start_every(self, period: Duration) -> None:
        """Start it by the clock. A start that fails is not tried again: the next one does the same work."""
        self._function.alias.configure_async_invoke(retry_attempts=0, max_event_age=period)
        events.Rule(
            self,
            "Clock",
            rule_name="statline-reconcile",
            description="Statline: compare the directory with the database's views",
            schedule=events.Schedule.rate(period),
            targets=[targets.LambdaFunction(self._function.alias, retry_attempts=0, max_event_age=period)],
        )
