"""What was looked at and left open, with the reason.

Every other action that changes an instance or a cluster, every other one of AWS Backup that changes anything, and every
other one with which AWS DMS begins something.

A test holds these tables and `ways.WAYS` to AWS's own list: an action that AWS adds is in none of them, and fails it
until somebody has decided.
"""

from collections.abc import Mapping
from types import MappingProxyType

_SETTINGS = (
    "Operators need it in trouble (storage, IOPS, class). It takes a snapshot in three cases that no condition key"
    " tells from the others: an upgrade of the engine, a first standby, and automated backups that were off. The"
    " detector says each, as a backup outside its window"
)
_BACKUPS_ALONE = "It reads snapshots and archived logs, never the running database: this is the way round a backup"
_STORAGE_ALONE = "It copies the shared storage of a cluster, or pages that change; no session of the database works"
_NO_COPY = "It copies nothing"
_STANDING = "It changes who serves, or whether; whoever does it means to, and no data is copied"
_AFTERWARDS = "It ends or undoes a copy that exists"

LEFT_OPEN: Mapping[str, str] = MappingProxyType(
    {
        "rds:ModifyDBInstance": _SETTINGS,
        "rds:ModifyDBCluster": _SETTINGS,
        "rds:ApplyPendingMaintenanceAction": _SETTINGS,
        "rds:RestoreDBInstanceToPointInTime": _BACKUPS_ALONE,
        "rds:RestoreDBInstanceFromDBSnapshot": _BACKUPS_ALONE,
        "rds:RestoreDBInstanceFromS3": _BACKUPS_ALONE,
        "rds:RestoreDBClusterFromSnapshot": _BACKUPS_ALONE,
        "rds:RestoreDBClusterFromS3": _BACKUPS_ALONE,
        "rds:RestoreDBClusterToPointInTime": _STORAGE_ALONE,
        "rds:CreateDBInstance": _STORAGE_ALONE,
        "rds:BacktrackDBCluster": _STORAGE_ALONE,
        "rds:CreateDBShardGroup": _NO_COPY,
        "rds:CreateDBClusterEndpoint": _NO_COPY,
        "rds:CreateTenantDatabase": _NO_COPY,
        "rds:ModifyTenantDatabase": _NO_COPY,
        "rds:DeleteTenantDatabase": _NO_COPY,
        "rds:ModifyActivityStream": _NO_COPY,
        "rds:StartActivityStream": "It tells what sessions do, as they do it; it reads no table",
        "rds:StopActivityStream": _NO_COPY,
        "rds:EnableHttpEndpoint": _NO_COPY,
        "rds:DisableHttpEndpoint": _NO_COPY,
        "rds:ModifyCurrentDBClusterCapacity": _NO_COPY,
        "rds:RegisterDBProxyTargets": _NO_COPY,
        "rds:DeregisterDBProxyTargets": _NO_COPY,
        "rds:RemoveRoleFromDBInstance": _NO_COPY,
        "rds:RemoveRoleFromDBCluster": _NO_COPY,
        "rds:PromoteReadReplica": "RDS backs up what was promoted, which was a replica; it must be there in a disaster",
        "rds:PromoteReadReplicaDBCluster": _STANDING,
        "rds:SwitchoverReadReplica": _STANDING,
        "rds:SwitchoverGlobalCluster": _STANDING,
        "rds:FailoverGlobalCluster": _STANDING,
        "rds:FailoverDBCluster": _STANDING,
        "rds:RebootDBInstance": _STANDING,
        "rds:RebootDBCluster": _STANDING,
        "rds:StartDBInstance": _STANDING,
        "rds:StartDBCluster": _STANDING,
        "rds:StopDBCluster": "It takes no snapshot, unlike the stop of an instance",
        "rds:RemoveFromGlobalCluster": _AFTERWARDS,
        "rds:StopDBInstanceAutomatedBackupsReplication": _AFTERWARDS,
    }
)

_DEFINITIONS_ALONE = "It reads definitions or figures, and no table's rows"
_OF_BACKUPS = "It is about vaults, reports and backups that exist: what is made of them reads no database"
_PLANS_ALONE = "A plan backs nothing up before a selection puts it under the plan, and that is denied"

_BACKUP_LEFT_OPEN: Mapping[str, tuple[str, ...]] = {
    _PLANS_ALONE: ("CreateBackupPlan",),
    "It ends, or undoes": (
        "CancelLegalHold",
        "DeleteBackupAccessPoint",
        "DeleteBackupPlan",
        "DeleteBackupSelection",
        "DeleteBackupVault",
        "DeleteBackupVaultAccessPolicy",
        "DeleteBackupVaultLockConfiguration",
        "DeleteBackupVaultNotifications",
        "DeleteBackupVaultSharingPolicy",
        "DeleteFramework",
        "DeleteRecoveryPoint",
        "DeleteReportPlan",
        "DeleteRestoreTestingPlan",
        "DeleteRestoreTestingSelection",
        "DeleteTieringConfiguration",
        "DisassociateBackupVaultMpaApprovalTeam",
        "DisassociateRecoveryPoint",
        "DisassociateRecoveryPointFromParent",
        "RevokeRestoreAccessBackupVault",
        "StopBackupJob",
    ),
    _OF_BACKUPS: (
        "AssociateBackupVaultMpaApprovalTeam",
        "CopyFromBackupVault",
        "CopyIntoBackupVault",
        "CreateBackupAccessPoint",
        "CreateBackupVault",
        "CreateFramework",
        "CreateLegalHold",
        "CreateLogicallyAirGappedBackupVault",
        "CreateReportPlan",
        "CreateRestoreAccessBackupVault",
        "CreateRestoreTestingPlan",
        "CreateRestoreTestingSelection",
        "CreateTieringConfiguration",
        "ListIndexedRecoveryPointsForSearch",
        "PutBackupVaultAccessPolicy",
        "PutBackupVaultLockConfiguration",
        "PutBackupVaultNotifications",
        "PutBackupVaultSharingPolicy",
        "PutRestoreValidationResult",
        "SearchRecoveryPoint",
        "StartCopyJob",
        "StartReportJob",
        "StartRestoreJob",
        "StartScanJob",
        "TagResource",
        "UntagResource",
        "UpdateFramework",
        "UpdateRecoveryPointIndexSettings",
        "UpdateRecoveryPointLifecycle",
        "UpdateReportPlan",
        "UpdateRestoreTestingPlan",
        "UpdateRestoreTestingSelection",
        "UpdateTieringConfiguration",
    ),
    "It lets accounts copy backups to each other": ("UpdateGlobalSettings",),
}
_DMS_LEFT_OPEN: Mapping[str, tuple[str, ...]] = {
    _DEFINITIONS_ALONE: (
        "StartMetadataModelAssessment",
        "StartMetadataModelConversion",
        "StartMetadataModelCreation",
        "StartMetadataModelExportAsScripts",
        "StartMetadataModelExportToTarget",
        "StartMetadataModelImport",
        "StartRecommendations",
        "StartReplicationTaskAssessment",
        "StartReplicationTaskAssessmentRun",
    ),
}

OF_OTHER_SERVICES_LEFT_OPEN: Mapping[str, str] = MappingProxyType(
    {
        f"{service}:{action}": reason
        for service, table in (("backup", _BACKUP_LEFT_OPEN), ("dms", _DMS_LEFT_OPEN))
        for reason, actions in table.items()
        for action in actions
    }
)
"""The same for the actions of AWS Backup that change something, and of AWS DMS that start or repeat something."""
