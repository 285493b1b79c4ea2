"""The customer managed keys of a region, one for each circle of readers."""

from aws_cdk import ArnFormat, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

_USE = ["kms:Decrypt", "kms:GenerateDataKey"]


class Keys(Construct):
    """Three keys, because three circles read: who may send a message must not thereby read what was recorded of it.

    records: the tables and the secrets.
    messages: the queues, the event bus and the topics. SNS, EventBridge, CloudWatch and End User Messaging may use it,
        because they put their own messages on them; without that a notification to an encrypted queue is dropped
        without a word.
    logs: the log groups.
    """

    def __init__(self, scope: Construct, construct_id: str, *, removal_policy: RemovalPolicy) -> None:
        super().__init__(scope, construct_id)
        self.records = self._key("records", "Delivery state, directory and secrets", removal_policy)
        self.messages = self._key("messages", "Queues, events and alarms", removal_policy)
        self.logs = self._key("logs", "Log groups", removal_policy)
        self._let_services_send()
        self._let_logs_encrypt()

    def grant_sender(self, principal: iam.IPrincipal) -> None:
        """Let a principal of another account encrypt what it sends to a queue, and nothing else."""
        region = Stack.of(self).region
        self.messages.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[principal],
                actions=_USE,
                resources=["*"],  # in a key's policy this means the key
                conditions={"StringEquals": {"kms:ViaService": f"sqs.{region}.amazonaws.com"}},
            )
        )

    def _key(self, name: str, description: str, removal_policy: RemovalPolicy) -> kms.Key:
        return kms.Key(
            self,
            name.capitalize(),
            alias=f"alias/statline-{name}",
            description=f"Statline: {description}",
            enable_key_rotation=True,
            removal_policy=removal_policy,
        )

    def _let_services_send(self) -> None:
        own_account = {"StringEquals": {"aws:SourceAccount": Stack.of(self).account}}
        # EventBridge does not pass its source to KMS when a rule's target is an encrypted queue or topic: a condition
        # on it would refuse every event. For End User Messaging's events AWS shows none either; which topics it may
        # publish to is in the topics' policies, with our account and its own resources as conditions.
        services = (("sns", own_account), ("cloudwatch", own_account), ("events", None), ("sms-voice", None))
        for service, conditions in services:
            self.messages.add_to_resource_policy(
                iam.PolicyStatement(
                    principals=[iam.ServicePrincipal(f"{service}.amazonaws.com")],
                    actions=_USE,
                    resources=["*"],
                    conditions=conditions,
                )
            )

    def _let_logs_encrypt(self) -> None:
        stack = Stack.of(self)
        self.logs.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com")],
                actions=[
                    "kms:Encrypt",
                    "kms:Decrypt",
                    "kms:GenerateDataKey",
                    "kms:ReEncryptFrom",
                    "kms:ReEncryptTo",
                    "kms:DescribeKey",
                ],
                resources=["*"],
                conditions={
                    "ArnLike": {
                        "kms:EncryptionContext:aws:logs:arn": stack.format_arn(
                            service="logs",
                            resource="log-group",
                            resource_name="*",
                            arn_format=ArnFormat.COLON_RESOURCE_NAME,
                        )
                    }
                },
            )
        )
