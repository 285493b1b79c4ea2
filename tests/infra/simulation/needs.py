"""For each role of the stacks, one thing that it is there for. A guard that denied everything would deny these."""

from collections.abc import Mapping

from functions.core.domain.backup.record import EXECUTION_TAG
from tests.infra.simulation.simulator import Request

_SQS = "arn:aws:sqs:{region}:{account}:statline-{name}"
_TABLE = "arn:aws:dynamodb:{region}:{account}:table/statline-{name}"
_LOG = "arn:aws:logs:{region}:{account}:log-group:{name}:log-stream:x"
_FUNCTION = "arn:aws:lambda:{region}:{account}:function:{name}"
_MACHINE = "arn:aws:states:{region}:{account}:stateMachine:{name}"
_INSTANCE = "arn:aws:rds:{region}:{account}:db:{name}"

_NEEDS: Mapping[str, tuple[str, str, str]] = {
    "Delivery/RouterRole": ("sqs:ReceiveMessage", _SQS, "ingress-stat"),
    "Delivery/PushRole": ("sqs:ReceiveMessage", _SQS, "push-stat"),
    "Delivery/SmsRole": ("sqs:ReceiveMessage", _SQS, "sms-stat"),
    "Delivery/VoiceRole": ("sqs:ReceiveMessage", _SQS, "voice-stat"),
    "Delivery/EventsRole": ("events:PutEvents", "arn:aws:events:{region}:{account}:event-bus/{name}", "statline"),
    "Delivery/DirectoryRole": ("dynamodb:PutItem", _TABLE, "directory"),
    "Delivery/DeadLettersRole": ("sqs:ReceiveMessage", _SQS, "push-stat-dlq"),
    "Delivery/CanaryRole": ("sqs:SendMessage", _SQS, "ingress-stat"),
    "Delivery/OutstandingRole": ("dynamodb:Query", _TABLE, "delivery-state/index/due"),
    "Delivery/EscalationRole": ("sqs:SendMessage", _SQS, "sms-stat"),
    "Delivery/LateReceiptsRole": ("sqs:SendMessage", _SQS, "sms-stat"),
    "Delivery/ReceiptsRole": ("sqs:SendMessage", _SQS, "escalation"),
    "Delivery/KeypadRole": ("dynamodb:PutItem", _TABLE, "delivery-state"),
    "Delivery/VirtualPagerRole": ("sqs:SendMessage", _SQS, "ingress-stat"),
    "Delivery/WebhooksRole": ("sqs:SendMessage", _SQS, "receipts"),
    "Delivery/RollCallRole": ("sqs:SendMessage", _SQS, "ingress-urgent"),
    "Delivery/RollCaller": ("lambda:InvokeFunction", _FUNCTION, "statline-roll-call:live"),
    "Delivery/RolloutsRole": ("lambda:UpdateAlias", _FUNCTION, "statline-router"),
    "Database/NetworkVpcFlowLogIAMRole": ("logs:PutLogEvents", _LOG, "*"),
    "Database/DatabaseMonitoring": ("logs:PutLogEvents", _LOG, "RDSOSMetrics"),
    "Reconcile/ReconcileRole": ("dynamodb:PutItem", _TABLE, "directory"),
    "Reconcile/RolloutsRole": ("lambda:UpdateAlias", _FUNCTION, "statline-reconcile"),
    "Backup/BackupRole": ("rds:CreateDBSnapshot", _INSTANCE, "{replica}"),
    "Backup/BackupExporter": ("s3:PutObject", "arn:aws:s3:::FilesBucket7C17EE2E/exports/{name}", "x.parquet"),
    "Backup/BackupStarter": ("states:StartExecution", _MACHINE, "statline-backup"),
    "Backup/FunctionsChecksRole": ("dynamodb:PutItem", _TABLE, "backups"),
    "Backup/FunctionsDumpRole": ("s3:PutObject", "arn:aws:s3:::FilesBucket7C17EE2E/dumps/{name}", "x"),
    "Backup/FunctionsUpkeepRole": ("rds:DeleteDBInstance", _INSTANCE, "statline-verify-x"),
    "Backup/DetectorWatchRole": ("sns:Publish", "arn:aws:sns:{region}:{account}:{name}", "statline-page"),
    "Backup/RolloutsRole": ("lambda:UpdateAlias", _FUNCTION, "statline-backup-checks"),
}
# What is known of the resource, where a right hangs on it.
_OF: Mapping[str, Mapping[str, str]] = {
    "Backup/FunctionsUpkeepRole": {f"aws:ResourceTag/{EXECUTION_TAG}": "20261122t101112-abcd"},
}


def need_of(role: str, *, region: str, account: str, replica: str) -> Request:
    """What a role is there for. A role that is in no row is an error: nobody has said."""
    action, resource, name = _NEEDS[role]
    arn = resource.format(region=region, account=account, name=name.format(replica=replica))
    return Request(action, arn, dict(_OF.get(role, {})))
