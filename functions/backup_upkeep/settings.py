"""The environment of the function that cleans up after backups and prunes old ones.

Outside every VPC: it calls RDS here and in the far region. Its rights (<tag> is the condition ``Null``
``aws:ResourceTag/statline:execution`` = false, which keeps it off whatever the workflow has not made):

    dynamodb:GetItem, Query, UpdateItem, DeleteItem    the table of backups
    states:DescribeExecution                           executions of the state machine
    rds:DescribeDBInstances                            db:* (a list can be asked for whole only)
    rds:DeleteDBInstance                               db:statline-verify-*, with <tag>
    rds:DescribeDBSnapshots                            snapshot:*, db:*, here and in the far region
    rds:DeleteDBSnapshot                               snapshot:statline-backup-*, with <tag>, here and far
    rds:DescribeExportTasks, rds:CancelExportTask      * (they know no resources)
    rds:CopyDBSnapshot                                 snapshot:statline-backup-*-copy, here and far
    rds:AddTagsToResource                              snapshot:statline-backup-*-copy, far
    kms:CreateGrant, DescribeKey, Decrypt, ReEncrypt*, GenerateDataKey*
                                                       the backups' key here and far_copies.key, each through its
                                                       region's RDS (``kms:ViaService``)

``clean`` is to be called when an execution of the machine ends badly, and every quarter of an hour besides: RDS drops
no instance that it is still making, so what a killed execution leaves may have to be dropped later.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from functions.core.adapters.environment import Settings


class FarCopies(BaseModel):
    """The region of the same country that copies go to, and the key that encrypts them there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: str
    key: str


class BackupUpkeepSettings(Settings):
    """The table of backups, the workflow whose executions are looked up, and how long backups are kept.

    keep_days: verified backups younger than this are kept. keep_verified: so many of the newest verified ones are kept
        however old they are, one at the least.
    """

    backups_table: str
    state_machine: str
    keep_days: Annotated[int, Field(ge=1)]
    keep_verified: Annotated[int, Field(ge=1)]
    far_copies: FarCopies | None = None
