"""What stands in the database stack."""

from collections.abc import Iterator

from infra.acknowledgements.model import Acknowledgement
from infra.config.database import CreatedDatabase, DatabaseConfig

_PRIMARY, _REPLICA = "Database/Primary/Resource", "Database/Replica/Resource"

_NO_BACKUP_PLAN = (
    "AWS Backup takes its snapshots of the instance itself, and no requested backup may run on the primary."
    " Point-in-time recovery is on, and the backup workflow snapshots the replica; an alarm says when it has not."
)
_MASTER_USER = (
    "Nobody signs in with the master password: people and services come with IAM authentication. RDS rotates passwords"
    " only of instances without a PostgreSQL replica; after any use the password is changed by hand"
    " (docs/runbooks/database-connections.md)."
)
_PORT = (
    "The instance is in subnets that no route leads to, behind a security group without a rule: a port hides nothing."
)
_INHERITED = (
    "A replica takes encryption and key from its source, which is encrypted with our key; RDS wants neither to be named"
    " again for a replica in the source's region."
)
_NO_STANDBY = (
    "The replica serves backups and our reads and nothing that clinicians wait for: while it is gone the directory"
    " ages, which has an alarm, and RDS makes a new one from the primary's standby."
)
_UNPROTECTED = "The config says that this is no production: the database is there to be thrown away with its stack."


def database_acknowledgements(config: DatabaseConfig, *, production: bool) -> Iterator[Acknowledgement]:
    """The rows of a region's database. What is watched is somebody else's: there is nothing of it to find."""
    if config.create is not None:
        yield from _of_created(config.create, production=production)


def _of_created(config: CreatedDatabase, *, production: bool) -> Iterator[Acknowledgement]:
    for instance in (_PRIMARY, _REPLICA):
        yield Acknowledgement(instance, "HIPAA.Security-RDSInBackupPlan", _NO_BACKUP_PLAN)
        yield Acknowledgement(instance, "AwsSolutions-RDS11", _PORT)
        if not production:
            yield Acknowledgement(instance, "AwsSolutions-RDS10", _UNPROTECTED)
            yield Acknowledgement(instance, "HIPAA.Security-RDSInstanceDeletionProtectionEnabled", _UNPROTECTED)
    for rule in ("AwsSolutions-RDS2", "HIPAA.Security-RDSStorageEncrypted"):
        yield Acknowledgement(_REPLICA, rule, _INHERITED)
    single = (_REPLICA,) if config.multi_az else (_REPLICA, _PRIMARY)
    for instance in single:
        for rule in ("AwsSolutions-RDS3", "HIPAA.Security-RDSMultiAZSupport"):
            yield Acknowledgement(instance, rule, _NO_STANDBY if instance == _REPLICA else _UNPROTECTED)
    for rule in ("AwsSolutions-SMG4", "HIPAA.Security-SecretsManagerRotationEnabled"):
        yield Acknowledgement("Database/Master/Resource", rule, _MASTER_USER)
    yield Acknowledgement(
        "Database/Monitoring/Resource",
        "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole]",
        "AWS keeps this policy in step with what enhanced monitoring needs: to write to the log group RDSOSMetrics."
        " Only RDS's monitoring can take the role.",
    )
    yield Acknowledgement(
        "Network/Vpc/Resource",
        "HIPAA.Security-VPCDefaultSecurityGroupClosed",
        "Nothing is in the default group: the instances are the network's only residents, and they name a group without"
        " a rule. CloudFormation cannot empty a default group without a function of its own.",
    )
    yield Acknowledgement(
        "Network/Vpc/FlowLog/IAMRole/DefaultPolicy/Resource",
        "HIPAA.Security-IAMNoInlinePolicy",
        "The policy is this one role's and nobody else's: inline, it can be attached to nothing else and goes with it.",
    )
