"""What stands in the reconcile stack."""

from collections.abc import Sequence

from infra.acknowledgements.model import Acknowledgement

_POLICY = "Reconcile/Role/DefaultPolicy/Resource"

RECONCILE: Sequence[Acknowledgement] = (
    Acknowledgement(
        "Reconcile/Function/Resource",
        "AwsSolutions-L1",
        "The config chooses the Python (left out, the one that synthesizes), because the package ships with that"
        " version's bytecode. It accepts only versions that AWS maintains.",
    ),
    Acknowledgement(
        "Reconcile/Function/Resource",
        "HIPAA.Security-LambdaDLQ",
        "The clock's event says nothing that could be lost: the next one asks for the same work. When several in a row"
        " fail, the alarm on the directory's age speaks.",
    ),
    Acknowledgement(
        _POLICY,
        "AwsSolutions-IAM5[Resource::*]",
        "Lambda puts the function into its network in the role's name, and asks for the rights on network interfaces on"
        " everything. The function itself has no way to EC2's endpoint.",
    ),
    Acknowledgement(
        _POLICY,
        "HIPAA.Security-IAMNoInlinePolicy",
        "The policy is this one role's and nobody else's: inline, it can be attached to nothing else and goes with it.",
    ),
    Acknowledgement(
        "Rollouts/ReconcileErrors/Resource",
        "HIPAA.Security-CloudWatchAlarmAction",
        "CodeDeploy consumes this alarm and puts the previous version back. On-call hears of it from the alarms beside"
        " it.",
    ),
    Acknowledgement(
        "Rollouts/Role/Resource",
        "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]",
        "AWS keeps this policy in step with what CodeDeploy needs to shift a Lambda alias; it is the narrow one, for"
        " Lambda alone, and only CodeDeploy can take the role.",
    ),
)
