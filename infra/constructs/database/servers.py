"""A PostgreSQL primary with a standby, and a dedicated replica that backups and our reads use instead of it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from aws_cdk import Duration, RemovalPolicy, Tags
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secrets
from constructs import Construct

from functions.core.domain.backup.record import ROLE_TAG
from infra.config.database import CreatedDatabase, Instance
from infra.constructs.database.network import DatabaseNetwork

PORT = 5432
_MASTER = "statline_master"
_MASTER_SECRET = "statline/database-master"  # noqa: S105 - the name of a secret is none
_EXPORTED_LOGS = ("postgresql", "upgrade")

_PARAMETERS: Mapping[str, str] = MappingProxyType(
    {
        "rds.force_ssl": "1",
        "shared_preload_libraries": "pg_stat_statements",
        # A statement's text may name a patient, and so may the detail of an error ("Key (name)=(...) exists").
        "log_statement": "ddl",
        "log_min_duration_statement": "-1",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_connections": "1",
        "log_disconnections": "1",
    }
)

_INSIGHTS = MappingProxyType(
    {
        "standard": (rds.DatabaseInsightsMode.STANDARD, rds.PerformanceInsightRetention.DEFAULT),
        # The advanced mode takes 15 months of history and nothing less.
        "advanced": (rds.DatabaseInsightsMode.ADVANCED, rds.PerformanceInsightRetention.MONTHS_15),
    }
)


class Database(Construct):
    """The primary, the replica, and the key that encrypts both.

    The primary's password belongs to nobody: people and services come with IAM authentication. It stands in a secret of
    ours, not in one that RDS manages, because RDS refuses replicas of a PostgreSQL instance whose password it manages.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: CreatedDatabase,
        name: str,
        network: DatabaseNetwork,
        key: kms.IKey,
        log_key: kms.IKey,
        log_retention: logs.RetentionDays,
        protected: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        self._config = config
        self._name = name
        self._network = network
        self._key = key
        self._log_key = log_key
        self._log_retention = log_retention
        self._protected = protected
        # Never SNAPSHOT, which CloudFormation takes of the instance itself when a stack goes: no requested backup runs
        # on the primary.
        self._removal_policy = RemovalPolicy.RETAIN if protected else RemovalPolicy.DESTROY
        self._engine = rds.DatabaseInstanceEngine.postgres(
            version=rds.PostgresEngineVersion.of(config.postgres, config.postgres_major)
        )
        self._monitoring = iam.Role(
            self,
            "Monitoring",
            assumed_by=iam.ServicePrincipal("monitoring.rds.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AmazonRDSEnhancedMonitoringRole")
            ],
        )
        self._parameters = rds.ParameterGroup(
            self,
            "Parameters",
            engine=self._engine,
            description="Statline: TLS only, no statement's text in the logs",
            parameters={**_PARAMETERS, "max_connections": str(config.max_connections)},
        )
        self._subnets = rds.SubnetGroup(
            self,
            "Subnets",
            description="Statline's database",
            vpc=network.vpc,
            vpc_subnets=network.subnets,
        )
        primary, replica = config.instances
        self.primary = self._primary(primary)
        self.replica = self._replica(replica)

    @property
    def primary_resource(self) -> str:
        """What a right to sign in to the primary is given on."""
        return _resource(self.primary)

    @property
    def replica_resource(self) -> str:
        """What a right to sign in to the replica is given on."""
        return _resource(self.replica)

    def _primary(self, instance: Instance) -> rds.DatabaseInstance:
        config = self._config
        secret = secrets.Secret(
            self,
            "Master",
            secret_name=_MASTER_SECRET,
            description="Statline: the primary's master user. Nobody uses it from day to day.",
            encryption_key=self._key,
            generate_secret_string=secrets.SecretStringGenerator(
                secret_string_template=f'{{"username":"{_MASTER}"}}',
                generate_string_key="password",
                password_length=40,
                exclude_punctuation=True,
            ),
            removal_policy=self._removal_policy,
        )
        primary = rds.DatabaseInstance(
            self,
            "Primary",
            instance_identifier=instance.identifier,
            database_name=self._name,
            engine=self._engine,
            credentials=rds.Credentials.from_password(_MASTER, secret.secret_value_from_json("password")),
            multi_az=config.multi_az,
            storage_encrypted=True,
            storage_encryption_key=self._key,
            backup_retention=Duration.days(config.backup_days),
            preferred_backup_window=config.backup_window,
            delete_automated_backups=not self._protected,
            security_groups=[self._network.primary],
            **self._of_both(),
        )
        self._finish(primary, instance)
        return primary

    def _replica(self, instance: Instance) -> rds.DatabaseInstanceReadReplica:
        """The replica. What it takes from its source (encryption, key, engine, user) may not be named again."""
        replica = rds.DatabaseInstanceReadReplica(
            self,
            "Replica",
            instance_identifier=instance.identifier,
            source_database_instance=self.primary,
            multi_az=False,
            security_groups=[self._network.replica],
            **self._of_both(),
        )
        self._finish(replica, instance)
        return replica

    def _of_both(self) -> dict[str, Any]:
        """What the primary and its replica have in common: a replica must be able to take what its source can."""
        insights, history = _INSIGHTS[self._config.insights]
        return {
            "instance_type": ec2.InstanceType(self._config.instance_class.removeprefix("db.")),
            "vpc": self._network.vpc,
            "subnet_group": self._subnets,
            "port": PORT,
            "publicly_accessible": False,
            "storage_type": rds.StorageType.GP3,
            "allocated_storage": self._config.storage_gib,
            # RDS refuses the figure where the storage is too small for a choice.
            "iops": self._config.iops if self._config.striped else None,
            "preferred_maintenance_window": self._config.maintenance_window,
            "auto_minor_version_upgrade": True,
            "copy_tags_to_snapshot": True,
            "deletion_protection": self._protected,
            "removal_policy": self._removal_policy,
            "iam_authentication": True,
            "parameter_group": self._parameters,
            "cloudwatch_logs_exports": list(_EXPORTED_LOGS),
            "monitoring_interval": Duration.seconds(15),
            "monitoring_role": self._monitoring,
            "database_insights_mode": insights,
            "enable_performance_insights": True,
            "performance_insight_retention": history,
            "performance_insight_encryption_key": self._key,
        }

    def _finish(self, made: rds.DatabaseInstanceBase, instance: Instance) -> None:
        Tags.of(made).add(ROLE_TAG, instance.role, include_resource_types=["AWS::RDS::DBInstance"])
        for log in _EXPORTED_LOGS:
            # RDS would make the group itself: unencrypted, and kept for ever.
            group = logs.LogGroup(
                self,
                f"{instance.role.capitalize()}{log.capitalize()}Logs",
                log_group_name=f"/aws/rds/instance/{instance.identifier}/{log}",
                encryption_key=self._log_key,
                retention=self._log_retention,
                removal_policy=self._removal_policy,
            )
            made.node.add_dependency(group)


def _resource(instance: rds.DatabaseInstanceBase) -> str:
    """The instance's `DbiResourceId`. What CDK calls a replica's resource id is, without a feature flag, its ARN."""
    resource = instance.node.default_child
    if not isinstance(resource, rds.CfnDBInstance):
        raise TypeError("an instance of this stack is one DB instance")
    return resource.attr_dbi_resource_id
