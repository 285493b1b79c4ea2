"""Where the database lives: a network with no way in from outside and no way out."""

from aws_cdk import CfnResource, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.constructs.kept_logs import KeptLogs

_RANGE = "10.96.0.0/22"


class DatabaseNetwork(Construct):
    """A network of isolated subnets: no internet gateway, no NAT, and a security group without a rule.

    Delivery has no network at all, so nothing of it can come in here. Who may reach the database adds its own rule.
    It spreads over all of its stack's availability zones.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        log_key: kms.IKey,
        log_days: int,
        removal_policy: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(_RANGE),
            max_azs=len(Stack.of(self).availability_zones),
            nat_gateways=0,
            create_internet_gateway=False,
            subnet_configuration=[
                ec2.SubnetConfiguration(name="database", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=26)
            ],
        )
        for subnet in self.vpc.isolated_subnets:
            # W3010 asks for Fn::GetAZs, whose first zones may be ones that lack the instance class: config names them.
            _resource(subnet).add_metadata("cfn-lint", {"config": {"ignore_checks": ["W3010"]}})
        flows = KeptLogs(self, "Flows", days=log_days, key=log_key, removal_policy=removal_policy)
        self.vpc.add_flow_log("FlowLog", destination=ec2.FlowLogDestination.to_cloud_watch_logs(flows.group))
        self.security_group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=self.vpc,
            description="The database of Statline: nobody in, nothing out",
            allow_all_outbound=False,
        )


def _resource(subnet: ec2.ISubnet) -> CfnResource:
    resource = subnet.node.find_child("Subnet")
    if not isinstance(resource, CfnResource):
        raise TypeError(f"{subnet.node.path} holds no subnet of CloudFormation's")
    return resource
