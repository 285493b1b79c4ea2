"""What stands in the backup stack."""

from collections.abc import Iterator

from functions.core.domain.backup.record import COPY_SUFFIX, RESTORED_PREFIX, SNAPSHOT_PREFIX
from infra.acknowledgements.model import Acknowledgement
from infra.config.database import BackupConfig
from infra.config.model import RegionConfig
from infra.constructs.backup.arns import MACHINE
from infra.constructs.backup.bucket import DUMPS
from infra.constructs.backup.machine.export import EXPORTS

_FUNCTIONS = ("Checks", "Dump", "Upkeep")
_READERS = ("Checks", "Dump")
_ROLES = ("Backup/Role", "Backup/Exporter", *(f"Functions/{name}/Role" for name in _FUNCTIONS))
_MACHINE_POLICY = "Backup/Role/DefaultPolicy/Resource"
_EXPORTER_POLICY = "Backup/Exporter/DefaultPolicy/Resource"
_UPKEEP_POLICY = "Functions/Upkeep/Role/DefaultPolicy/Resource"
_OPERATORS_POLICY = "Operators/Operate/Resource"

_OWN_POLICY = (
    "The policy is this one role's and nobody else's: inline, it can be attached to nothing else and goes with it."
)
_NAMED_BY_THE_MOMENT = (
    "What the workflow makes is named after the moment of its start, so it cannot be named before. The beginning of the"
    " name is the workflow's own, and nothing else has it."
)
_LISTED_WHOLE = "RDS lists instances and snapshots whole or not at all. Nothing of what is in them can be read by this."
_DEFAULTS = (
    "RDS's own default group of the engine's version, which an instance has that names none: it cannot be changed."
)


def backup_acknowledgements(config: RegionConfig, backup: BackupConfig) -> Iterator[Acknowledgement]:
    """The rows of a region's backups."""
    yield from _of_functions(config, backup)
    yield from _of_the_machine(config)
    yield from _of_upkeep(config, backup)
    yield from _of_operators(config)
    yield from _of_files()
    inline = [*_ROLES, *(["Backup/Starter"] if backup.schedule is not None else [])]
    for role in inline:
        yield Acknowledgement(f"{role}/DefaultPolicy/Resource", "HIPAA.Security-IAMNoInlinePolicy", _OWN_POLICY)
    yield Acknowledgement(
        "Records/Table/Resource",
        "HIPAA.Security-DynamoDBInBackupPlan",
        "Point-in-time recovery reaches back 35 days to the second. What the rows tell of lies in RDS, tagged:"
        " without the table no backup is lost, only what was said of it.",
    )


def _of_functions(config: RegionConfig, backup: BackupConfig) -> Iterator[Acknowledgement]:
    for name in _FUNCTIONS:
        yield Acknowledgement(
            f"Functions/{name}/Function/Resource",
            "AwsSolutions-L1",
            "The config chooses the Python (left out, the one that synthesizes), because the package ships with that"
            " version's bytecode. It accepts only versions that AWS maintains.",
        )
        yield Acknowledgement(
            f"Functions/{name}/Function/Resource",
            "HIPAA.Security-LambdaDLQ",
            "The workflow waits for its answer. Where EventBridge calls it, the event says nothing that could be lost:"
            " the next one, a quarter of an hour later, asks for the same work, and an alarm counts the failures.",
        )
        yield Acknowledgement(
            f"Rollouts/{name}Errors/Resource",
            "HIPAA.Security-CloudWatchAlarmAction",
            "CodeDeploy consumes this alarm and puts the previous version back. On-call hears of a failing function by"
            " the backup that does not finish, in words.",
        )
    for name in _READERS:
        policy = f"Functions/{name}/Role/DefaultPolicy/Resource"
        yield Acknowledgement(
            policy,
            "AwsSolutions-IAM5[Resource::*]",
            "Lambda puts the function into its network in the role's name, and asks for rights on network interfaces"
            " on everything. The function itself has no way to EC2's endpoint.",
        )
        yield Acknowledgement(
            policy,
            f"AwsSolutions-IAM5[Resource::{_arn(config, 'rds-db', f'dbuser:*/{backup.user}')}]",
            "A restored copy's id is not known before it is made. The user is named; the primary is denied, and its"
            " security group lets no reader in.",
        )
    yield Acknowledgement(
        "Functions/Dump/Role/DefaultPolicy/Resource",
        f"AwsSolutions-IAM5[Resource::<FilesBucket7C17EE2E.Arn>/{DUMPS}/*]",
        "A dump's files are named after the backup. It may put them there, and neither read nor delete any.",
    )
    yield Acknowledgement(
        "Functions/Upkeep/Function/Resource",
        "HIPAA.Security-LambdaInsideVPC",
        "It speaks to no database but to RDS's public endpoint with TLS, here and in the region for copies; in the"
        " database's network there is no way to either.",
    )
    yield Acknowledgement(
        "Rollouts/Role/Resource",
        "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]",
        "AWS keeps this policy in step with what CodeDeploy needs to shift a Lambda alias; it is the narrow one, for"
        " Lambda alone, and only CodeDeploy can take the role.",
    )


def _of_the_machine(config: RegionConfig) -> Iterator[Acknowledgement]:
    for resource in (
        _arn(config, "rds", f"snapshot:{SNAPSHOT_PREFIX}*"),
        _arn(config, "rds", f"db:{RESTORED_PREFIX}*"),
        _arn(config, "states", f"execution:{MACHINE}:*"),
    ):
        yield Acknowledgement(_MACHINE_POLICY, f"AwsSolutions-IAM5[Resource::{resource}]", _NAMED_BY_THE_MOMENT)
    for group in ("og:default:*", "pg:default.*"):
        yield Acknowledgement(_MACHINE_POLICY, f"AwsSolutions-IAM5[Resource::{_arn(config, 'rds', group)}]", _DEFAULTS)
    yield Acknowledgement(
        _MACHINE_POLICY,
        "AwsSolutions-IAM5[Resource::*]",
        "What knows no resource: to describe composite alarms and exports, to cancel an export, to read metrics and put"
        " those of one namespace, to have the execution's log delivered and to put a trace. None of them reads or"
        " changes data. What is denied is denied everywhere.",
    )
    for action in ("PutObject", "GetObject", "DeleteObject"):
        yield Acknowledgement(
            _EXPORTER_POLICY,
            f"AwsSolutions-IAM5[Action::s3:{action}*]",
            "RDS asks for exactly this before it starts an export. Only RDS can take the role, for one folder, and what"
            " lies there is locked against deletion.",
        )
    yield Acknowledgement(
        _EXPORTER_POLICY,
        f"AwsSolutions-IAM5[Resource::<FilesBucket7C17EE2E.Arn>/{EXPORTS}/*]",
        "An export's files are named by RDS. The folder is the exports' own.",
    )


def _of_upkeep(config: RegionConfig, backup: BackupConfig) -> Iterator[Acknowledgement]:
    ours = [
        _arn(config, "rds", f"snapshot:{SNAPSHOT_PREFIX}*"),
        _arn(config, "rds", f"db:{RESTORED_PREFIX}*"),
        _arn(config, "states", f"execution:{MACHINE}:*"),
    ]
    listed = [_arn(config, "rds", "db:*"), _arn(config, "rds", "snapshot:*")]
    if backup.copy_to is not None:
        far = backup.copy_to.region
        ours += [_arn(config, "rds", f"snapshot:{SNAPSHOT_PREFIX}*{COPY_SUFFIX}")]
        ours += [_arn(config, "rds", f"snapshot:{SNAPSHOT_PREFIX}*{suffix}", far) for suffix in ("", COPY_SUFFIX)]
        listed += [_arn(config, "rds", "db:*", far), _arn(config, "rds", "snapshot:*", far)]
        yield Acknowledgement(
            _UPKEEP_POLICY,
            f"AwsSolutions-IAM5[Resource::{_arn(config, 'kms', 'key/*', far)}]",
            "The key is the one with our alias, which is a condition of the right, and RDS alone may use it so. Its id"
            " belongs to the other region, and no template refers to what another region's has made.",
        )
    for resource in ours:
        yield Acknowledgement(_UPKEEP_POLICY, f"AwsSolutions-IAM5[Resource::{resource}]", _NAMED_BY_THE_MOMENT)
    for resource in listed:
        yield Acknowledgement(_UPKEEP_POLICY, f"AwsSolutions-IAM5[Resource::{resource}]", _LISTED_WHOLE)
    yield Acknowledgement(
        _UPKEEP_POLICY,
        "AwsSolutions-IAM5[Resource::*]",
        "Exports know no resource in IAM, to look at or to cancel. What is denied is denied everywhere.",
    )


def _of_operators(config: RegionConfig) -> Iterator[Acknowledgement]:
    for resource in (_arn(config, "rds", "db:*"), _arn(config, "rds", "snapshot:*")):
        yield Acknowledgement(_OPERATORS_POLICY, f"AwsSolutions-IAM5[Resource::{resource}]", _LISTED_WHOLE)
    yield Acknowledgement(
        _OPERATORS_POLICY,
        f"AwsSolutions-IAM5[Resource::{_arn(config, 'states', f'execution:{MACHINE}:*')}]",
        _NAMED_BY_THE_MOMENT,
    )
    yield Acknowledgement(
        _OPERATORS_POLICY,
        "AwsSolutions-IAM5[Resource::*]",
        "Exports and composite alarms know no resource in IAM. Both are looked at and not changed.",
    )


def _of_files() -> Iterator[Acknowledgement]:
    for bucket in ("Bucket", "Logs"):
        yield Acknowledgement(
            f"Files/{bucket}/Resource",
            "HIPAA.Security-S3BucketReplicationEnabled",
            "What is here is made again from a backup, and of the backups themselves config has copies in a second"
            " region of the country. To replicate it would be one more place with all data of patients.",
        )
    yield Acknowledgement(
        "Files/Logs/Resource",
        "HIPAA.Security-S3DefaultEncryptionKMS",
        "It holds names of files, times and addresses, and S3's own key encrypts them; S3 writes them without a key of"
        " ours, and no policy has to let it.",
    )


def _arn(config: RegionConfig, service: str, resource: str, region: str | None = None) -> str:
    return f"arn:<AWS::Partition>:{service}:{region or config.region}:{config.account.id}:{resource}"
