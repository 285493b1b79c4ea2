"""For each role of the stacks, one thing that it is there for. A guard that denied everything would deny these."""

from collections.abc import Mapping

from tests.infra.simulation.simulator import Request

_SQS = "arn:aws:sqs:{region}:{account}:statline-{name}"
_TABLE = "arn:aws:dynamodb:{region}:{account}:table/statline-{name}"
_LOG = "arn:aws:logs:{region}:{account}:log-group:{name}:log-stream:x"

_NEEDS: Mapping[str, tuple[str, str, str]] = {
    "Delivery/RouterRole": ("sqs:ReceiveMessage", _SQS, "ingress-stat"),
    "Delivery/PushRole": ("sqs:ReceiveMessage", _SQS, "push-stat"),
    "Delivery/SmsRole": ("sqs:ReceiveMessage", _SQS, "sms-stat"),
    "Delivery/VoiceRole": ("sqs:ReceiveMessage", _SQS, "voice-stat"),
    "Delivery/EventsRole": ("events:PutEvents", "arn:aws:events:{region}:{account}:event-bus/{name}", "statline"),
    "Delivery/DirectoryRole": ("dynamodb:PutItem", _TABLE, "directory"),
    "Delivery/DeadLettersRole": ("sqs:ReceiveMessage", _SQS, "push-stat-dlq"),
    "Delivery/RolloutsRole": (
        "lambda:UpdateAlias",
        "arn:aws:lambda:{region}:{account}:function:{name}",
        "statline-router",
    ),
    "Database/NetworkVpcFlowLogIAMRole": ("logs:PutLogEvents", _LOG, "*"),
    "Database/DatabaseMonitoring": ("logs:PutLogEvents", _LOG, "RDSOSMetrics"),
    "Backup/BackupRole": ("rds:CreateDBSnapshot", "arn:aws:rds:{region}:{account}:db:{name}", "{replica}"),
    "Backup/BackupStarter": (
        "states:StartExecution",
        "arn:aws:states:{region}:{account}:stateMachine:{name}",
        "statline-backup",
    ),
}


def need_of(role: str, *, region: str, account: str, replica: str) -> Request:
    """What a role is there for. A role that is in no row is an error: nobody has said."""
    action, resource, name = _NEEDS[role]
    return Request(action, resource.format(region=region, account=account, name=name.format(replica=replica)))
