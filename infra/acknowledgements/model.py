"""What an acknowledgement is, and how a stack is given its own."""

from collections.abc import Iterable
from dataclasses import dataclass

from aws_cdk import Acknowledgment, App, Stack, Validations
from cdk_nag import AwsSolutionsChecks, HIPAASecurityChecks
from constructs import IConstruct

_PACKS = ("AwsSolutions", "HIPAA.Security")


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """One finding on one resource. ``path`` leads to the resource from its stack."""

    path: str
    rule: str
    reason: str


class StaleAcknowledgementError(Exception):
    """An acknowledgement names a resource that the stack does not have."""


def check_practices(app: App) -> None:
    """Hold the app to the packs AwsSolutions and HIPAA Security: a finding that nobody acknowledged fails the synth."""
    for pack in (AwsSolutionsChecks(app), HIPAASecurityChecks(app)):
        Validations.of(app).add_plugins(pack)


def acknowledge(stack: Stack, rows: Iterable[Acknowledgement]) -> None:
    """Attach each row to its resource. Raises `StaleAcknowledgementError`."""
    for row in rows:
        pack = next(pack for pack in _PACKS if row.rule.startswith(pack))
        Validations.of(_resource(stack, row)).acknowledge(Acknowledgment(id=f"{pack}::{row.rule}", reason=row.reason))


def _resource(stack: Stack, row: Acknowledgement) -> IConstruct:
    node: IConstruct = stack
    for name in row.path.split("/"):
        child = node.node.try_find_child(name)
        if child is None:
            raise StaleAcknowledgementError(f"{stack.stack_name} has no {row.path}: remove its row for {row.rule}")
        node = child
    return node
