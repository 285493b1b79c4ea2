"""Who puts what on the receipts queue: End User Messaging by two topics, Connect by its events, and whom we know."""

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from functions.core.domain.receipts.receipt_states import CONNECT_ANSWERED, CONNECT_ENDS
from infra.constructs.queues.queue import WorkQueue

SMS_EVENTS, INBOUND_TEXTS = "statline-sms-events", "statline-inbound-texts"
CALLS = "statline-calls"
"""The rule by which Connect's events come."""
_CONTACT_EVENT = "Amazon Connect Contact Event"
_CONTACT_EVENTS = sorted({CONNECT_ANSWERED, *CONNECT_ENDS})


class ReceiptSources(Construct):
    """Two encrypted topics, and the rule for the calls of one Connect instance, with the receipts queue behind them.

    sms_events: where the configuration set says what became of texts.
    inbound_texts: where the numbers put texts that come to them. Which numbers do is set at the numbers, by people:
        they are registered for weeks, and no stack may make or lose one.

    What cannot be put on the queue waits in the queue's dead-letter queue.

    What says who sent a provider's words is the way they came: nothing in an envelope can be checked. So nobody else
    is let in, whatever rights IAM gives in this account. The topics take from End User Messaging alone; the queue takes
    from the topics, the rule, `apps` (the unique ids of their backends, as SQS says them) and our functions that tell
    what they heard, whose roles have the ARNs `tellers`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        receipts: WorkQueue,
        key: kms.IKey,
        connect_instance: str | None,
        apps: Sequence[str],
        tellers: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        self._receipts = receipts
        self._key = key
        stack = Stack.of(self)
        own = f"arn:{stack.partition}:sms-voice:{stack.region}:{stack.account}"
        self.sms_events = self._topic("SmsEvents", SMS_EVENTS, "What became of texts", f"{own}:configuration-set/*")
        self.inbound_texts = self._topic("InboundTexts", INBOUND_TEXTS, "Texts that came", f"{own}:*")
        if connect_instance is not None:
            self._hear_calls(connect_instance)
        receipts.main.refuse_strangers(roles=tellers, senders=apps)
        # Only services set aside here what they cannot put on the queue; SQS itself asks no policy to move a letter.
        receipts.dead.refuse_strangers(roles=[], senders=[])

    def _topic(self, construct_id: str, name: str, shown: str, source: str) -> sns.Topic:
        topic = sns.Topic(
            self,
            construct_id,
            topic_name=name,
            display_name=f"Statline: {shown}",
            master_key=self._key,
            enforce_ssl=True,
        )
        own_account = Stack.of(self).account
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="EndUserMessagingTells",
                actions=["sns:Publish"],
                principals=[iam.ServicePrincipal("sms-voice.amazonaws.com")],
                resources=[topic.topic_arn],
                conditions={
                    "StringEquals": {"aws:SourceAccount": own_account},
                    "ArnLike": {"aws:SourceArn": source},
                },
            )
        )
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="RefuseStrangers",
                effect=iam.Effect.DENY,
                actions=["sns:Publish"],
                principals=[iam.AnyPrincipal()],
                resources=[topic.topic_arn],
                conditions={"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}},
            )
        )
        for queue in (self._receipts.main, self._receipts.dead):
            queue.grant_service_send("sns.amazonaws.com", source_arn=topic.topic_arn)
        # With its envelope: the topic's ARN in it says which of the two bodies it is.
        sns.CfnSubscription(
            topic,
            "Receipts",
            topic_arn=topic.topic_arn,
            protocol="sqs",
            endpoint=self._receipts.main.queue.queue_arn,
            redrive_policy={"deadLetterTargetArn": self._receipts.dead.queue.queue_arn},
        )
        return topic

    def _hear_calls(self, instance: str) -> None:
        rule = events.CfnRule(
            self,
            "Calls",
            name=CALLS,
            description="Statline: what became of calls",
            event_pattern={
                "source": ["aws.connect"],
                "detail-type": [_CONTACT_EVENT],
                "detail": {"instanceArn": [instance], "eventType": _CONTACT_EVENTS},
            },
            targets=[
                events.CfnRule.TargetProperty(
                    id="Receipts",
                    arn=self._receipts.main.queue.queue_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=self._receipts.dead.queue.queue_arn),
                )
            ],
        )
        for queue in (self._receipts.main, self._receipts.dead):
            queue.grant_service_send("events.amazonaws.com", source_arn=rule.attr_arn)
