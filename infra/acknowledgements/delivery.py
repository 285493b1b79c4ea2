"""What stands in the delivery stack."""

from collections.abc import Iterator

from infra.acknowledgements.model import Acknowledgement
from infra.config.model import RegionConfig

_FUNCTIONS = ("Router", "Push", "Sms", "Events", "Directory", "DeadLetters")
_VOICE = "Voice"
_OUTSTANDING, _CANARY = "Outstanding", "Canary"

# Path within a function's construct, rule, reason.
_OF_EVERY_FUNCTION = (
    (
        "Function/Resource",
        "AwsSolutions-L1",
        (
            "The config chooses the Python (left out, the one that synthesizes), because the package ships with that"
            " version's bytecode. It accepts only versions that AWS maintains."
        ),
    ),
    (
        "Function/Resource",
        "HIPAA.Security-LambdaInsideVPC",
        (
            "It is in no VPC, so that no network path leads from delivery to a database. What it calls has public"
            " endpoints with TLS, and its role names the resources."
        ),
    ),
    (
        "Role/DefaultPolicy/Resource",
        "HIPAA.Security-IAMNoInlinePolicy",
        "The policy is this one role's and nobody else's: inline, it can be attached to nothing else and goes with it.",
    ),
)
_NEVER_ASYNCHRONOUS = (
    "Nothing invokes it asynchronously, which is what this dead-letter queue is for. It consumes queues and a stream,"
    " and those have dead-letter queues of their own."
)
_NEXT_MINUTE = (
    "The clock's event says nothing that could be lost: the next minute's asks for the same work. An alarm hears the"
    " silence of a minute in which nothing was done."
)
_ROLLBACK = (
    "CodeDeploy consumes this alarm and puts the previous version back. On-call hears of a failing function from the"
    " monitoring stack."
)


def delivery_acknowledgements(config: RegionConfig) -> Iterator[Acknowledgement]:
    """The rows of a region: those of every function, and the few that one resource alone needs."""
    voice = config.providers.voice
    by_queue = (*_FUNCTIONS, *((_VOICE,) if voice is not None else ()))
    by_the_clock = (_OUTSTANDING, *((_CANARY,) if config.canary is not None else ()))
    for function in (*by_queue, *by_the_clock):
        for path, rule, reason in _OF_EVERY_FUNCTION:
            yield Acknowledgement(f"{function}/{path}", rule, reason)
        why = _NEXT_MINUTE if function in by_the_clock else _NEVER_ASYNCHRONOUS
        yield Acknowledgement(f"{function}/Function/Resource", "HIPAA.Security-LambdaDLQ", why)
        yield Acknowledgement(f"Rollouts/{function}Errors/Resource", "HIPAA.Security-CloudWatchAlarmAction", _ROLLBACK)
    yield Acknowledgement(
        "Rollouts/Role/Resource",
        "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]",
        "AWS keeps this policy in step with what CodeDeploy needs to shift a Lambda alias; it is the narrow one, for"
        " Lambda alone, and only CodeDeploy can take the role.",
    )
    yield Acknowledgement(
        "Events/Role/DefaultPolicy/Resource",
        "AwsSolutions-IAM5[Resource::*]",
        "dynamodb:ListStreams knows no resource. It tells which streams there are and nothing of what is in them.",
    )
    if voice is not None:
        yield Acknowledgement(
            f"{_VOICE}/Role/DefaultPolicy/Resource",
            f"AwsSolutions-IAM5[Resource::{voice.instance_arn}/contact/*]",
            "A call's id is made by the call that this permits, so it cannot be named before. The instance is.",
        )
