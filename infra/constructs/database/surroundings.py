"""What stands around a region's database, the same whether Statline created it or watches it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import IConstruct

from functions.database.access import DatabaseAccess

TRUST_PATH = "/opt/trust/rds.pem"
"""Where the layer with the certificate authorities of RDS has its file."""


class Reach(StrEnum):
    """Which instances a function may sign in to."""

    REPLICA = "replica"
    RESTORED = "restored"
    """Restored copies, whose resource ids nobody knows before they are made, and the replica: all but the primary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSurroundings:
    """Where functions at the database run, whom they meet there, and where backups are restored to.

    vpc, subnets: for functions that speak PostgreSQL. Their way out leads to DynamoDB and S3 and nowhere else.
    readers: their security group; who is in it may come to the replica and to restored copies, on `port`.
    replica_host, port: of the replica. Texts, because of a created one they are known only when it is there.
    primary, replica: identifiers of the instances.
    primary_resource, replica_resource: what rights to sign in call them (``db-ABC...``).
    restore_subnet_group, restore_security_group: for instances that backups are restored to. Only readers come in, and
        nothing goes out.
    storage_key_arn: the customer managed key that encrypts the replica, where there is one.
    name: of the database. trusted: whether config names the certificate authorities of its server.
    """

    vpc: ec2.IVpc
    subnets: ec2.SubnetSelection
    readers: ec2.ISecurityGroup
    replica_host: str
    port: str
    primary: str
    replica: str
    primary_resource: str
    replica_resource: str
    restore_subnet_group: str
    restore_security_group: ec2.ISecurityGroup
    storage_key_arn: str | None
    name: str
    trusted: bool

    def access_as(self, user: str) -> DatabaseAccess:
        """The way to the replica, for a function's settings."""
        fields: dict[str, Any] = {
            "host": self.replica_host,
            "port": self.port,
            "name": self.name,
            "user": user,
            "trust": TRUST_PATH if self.trusted else "",
        }
        # Not validated: the port is a reference, and so a text, until it is deployed.
        return DatabaseAccess.model_construct(**fields)

    def sign_in_rights(self, scope: IConstruct, *, user: str, reach: Reach) -> tuple[iam.PolicyStatement, ...]:
        """What lets a role of the scope's stack sign in as exactly this user."""
        resource = {Reach.REPLICA: self.replica_resource, Reach.RESTORED: "*"}[reach]
        return (
            iam.PolicyStatement(sid="SignIn", actions=["rds-db:connect"], resources=[_user_arn(scope, resource, user)]),
            iam.PolicyStatement(
                sid="NeverToThePrimary",
                effect=iam.Effect.DENY,
                actions=["rds-db:connect"],
                resources=[_user_arn(scope, self.primary_resource, "*")],
            ),
        )


def _user_arn(scope: IConstruct, resource: str, user: str) -> str:
    return Stack.of(scope).format_arn(
        service="rds-db",
        resource="dbuser",
        resource_name=f"{resource}/{user}",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
