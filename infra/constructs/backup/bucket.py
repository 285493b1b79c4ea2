"""Where exports and dumps of backups lie: locked against deletion, and gone when their time is over."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.backup.machine.export import EXPORTS

DUMPS = "dumps"
_INCOMPLETE = Duration.days(1)
_LOGS = "access/"
_LOGS_COME_BY_POLICY = "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy"
"""CDK lets S3 write access logs by an access control list otherwise, which a bucket of one owner does not have."""


class BackupBucket(Construct):
    """One bucket of whole copies of the database, and the log of who has read them.

    What is put there is locked for the config's days (S3 Object Lock). In production the mode is compliance: nobody can
    shorten it or delete a copy before its time, the account's root user neither, because a copy exists for the day on
    which somebody's rights are in the wrong hands. Elsewhere it is governance, which a person with the right for it
    can lift: what is there to be thrown away must not outlive its stack by weeks.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, key: kms.IKey, days: int, log_days: int, production: bool
    ) -> None:
        super().__init__(scope, construct_id)
        self.node.set_context(_LOGS_COME_BY_POLICY, True)
        self._key = key
        removal_policy = RemovalPolicy.RETAIN if production else RemovalPolicy.DESTROY
        # Whoever writes an access log knows no key of ours, and cannot put into a bucket whose objects are locked.
        logs = s3.Bucket(
            self,
            "Logs",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            versioned=True,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            lifecycle_rules=[_gone_after(log_days)],
            removal_policy=removal_policy,
        )
        lock = s3.ObjectLockRetention.compliance if production else s3.ObjectLockRetention.governance
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            object_lock_default_retention=lock(Duration.days(days)),
            # A day later than the lock: S3 keeps what is locked, whatever a rule says.
            lifecycle_rules=[_gone_after(days + 1)],
            server_access_logs_bucket=logs,
            server_access_logs_prefix=_LOGS,
            removal_policy=removal_policy,
        )

    def grant_dump(self, grantee: iam.IGrantable) -> None:
        """Let a function put dumps there. It cannot read them."""
        self._allow(grantee, ["s3:PutObject", "s3:AbortMultipartUpload"], self.bucket.arn_for_objects(f"{DUMPS}/*"))
        self._use_key(grantee)

    def grant_export(self, role: iam.IGrantable) -> None:
        """Let RDS put exports there. It asks for all of these, and tests them before an export begins."""
        self._allow(role, ["s3:ListBucket", "s3:GetBucketLocation"], self.bucket.bucket_arn)
        self._allow(
            role,
            ["s3:PutObject*", "s3:GetObject*", "s3:DeleteObject*"],
            self.bucket.arn_for_objects(f"{EXPORTS}/*"),
        )
        self._use_key(role)

    def _allow(self, grantee: iam.IGrantable, actions: list[str], resource: str) -> None:
        iam.Grant.add_to_principal(grantee=grantee, actions=actions, resource_arns=[resource])

    def _use_key(self, grantee: iam.IGrantable) -> None:
        """S3 asks for both for an upload in parts."""
        self._allow(grantee, ["kms:GenerateDataKey", "kms:Decrypt"], self._key.key_arn)


def _gone_after(days: int) -> s3.LifecycleRule:
    return s3.LifecycleRule(
        expiration=Duration.days(days),
        noncurrent_version_expiration=Duration.days(1),
        abort_incomplete_multipart_upload_after=_INCOMPLETE,
    )
