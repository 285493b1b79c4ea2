"""What stands of the detector."""

from collections.abc import Iterator

from infra.acknowledgements.model import Acknowledgement
from infra.config.model import RegionConfig

_FUNCTION = "Detector/Watch/Function/Resource"
_POLICY = "Detector/Watch/Role/DefaultPolicy/Resource"


def backup_watch_acknowledgements(config: RegionConfig) -> Iterator[Acknowledgement]:
    """The rows of a region's detector."""
    yield Acknowledgement(
        _FUNCTION,
        "AwsSolutions-L1",
        "The config chooses the Python (left out, the one that synthesizes), because the package ships with that"
        " version's bytecode. It accepts only versions that AWS maintains.",
    )
    yield Acknowledgement(
        _FUNCTION,
        "HIPAA.Security-LambdaInsideVPC",
        "It must not reach the database: it sees the primary through RDS's and Performance Insights' public endpoints.",
    )
    yield Acknowledgement(
        _FUNCTION,
        "HIPAA.Security-LambdaDLQ",
        "The clock's event says nothing that could be lost, and RDS's events only hurry it. What CloudTrail tells is"
        " tried three times within minutes; the next look sees the backup itself.",
    )
    yield Acknowledgement(
        _POLICY,
        f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:rds:{config.region}:{config.account.id}:snapshot:*]",
        "It looks for snapshots that others made, whose names nobody knows before. They are listed; nothing of what is"
        " in them can be read by this.",
    )
    yield Acknowledgement(
        _POLICY,
        "HIPAA.Security-IAMNoInlinePolicy",
        "The policy is this one role's and nobody else's: inline, it can be attached to nothing else and goes with it.",
    )
    yield Acknowledgement(
        "Rollouts/WatchErrors/Resource",
        "HIPAA.Security-CloudWatchAlarmAction",
        "CodeDeploy consumes this alarm and puts the previous version back. On-call hears of a watch that fails from"
        " the alarm on what it says every minute.",
    )
