"""What stands in the delivery stack."""

from collections.abc import Iterator

from infra.acknowledgements.model import Acknowledgement
from infra.config.model import RegionConfig
from infra.constructs.webhooks_api import PATHS

_FUNCTIONS = ("Router", "Push", "Sms", "Events", "Directory", "DeadLetters", "Receipts", "LateReceipts")
_VOICE = "Voice"
_OF_CALLS = ("Keypad", "VirtualPager")
_WEBHOOKS, _ROLL_CALL = "Webhooks", "RollCall"
_OUTSTANDING, _ESCALATION, _CANARY = "Outstanding", "Escalation", "Canary"

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
_NEXT_SHIFT = (
    "Who waits for a roll call sees that its report does not come, and calls the roll by hand. One that is called late"
    " would only say who was there when the shift had long begun. The function's errors alarm."
)
_WAITED_FOR = (
    "Nothing invokes it asynchronously, which is what this dead-letter queue is for. Who calls it waits for its answer:"
    " the flow of a telephone call, which has words for a failure, or Twilio, which calls again."
)
_SIGNED = (
    "Twilio cannot sign in to AWS: it signs each callback with the account's token. The function checks the signature"
    " before it reads anything, refuses what is forged, and counts it (functions/webhooks)."
)
_ROLLBACK = (
    "CodeDeploy consumes this alarm and puts the previous version back. On-call hears of a failing function from the"
    " monitoring stack."
)


def delivery_acknowledgements(config: RegionConfig) -> Iterator[Acknowledgement]:
    """The rows of a region: those of every function, and the few that one resource alone needs."""
    for function, why in _functions(config):
        for path, rule, reason in _OF_EVERY_FUNCTION:
            yield Acknowledgement(f"{function}/{path}", rule, reason)
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
    if config.providers.sms.twilio is not None:
        for path in PATHS:
            route = f"POST{path.replace('/', '--')}"
            yield Acknowledgement(f"WebhooksApi/Api/{route}/Resource", "AwsSolutions-APIG4", _SIGNED)
    if config.roll_calls:
        yield Acknowledgement(
            "RollCaller/DefaultPolicy/Resource",
            "HIPAA.Security-IAMNoInlinePolicy",
            "The policy is this one role's and nobody else's: the right to call one function, which goes with it.",
        )
    if config.providers.voice is not None:
        yield from _of_calls(config.providers.voice.instance_arn)


def _functions(config: RegionConfig) -> Iterator[tuple[str, str]]:
    """Each function of the region, and why it has no dead-letter queue of its own."""
    for function in _FUNCTIONS:
        yield function, _NEVER_ASYNCHRONOUS
    yield _OUTSTANDING, _NEXT_MINUTE
    yield _ESCALATION, _NEXT_MINUTE
    yield _ROLL_CALL, _NEXT_SHIFT
    if config.canary is not None:
        yield _CANARY, _NEXT_MINUTE
    if config.providers.voice is not None:
        yield _VOICE, _NEVER_ASYNCHRONOUS
        for function in _OF_CALLS:
            yield function, _WAITED_FOR
    if config.providers.sms.twilio is not None:
        yield _WEBHOOKS, _WAITED_FOR


def _of_calls(instance: str) -> Iterator[Acknowledgement]:
    why = "A call's id is made by the call, so it cannot be named before. The instance is."
    for function in (_VOICE, _ESCALATION, "Receipts"):
        yield Acknowledgement(
            f"{function}/Role/DefaultPolicy/Resource", f"AwsSolutions-IAM5[Resource::{instance}/contact/*]", why
        )
