"""What stands in the state stack."""

from collections.abc import Iterator, Sequence

from infra.acknowledgements.model import Acknowledgement

_KEY_OF_GOOGLE = (
    "The secret is the key of a Google service account. Only Google can make a new one, so no rotation function of AWS"
    " can; the platform team rotates it there and puts the new key in (docs/platform-team.md, After the first deploy)."
)
_KEY_OF_TWILIO = (
    "The secret is the token of a Twilio account, which Twilio makes: no rotation function of AWS can. The platform"
    " team rotates it there and puts the new one in (docs/platform-team.md, After the first deploy)."
)
_FOR_PEOPLE = (
    "Nothing receives from this queue but people, who delete what they have dealt with: no message can fail in it, and"
    " an alarm says when it holds one."
)

_TICKS = (
    "A tick that fails is over: the next one does the same work some seconds later, and the function's errors alarm."
    " Nobody would look at it in a dead-letter queue."
)

_OF_EVERY_REGION: Sequence[Acknowledgement] = (
    Acknowledgement(
        "DeliveryState/Table/Resource",
        "HIPAA.Security-DynamoDBInBackupPlan",
        "Point-in-time recovery reaches back 35 days to the second, and a row lives a week longer than its"
        " notification: a backup plan would keep only what has been deleted on purpose.",
    ),
    Acknowledgement(
        "Directory/Table/Resource",
        "HIPAA.Security-DynamoDBInBackupPlan",
        "Point-in-time recovery reaches back 35 days to the second, and the table is a copy: its source is imported"
        " again at any time.",
    ),
    Acknowledgement(
        "Operators/Operate/Resource",
        "AwsSolutions-IAM5[Resource::*]",
        "GetMetricData and the list of all alarms know no resource. Both only look, and no figure names a person.",
    ),
    Acknowledgement("ServiceAccount/Secret/Resource", "AwsSolutions-SMG4", _KEY_OF_GOOGLE),
    Acknowledgement("ServiceAccount/Secret/Resource", "HIPAA.Security-SecretsManagerRotationEnabled", _KEY_OF_GOOGLE),
    Acknowledgement("Queues/Quarantine/Queue/Resource", "AwsSolutions-SQS3", _FOR_PEOPLE),
    Acknowledgement("Queues/LostEvents/Queue/Resource", "AwsSolutions-SQS3", _FOR_PEOPLE),
)


def state_acknowledgements(ticking: Sequence[str], *, twilio: bool) -> Iterator[Acknowledgement]:
    """The rows of a region in which these functions send themselves ticks. twilio: whether it has that provider."""
    yield from _OF_EVERY_REGION
    if twilio:
        yield Acknowledgement("Twilio/Secret/Resource", "AwsSolutions-SMG4", _KEY_OF_TWILIO)
        yield Acknowledgement("Twilio/Secret/Resource", "HIPAA.Security-SecretsManagerRotationEnabled", _KEY_OF_TWILIO)
    for function in ticking:
        yield Acknowledgement(f"Queues/{function.capitalize()}Ticks/Queue/Resource", "AwsSolutions-SQS3", _TICKS)
