"""Where functions stand that speak PostgreSQL, and where backups are restored to for them to check."""

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_rds as rds
from constructs import Construct

RESTORES = "statline-verify"
"""The name of the subnet group that backups are restored into, and of no other."""
_HTTPS = ec2.Port.tcp(443)


class DatabaseReaders(Construct):
    """The readers' security group and the restored copies', with every rule that connects them.

    Readers come to the replica and to restored copies, each on its port, and by HTTPS to what the subnets' routes lead
    to: DynamoDB and S3. A restored copy lets readers in and nobody else, and reaches nothing.

    replica: the security group of the replica, which gets the one rule that lets readers in. port: the replica's.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        replica: ec2.ISecurityGroup,
        port: int,
    ) -> None:
        super().__init__(scope, construct_id)
        self.group = ec2.SecurityGroup(
            self,
            "Readers",
            vpc=vpc,
            description="Functions of Statline that read the replica and check restored backups",
            allow_all_outbound=False,
        )
        self.restored = ec2.SecurityGroup(
            self,
            "Restored",
            vpc=vpc,
            description="Instances that backups of Statline are restored to: readers in, nothing out",
            allow_all_outbound=False,
        )
        for group, what in ((replica, "the replica"), (self.restored, "restored copies")):
            self.group.add_egress_rule(group, ec2.Port.tcp(port), f"Readers to {what}")
            group.add_ingress_rule(self.group, ec2.Port.tcp(port), f"Readers of {what}")
        # A prefix list would say it narrower, and its id would have to be asked for. The routes say the same.
        self.group.add_egress_rule(ec2.Peer.any_ipv4(), _HTTPS, "DynamoDB and S3, by the gateway endpoints")
        self.subnet_group = rds.SubnetGroup(
            self,
            "Restores",
            subnet_group_name=RESTORES,
            description="Where backups of Statline are restored to and checked",
            vpc=vpc,
            vpc_subnets=subnets,
        )
