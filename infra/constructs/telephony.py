"""What texts and calls need of AWS: a configuration set that tells what became of texts, and the flows of calls."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from aws_cdk import Fn, Stack
from aws_cdk import aws_connect as connect
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_smsvoice as smsvoice
from aws_cdk import aws_sns as sns
from constructs import Construct

from functions.core.domain.receipts.receipt_states import END_USER_MESSAGING

_FLOWS = Path(__file__).parents[1] / "contact_flows"
_RESOURCE_TYPES = {"phone": "phone-number", "pool": "pool"}


class TextMessaging(Construct):
    """End User Messaging: the configuration set that our messages are sent with, and where its events go."""

    def __init__(
        self, scope: Construct, construct_id: str, *, name: str, originations: Sequence[str], events: sns.ITopic
    ) -> None:
        super().__init__(scope, construct_id)
        self._originations = sorted(set(originations))
        self.configuration_set = smsvoice.CfnConfigurationSet(
            self,
            "ConfigurationSet",
            configuration_set_name=name,
            event_destinations=[
                smsvoice.CfnConfigurationSet.EventDestinationProperty(
                    event_destination_name="receipts",
                    enabled=True,
                    # Not that a text is queued or sent: that says nothing beside our own ACCEPTED.
                    matching_event_types=sorted(END_USER_MESSAGING),
                    sns_destination=smsvoice.CfnConfigurationSet.SnsDestinationProperty(topic_arn=events.topic_arn),
                )
            ],
        )

    def grant_text(self, grantee: iam.IGrantable) -> None:
        """Let a function send texts from the config's numbers and pools, and from no other."""
        stack = Stack.of(self)
        senders = [
            stack.format_arn(service="sms-voice", resource=_RESOURCE_TYPES[sender.split("-")[0]], resource_name=sender)
            for sender in self._originations
        ]
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["sms-voice:SendTextMessage"],
            resource_arns=[*senders, self.configuration_set.attr_arn],
        )


class Telephone(Construct):
    """Amazon Connect: the flows of calls, and who may do what on the instance, which people have made."""

    def __init__(self, scope: Construct, construct_id: str, *, instance_arn: str) -> None:
        super().__init__(scope, construct_id)
        self._instance_arn = instance_arn

    def add_flow(
        self,
        construct_id: str,
        *,
        file: str,
        name: str,
        description: str,
        asks: Mapping[str, lambda_.IFunction],
    ) -> str:
        """Deploy a flow of infra/contact_flows, and answer its id.

        asks: the functions that it calls: ``${word}`` in the file becomes the function's ARN.
        """
        instance = self._instance_arn
        flow = connect.CfnContactFlow(
            self,
            construct_id,
            instance_arn=instance,
            name=name,
            type="CONTACT_FLOW",
            description=description,
            content=_with_arns((_FLOWS / file).read_text(encoding="utf-8"), asks),
        )
        for word, function in asks.items():
            flow.add_resource_dependency(self._let_call(f"{construct_id}Asks{word}", function))
        return Fn.select(1, Fn.split("/contact-flow/", flow.attr_contact_flow_arn))

    def grant_call(self, grantee: iam.IGrantable) -> None:
        """Let a function start calls on the instance. A call's id, which the right names, is made by the call."""
        self._allow(grantee, "connect:StartOutboundVoiceContact")

    def grant_end_calls(self, grantee: iam.IGrantable) -> None:
        """Let a function end calls that ring."""
        self._allow(grantee, "connect:StopContact")

    def grant_ask_about_calls(self, grantee: iam.IGrantable) -> None:
        """Let a function read what we gave a call on its way: which delivery it is."""
        self._allow(grantee, "connect:GetContactAttributes")

    def _allow(self, grantee: iam.IGrantable, action: str) -> None:
        iam.Grant.add_to_principal(grantee=grantee, actions=[action], resource_arns=[f"{self._instance_arn}/contact/*"])

    def _let_call(self, construct_id: str, function: lambda_.IFunction) -> connect.CfnIntegrationAssociation:
        """Let the instance's flows call a function, and nobody else's."""
        function.add_permission(
            construct_id,
            principal=iam.ServicePrincipal("connect.amazonaws.com"),
            source_arn=self._instance_arn,
            source_account=Stack.of(self).account,
        )
        return connect.CfnIntegrationAssociation(
            self,
            construct_id,
            instance_id=self._instance_arn,
            integration_arn=function.function_arn,
            integration_type="LAMBDA_FUNCTION",
        )


def _with_arns(flow: str, asks: Mapping[str, lambda_.IFunction]) -> str:
    if not asks:
        return flow
    return Fn.sub(flow, {word: function.function_arn for word, function in asks.items()})
