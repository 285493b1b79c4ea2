"""The guard: what keeps everybody from having the primary backed up."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from infra.config.database import Instance
from infra.guard.documents import BOUNDARY_NAME, POLICY_NAME, boundary, policy, primary_arn


class Guard(Construct):
    """Two managed policies that deny every way of `infra.guard.ways` on the primary, whoever is allowed what.

    policy: ``statline-no-backup-of-primary-<region>``, for roles and people. It allows nothing.
    boundary: ``statline-operator-boundary-<region>``, a permissions boundary for operators: everything but that.
    """

    def __init__(self, scope: Construct, construct_id: str, *, primary: Instance) -> None:
        super().__init__(scope, construct_id)
        stack = Stack.of(self)
        arns = [primary_arn(region=stack.region, account=stack.account, identifier=primary.identifier)]
        self.policy = iam.ManagedPolicy(
            self,
            "NoBackupOfPrimary",
            managed_policy_name=POLICY_NAME.format(region=stack.region),
            description=f"Deny whatever backs up or copies {primary.identifier}, and what is tagged as a primary",
            document=iam.PolicyDocument.from_json(policy(arns, account=stack.account)),
        )
        self.boundary = iam.ManagedPolicy(
            self,
            "OperatorBoundary",
            managed_policy_name=BOUNDARY_NAME.format(region=stack.region),
            description=f"A permissions boundary: everything but backing up or copying {primary.identifier}",
            document=iam.PolicyDocument.from_json(boundary(arns, account=stack.account)),
        )

    def deny_to_roles_of(self, scope: IConstruct) -> None:
        """Keep every role that the scope has by now from the primary, whatever rights somebody adds to it later."""
        for construct in scope.node.find_all():
            if isinstance(construct, iam.Role):
                construct.add_managed_policy(self.policy)


def deny_inline(scope: IConstruct, *, primary: Instance) -> None:
    """Write the same denials into every role that the scope has by now, where the guard's policy is another stack's."""
    stack = Stack.of(scope)
    arn = primary_arn(region=stack.region, account=stack.account, identifier=primary.identifier)
    for construct in scope.node.find_all():
        if isinstance(construct, iam.Role):
            for statement in policy([arn], account=stack.account)["Statement"]:
                construct.add_to_policy(iam.PolicyStatement.from_json(statement))
