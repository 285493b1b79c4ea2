"""One independent copy of Statline for each region of a deployment. Nothing here refers from one region to another."""

from aws_cdk import Environment, Stack, Tags
from constructs import Construct

from infra.assets.workshop import Workshop
from infra.config.model import Deployment, RegionConfig
from infra.constructs.functions.log_retention import retention_of
from infra.stacks.backup import BackupStack
from infra.stacks.backup_copies import BackupCopiesStack
from infra.stacks.database import DatabaseStack
from infra.stacks.delivery import DeliveryStack
from infra.stacks.monitoring import MonitoringStack
from infra.stacks.reconcile import ReconcileStack
from infra.stacks.state import StateStack


def add_region(app: Construct, *, deployment: Deployment, config: RegionConfig, workshop: Workshop) -> None:
    """The stacks of one region: ``Statline-<region>-State`` and its siblings."""
    env = Environment(account=config.account.id, region=config.region)
    prefix = f"Statline-{config.region}"
    state = StateStack(app, f"{prefix}-State", env=env, config=config, production=deployment.production)
    delivery = DeliveryStack(
        app, f"{prefix}-Delivery", env=env, deployment=deployment, config=config, state=state, workshop=workshop
    )
    monitoring = MonitoringStack(
        app,
        f"{prefix}-Monitoring",
        env=env,
        config=config,
        runbooks=deployment.runbooks,
        key=state.keys.messages,
    )
    # Alarms that take silence for trouble would speak until what they watch is there.
    monitoring.add_stack_dependency(delivery)
    beside = _database_stacks(
        app, deployment=deployment, config=config, state=state, monitoring=monitoring, workshop=workshop
    )
    for stack in (state, delivery, monitoring, *beside):
        for name, value in deployment.tags.items():
            Tags.of(stack).add(name, value)


def _database_stacks(
    app: Construct,
    *,
    deployment: Deployment,
    config: RegionConfig,
    state: StateStack,
    monitoring: MonitoringStack,
    workshop: Workshop,
) -> list[Stack]:
    """The database and what stands around it, its reconcile and its backups. No stack of delivery is given any."""
    if config.database is None:
        return []
    env = Environment(account=config.account.id, region=config.region)
    prefix = f"Statline-{config.region}"
    database = DatabaseStack(
        app,
        f"{prefix}-Database",
        env=env,
        config=config.database,
        production=deployment.production,
        log_key=state.keys.logs,
        log_retention=retention_of(deployment.log_retention_days),
    )
    stacks: list[Stack] = [database]
    if config.database.directory is not None:
        reconcile = ReconcileStack(
            app,
            f"{prefix}-Reconcile",
            env=env,
            deployment=deployment,
            config=config,
            database=config.database,
            source=config.database.directory,
            state=state,
            surroundings=database.surroundings,
            topics=monitoring.topics,
            workshop=workshop,
        )
        stacks.append(reconcile)
    backup = BackupStack(
        app,
        f"{prefix}-Backup",
        env=env,
        deployment=deployment,
        config=config,
        database=config.database,
        state=state,
        topics=monitoring.topics,
        surroundings=database.surroundings,
        workshop=workshop,
    )
    stacks.append(backup)
    copies = config.database.backup.copy_to
    if copies is not None:
        stacks.append(
            BackupCopiesStack(
                app,
                f"{prefix}-BackupCopies",
                env=Environment(account=config.account.id, region=copies.region),
                home=config.region,
                production=deployment.production,
            )
        )
    return stacks
