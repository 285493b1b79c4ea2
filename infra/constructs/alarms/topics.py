"""On-call's topics: `page` wakes people, `ticket` is read within a working day."""

from enum import StrEnum

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.config.on_call import OnCall, Subscribers


class Severity(StrEnum):
    """How soon a person must look."""

    PAGE = "page"
    TICKET = "ticket"


class OnCallTopics(Construct):
    """One encrypted topic for each severity, with the subscriptions of the config.

    CloudWatch publishes by the topics' and the key's policies: an alarm has no role of its own, and where the key does
    not let CloudWatch use it, the alarm's message to an encrypted topic is lost without a word.
    """

    def __init__(self, scope: Construct, construct_id: str, *, on_call: OnCall, key: kms.IKey) -> None:
        super().__init__(scope, construct_id)
        self._key = key
        alarms = iam.ServicePrincipal(
            "cloudwatch.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}}
        )
        ticket = on_call.ticket if on_call.ticket.anybody else on_call.page
        subscribers = {Severity.PAGE: on_call.page, Severity.TICKET: ticket}
        self._topics = {severity: self._topic(severity, subscribers[severity], alarms) for severity in Severity}

    def of(self, severity: Severity) -> sns.ITopic:
        """The topic of a severity."""
        return self._topics[severity]

    def grant_publish(self, grantee: iam.IGrantable, severity: Severity) -> None:
        """Let somebody speak to a topic, and use the key for it."""
        iam.Grant.add_to_principal(
            grantee=grantee, actions=["sns:Publish"], resource_arns=[self._topics[severity].topic_arn]
        )
        iam.Grant.add_to_principal(
            grantee=grantee, actions=["kms:GenerateDataKey", "kms:Decrypt"], resource_arns=[self._key.key_arn]
        )

    def _topic(self, severity: Severity, subscribers: Subscribers, alarms: iam.IPrincipal) -> sns.Topic:
        topic = sns.Topic(
            self,
            severity.value.capitalize(),
            topic_name=topic_name(severity),
            display_name=f"Statline {severity}",
            master_key=self._key,
            enforce_ssl=True,
        )
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsSpeak", actions=["sns:Publish"], principals=[alarms], resources=[topic.topic_arn]
            )
        )
        for email in subscribers.emails:
            topic.add_subscription(subscriptions.EmailSubscription(email))
        for url in subscribers.https:
            topic.add_subscription(subscriptions.UrlSubscription(url))
        for number in subscribers.sms:
            topic.add_subscription(subscriptions.SmsSubscription(number))
        return topic


def topic_name(severity: Severity) -> str:
    """The topic's name in every region."""
    return f"statline-{severity}"
