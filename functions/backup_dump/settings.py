"""The environment of the function that dumps restored backups.

In the VPC, with gateway endpoints only. It needs all 15 minutes, 1,769 MB (one whole processor: pg_dump compresses),
the layers ``lambda-postgres`` and ``lambda-dump``, and to get to the port of restored instances only. It
may write dumps and cannot read them. Its rights:

    dynamodb:GetItem                           the table of backups
    s3:PutObject, s3:AbortMultipartUpload      <bucket>/dumps/*
    kms:GenerateDataKey, kms:Decrypt           the bucket's key, through S3 (S3 asks for both for an upload in parts)
    rds-db:connect                             dbuser:*/<replica.user>

The bucket needs versions, Object Lock with a default retention, and a rule that aborts incomplete uploads after a day.
"""

from functions.core.adapters.environment import Settings
from functions.database.access import DatabaseAccess


class BackupDumpSettings(Settings):
    """Where dumps go, and as whom to read. The host comes with each call: it is the restored instance.

    replica: looked at for its name, user, port and trust only, and never spoken to.
    """

    backups_table: str
    bucket: str
    replica: DatabaseAccess
